/** How this node reaches its secret manager: as its owner's file says, with nothing from the environment (S15). */
import { readOwnerCa } from '../policy/owner-ca.ts'
import type { NodePolicy } from '../policy/node-policy.ts'

export interface SecretManagerConnection {
  /** `http(s)://[user:password@]host:port`. Null: direct. Metadata and container credentials services are always asked directly. */
  readonly proxy: URL | null
  /** PEM of the authorities that verify the secret manager. Null: the system's. */
  readonly ca: string | null
}

/** For a node whose file sets nothing, or cannot be read. */
export const directConnection: SecretManagerConnection = { proxy: null, ca: null }

/** Throws POLICY_UNSAFE or POLICY_INVALID. */
export function secretManagerConnection({
  proxy,
  secret_manager_ca: caPath,
}: Pick<NodePolicy, 'proxy' | 'secret_manager_ca'>): SecretManagerConnection {
  return {
    proxy: proxy === null ? null : new URL(proxy),
    ca: caPath === null ? null : readOwnerCa(caPath, 'secret_manager_ca'),
  }
}
