/** Judges the API token in the form with the contract's own schema. */
import { CreateApiToken, type CreateApiToken as CreateApiTokenBody, type Role } from '@fairlead/contract/wire'
import { sentence } from '../../ui/sentence.ts'

export interface TokenForm {
  readonly name: string
  readonly role: Role
  readonly isLimited: boolean
  readonly cloudIds: readonly string[]
}

export interface TokenJudgement {
  readonly nameFault: string | null
  readonly cloudsFault: string | null
  /** Null while something is missing or wrong. */
  readonly body: CreateApiTokenBody | null
}

export function judgeToken({ name, role, isLimited, cloudIds }: TokenForm): TokenJudgement {
  const read = CreateApiToken.safeParse({ name, role, ...(isLimited && { cloud_ids: cloudIds }) })
  if (read.success) return { nameFault: null, cloudsFault: null, body: read.data }
  const faultOf = (field: string) => read.error.issues.find(({ path }) => path[0] === field)?.message
  const nameFault = faultOf('name')
  return {
    nameFault: nameFault === undefined ? null : sentence(nameFault),
    cloudsFault: faultOf('cloud_ids') === undefined ? null : 'Choose at least one cloud.',
    body: null,
  }
}
