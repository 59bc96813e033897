/** The node that this machine is already, when it is to join: whether it still is one, and its end where another shall stand in its place. */
import { isProblem, problem } from '@fairlead/contract/problems'
import { connectAs } from './connection.ts'
import { openChannel, type NodeChannel } from './node-channel.ts'
import { isNodeEnded } from './node-ended.ts'
import type { NodeIdentity } from './node-identity.ts'

export interface EarlierNode {
  readonly name: string
  readonly host: string
  /** Whether its control plane knows that it is a node no more. */
  readonly isTold: boolean
}

/** `replace`: end it, also where its control plane does not answer or does not know it. Throws AGENT_ALREADY_JOINED and NODE_HOLDS_CLUSTER. */
export async function giveUpEarlier(
  identity: NodeIdentity,
  replace: boolean,
  signal: AbortSignal,
): Promise<EarlierNode> {
  await using connection = connectAs(identity)
  const channel = openChannel(identity, connection)
  const isTold = replace ? await hasLeft(channel, signal) : await hasEnded(channel, signal)
  if (!isTold && !replace) throw problem('AGENT_ALREADY_JOINED', { node: identity.name })
  return { name: identity.name, host: identity.host, isTold }
}

/** What cannot be asked may be a node still. */
async function hasEnded(channel: NodeChannel, signal: AbortSignal): Promise<boolean> {
  try {
    await channel.greet(signal)
    return false
  } catch (error) {
    if (signal.aborted || !isProblem(error)) throw error
    return isNodeEnded(error)
  }
}

async function hasLeft(channel: NodeChannel, signal: AbortSignal): Promise<boolean> {
  try {
    await channel.leave(signal)
    return true
  } catch (error) {
    if (signal.aborted || !isProblem(error) || isProblem(error, 'NODE_HOLDS_CLUSTER')) throw error
    return isNodeEnded(error)
  }
}
