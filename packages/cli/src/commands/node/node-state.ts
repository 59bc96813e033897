/** The state of a node, and why it is no longer a node. */
import type { Node, NodeEnd } from '@fairlead/contract/wire'

const ends: Record<NodeEnd, string> = {
  admin: 'revoked',
  left: 'left',
  silent: 'forgotten',
  joined_anew: 'joined again',
}

export function stateText({ state, revoked_because: because }: Pick<Node, 'state' | 'revoked_because'>): string {
  return because === null ? state : ends[because]
}
