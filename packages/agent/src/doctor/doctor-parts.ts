/** What a doctor examines a node with: the parts of the pull path, and a look at the machine. */
import type { Provider } from '@fairlead/contract/names'
import type { Engine } from '@fairlead/credential-path/engine/engine'
import type { NodePlace } from '@fairlead/credential-path/secret/node-location'
import type { LoadedPolicy } from '@fairlead/credential-path/policy/loaded-policy'
import type { NodePolicy, PolicyInForce } from '@fairlead/credential-path/policy/node-policy'
import type { OnConnection } from '@fairlead/credential-path/registry/http/guarded-connect'
import type { RegistryClient } from '@fairlead/credential-path/registry/registry-client'

export interface DoctorParts {
  readonly provider: Provider
  /** The file of the system's authorities; null where it has none. */
  readonly authorities: string | null
  readonly readPolicy: () => Promise<PolicyInForce>
  /** Throws where this version knows no such place. The policy says how the cloud is reached; null where it cannot be read. */
  readonly openPlace: (policy: NodePolicy | null) => Pick<NodePlace, 'learn' | 'context' | 'secrets'>
  readonly openRegistry: (policy: NodePolicy, onConnection: OnConnection) => RegistryClient
  /** Whether workloads are kept from the metadata service (S14). */
  readonly isConfined: (policy: NodePolicy, signal: AbortSignal) => Promise<boolean>
  /** Null on a checker. */
  readonly engine: Engine | null
  /** Null where it cannot be looked at. */
  readonly freeBytes: (folder: string) => Promise<number | null>
  /** What the agent that runs here goes by; null where none runs, or does not say. */
  readonly loadedPolicy: () => Promise<LoadedPolicy | null>
  /** Where `docker login` keeps its logins, and the hosts that it has some for. */
  readonly dockerConfig: string
  readonly dockerLogins: () => Promise<readonly string[]>
}
