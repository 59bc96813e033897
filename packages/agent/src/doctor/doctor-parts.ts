/** What a doctor uses to examine a node: the parts of the pull path, and checks of the machine. */
import type { Provider } from '@fairlead/contract/names'
import type { Engine } from '@fairlead/credential-path/engine/engine'
import type { NodePlace } from '@fairlead/credential-path/secret/node-location'
import type { LoadedPolicy } from '@fairlead/credential-path/policy/loaded-policy'
import type { NodePolicy, PolicyInForce } from '@fairlead/credential-path/policy/node-policy'
import type { OnConnection } from '@fairlead/credential-path/registry/http/guarded-connect'
import type { RegistryClient } from '@fairlead/credential-path/registry/registry-client'

export interface DoctorParts {
  readonly provider: Provider
  /** The system's CA file; null if it has none. */
  readonly authorities: string | null
  readonly readPolicy: () => Promise<PolicyInForce>
  /** Throws if this version knows no such place. The policy says how to reach the cloud; null if it cannot be read. */
  readonly openPlace: (policy: NodePolicy | null) => Pick<NodePlace, 'learn' | 'context' | 'secrets'>
  readonly openRegistry: (policy: NodePolicy, onConnection: OnConnection) => RegistryClient
  /** Whether workloads are kept from the metadata service (S14). */
  readonly isConfined: (policy: NodePolicy, signal: AbortSignal) => Promise<boolean>
  /** Null on a checker. */
  readonly engine: Engine | null
  /** Null if it cannot be checked. */
  readonly freeBytes: (folder: string) => Promise<number | null>
  /** The settings of the agent that runs here; null if none runs or it does not say. */
  readonly loadedPolicy: () => Promise<LoadedPolicy | null>
  /** Where `docker login` stores its logins, and the hosts it has logins for. */
  readonly dockerConfig: string
  readonly dockerLogins: () => Promise<readonly string[]>
}
