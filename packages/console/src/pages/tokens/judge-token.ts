/** Judges the API token in the form with the contract's own schema. */
import { CreateApiToken, type CreateApiToken as CreateApiTokenBody, type Role } from '@fairlead/contract/wire'
import { sentence } from '../../ui/sentence.ts'

export interface TokenForm {
  readonly name: string
  readonly role: Role
  readonly isLimited: boolean
  readonly cloudIds: readonly string[]
  /** Null: it does not expire. */
  readonly days: number | null
}

export interface TokenJudgement {
  readonly nameFault: string | null
  readonly cloudsFault: string | null
  /** Null while something is missing or wrong. */
  readonly body: CreateApiTokenBody | null
}

const dayMs = 24 * 60 * 60 * 1000

export function judgeToken({ name, role, isLimited, cloudIds, days }: TokenForm, now: number): TokenJudgement {
  const read = CreateApiToken.safeParse({
    name,
    role,
    ...(isLimited && { cloud_ids: cloudIds }),
    ...(days !== null && { expires_at: new Date(now + days * dayMs).toISOString() }),
  })
  if (read.success) return { nameFault: null, cloudsFault: null, body: read.data }
  const faultOf = (field: string) => read.error.issues.find(({ path }) => path[0] === field)?.message
  const nameFault = faultOf('name')
  return {
    nameFault: nameFault === undefined ? null : sentence(nameFault),
    cloudsFault: faultOf('cloud_ids') === undefined ? null : 'Choose at least one cloud.',
    body: null,
  }
}
