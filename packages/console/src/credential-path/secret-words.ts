/** A secret reference as the drawing shows it: the manager, the name, and its location. Pure. */
import { parseSecretReference, type Provider } from '@fairlead/contract/names'
import { isProblem, printableInFull } from '@fairlead/contract/problems'
import { type Cloud } from '@fairlead/contract/wire'

export type SecretCloud = Pick<
  Cloud,
  'provider' | 'partition' | 'region' | 'account_id' | 'project_id' | 'project_number'
>

export interface SecretWords {
  readonly manager: string
  readonly name: string
  /** Null if it is unknown. */
  readonly place: string | null
}

export const managerNames: Record<Provider, string> = {
  aws: 'AWS Secrets Manager',
  gcp: 'Google Secret Manager',
  local: 'root’s own files on the node',
}

export function secretWords(reference: string, cloud: SecretCloud | null): SecretWords {
  if (cloud === null) return { manager: 'of the node’s cloud', name: printableInFull(reference), place: null }
  const manager = managerNames[cloud.provider]
  try {
    const parsed = parseSecretReference(cloud.provider, reference, {
      partition: cloud.partition,
      region: cloud.region,
      accountId: cloud.account_id,
      projectId: cloud.project_id,
      projectNumber: cloud.project_number,
    })
    if (parsed.provider === 'local') return { manager, name: parsed.name, place: null }
    if (parsed.provider === 'aws') {
      return { manager, name: parsed.name, place: joined([parsed.accountId, parsed.region]) }
    }
    return { manager, name: parsed.secret, place: joined([parsed.project, parsed.location]) }
  } catch (error) {
    if (!isProblem(error)) throw error
    return { manager, name: printableInFull(reference), place: null }
  }
}

function joined(parts: readonly (string | null)[]): string | null {
  const known = parts.filter((part) => part !== null)
  return known.length === 0 ? null : known.join(', ')
}

/** AWS versions are UUIDs, and their beginning is enough to distinguish them. */
export function shortVersion(version: string): string {
  const longest = 14
  return version.length <= longest ? version : `${version.slice(0, 8)}…`
}
