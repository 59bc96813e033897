/** What the owner of a node sees without any server: the node's identity, whether its agent runs, and why starts failed. */
import type { CloudId, NodeId, Provider } from '@fairlead/contract/names'
import type { Problem } from '@fairlead/contract/problems'
import { readMetadataState, type MetadataState } from '../confinement/confinement-state.ts'
import { parseControlPlaneAddress } from '../channel/control-plane-address.ts'
import { loadIdentity, type NodeIdentity } from '../channel/node-identity.ts'
import { listeningStranger } from '@fairlead/credential-path/loopback/control-plane-user'
import { readGatewayReach, type GatewayProblem } from '@fairlead/credential-path/pull/gateway-reach'
import { isStateDirLocked } from '@fairlead/credential-path/process/state-dir-lock'
import { readFailedStarts, type FailedStart } from '../workload/last-lines.ts'
import { readLastStart } from '../workload/start-record.ts'

export interface AgentStatus {
  /** Null if the machine has not joined. */
  readonly node: {
    readonly id: NodeId
    readonly cloudId: CloudId
    readonly name: string
    readonly provider: Provider
    readonly checker: boolean
    readonly host: string
  } | null
  readonly isRunning: boolean
  /** The result of the agent's test that the engine can reach its gateway; null if it does not run, or all is well. */
  readonly gateway: GatewayProblem
  /** Why the control plane is not contacted: at this moment another user listens in its place. */
  readonly controlPlane: Problem | null
  /** Whether workloads reach the cloud's metadata service, as the agent found at its start or before the last start of a cluster. */
  readonly workloadMetadata: MetadataState | null
  /** The last start this node knew of. */
  readonly lastStart: {
    readonly clusterId: string
    readonly generation: number
    readonly wasUp: boolean
    readonly failure: string | null
  } | null
}

export async function agentStatus(options: { readonly stateDir: string }): Promise<AgentStatus> {
  const identity = await loadIdentity(options.stateDir)
  const last = await readLastStart(options.stateDir)
  const isRunning = identity !== null && isStateDirLocked(options.stateDir)
  return {
    node:
      identity === null
        ? null
        : {
            id: identity.nodeId,
            cloudId: identity.cloudId,
            name: identity.name,
            provider: identity.provider,
            checker: identity.checker,
            host: identity.host,
          },
    isRunning,
    gateway: isRunning ? await readGatewayReach(options.stateDir) : null,
    controlPlane: identity === null ? null : await strangerInPlaceOf(identity),
    workloadMetadata: isRunning ? await readMetadataState(options.stateDir) : null,
    lastStart:
      last === null
        ? null
        : {
            clusterId: last.start.clusterId,
            generation: last.start.generation,
            wasUp: last.wasUp,
            failure: last.failure?.code ?? null,
          },
  }
}

async function strangerInPlaceOf({ host, hostUser }: NodeIdentity): Promise<Problem | null> {
  const address = parseControlPlaneAddress(host)
  // Plain http means loopback.
  return address.secure ? null : listeningStranger(address, hostUser)
}

/** The last lines of failed starts on this node, newest first, escaped. */
export function agentLogs(options: { readonly stateDir: string }): Promise<readonly FailedStart[]> {
  return readFailedStarts(options.stateDir)
}
