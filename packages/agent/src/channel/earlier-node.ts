/** The node that this machine already is when it joins: whether that node still exists, and how to end it if another is to replace it. */
import { isProblem, problem } from '@fairlead/contract/problems'
import { connectAs } from './connection.ts'
import { openChannel, type NodeChannel } from './node-channel.ts'
import { isNodeEnded } from './node-ended.ts'
import type { NodeIdentity } from './node-identity.ts'

export interface EarlierNode {
  readonly name: string
  readonly host: string
  /** Whether its control plane says that it is no longer a node. */
  readonly isTold: boolean
}

/** `replace`: ends it even if its control plane does not answer or does not know it. Throws AGENT_ALREADY_JOINED and NODE_HOLDS_CLUSTER. */
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

/** If the control plane cannot be asked, it may still be a node. */
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
