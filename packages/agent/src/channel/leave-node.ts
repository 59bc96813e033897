/** Ends this machine's life as a node: notifies its control plane, signed with the node's own key. */
import { problem } from '@fairlead/contract/problems'
import { connectAs } from './connection.ts'
import { openChannel } from './node-channel.ts'
import { isNodeEnded } from './node-ended.ts'
import { loadIdentity, removeIdentity } from './node-identity.ts'
import { lockStateDir } from '@fairlead/credential-path/process/state-dir-lock'

export interface LeaveOptions {
  readonly stateDir: string
  /**
   * Whether the machine is shutting down: a node that proved itself leaves and keeps what it needs to prove itself again if the machine comes back;
   * one that joined by token could not, so it stays.
   */
  readonly atShutdown: boolean
}

export interface LeftNode {
  readonly name: string
  readonly host: string
}

/** Null if it stays a node. Throws AGENT_NOT_JOINED, STATE_DIR_IN_USE and NODE_HOLDS_CLUSTER. */
export async function leaveNode(
  { stateDir, atShutdown }: LeaveOptions,
  signal: AbortSignal = new AbortController().signal,
): Promise<LeftNode | null> {
  const identity = await loadIdentity(stateDir)
  if (identity === null) throw problem('AGENT_NOT_JOINED')
  if (atShutdown && identity.cloud === null) return null
  using _lock = lockStateDir(stateDir)
  await using connection = connectAs(identity)
  await openChannel(identity, connection)
    .leave(signal)
    .catch((error: unknown) => {
      if (!isNodeEnded(error)) throw error
    })
  if (!atShutdown) await removeIdentity(stateDir)
  return { name: identity.name, host: identity.host }
}
