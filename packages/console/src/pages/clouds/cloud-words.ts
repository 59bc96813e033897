/** A cloud in words. */
import { nodeRoleOf, type Cloud } from '@fairlead/contract/wire'

export const providerWords: Record<Cloud['provider'], string> = {
  aws: 'AWS',
  gcp: 'Google Cloud',
  local: 'your own machines',
}

export const joinWords: Record<Cloud['join'], string> = {
  proof: 'by cloud identity',
  token: 'with a token that is used once',
}

/** Null if no pod may join. */
export function podsText({ kubernetes }: Cloud): string | null {
  return kubernetes && `${kubernetes.service_accounts.join(', ')} of ${kubernetes.issuer}`
}

/** Account and region, or project: as far as known. */
export function placeText({ account_id, project_id, region }: Cloud): string | null {
  const parts = [account_id, project_id, region].filter((part) => part !== null)
  return parts.length === 0 ? null : parts.join(', ')
}

/** Null if nothing runs as a role. */
export function roleText(cloud: Cloud): { readonly name: string; readonly isDefault: boolean } | null {
  const name = nodeRoleOf(cloud)
  const isDefault = name === nodeRoleOf({ ...cloud, node_role: null })
  return name === null ? null : { name, isDefault }
}
