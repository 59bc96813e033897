/** The state of a node, why it is no longer a node, and which of its pods wait. */
import type { Node, NodeEnd } from '@fairlead/contract/wire'

const ends: Record<NodeEnd, string> = {
  admin: 'revoked',
  left: 'left',
  silent: 'forgotten',
  joined_anew: 'joined again',
}

export function stateText({
  state,
  facts,
  revoked_because: because,
}: Pick<Node, 'state' | 'facts' | 'revoked_because'>): string {
  if (because !== null) return ends[because]
  // Its agent has not run yet, and it is not lost for as long as one may be silent.
  return state === 'online' && facts === null ? 'joined' : state
}

type PodNode = Pick<Node, 'state' | 'facts'>

/** What a node said before it was lost says nothing about now. */
const podsOf = ({ state, facts }: PodNode) => (state === 'online' ? (facts?.waiting_pods ?? []) : [])

/** For a list: `online, 2 pods wait`. */
export function listedState(node: PodNode & Parameters<typeof stateText>[0]): string {
  const waiting = podsOf(node).length
  if (waiting === 0) return stateText(node)
  return `${stateText(node)}, ${waiting === 1 ? '1 pod waits' : `${waiting} pods wait`}`
}

/** The pods whose image could not be pulled, one a line. */
export const waitingLines = (node: PodNode): string[] =>
  podsOf(node).map(({ pod, image, code }) => `${pod.namespace}/${pod.name}: ${image}${code ? ` (${code})` : ''}`)
