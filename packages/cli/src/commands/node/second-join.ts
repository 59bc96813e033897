/**
 * A machine asked to join a second time while its node was still active (S19): two programs claim to be one machine. For a node that no
 * longer exists this is history, and `node status` shows it.
 */
import type { Node } from '@fairlead/contract/wire'
import { formatAge } from '../../terminal/units.ts'

export function secondJoinWarning(node: Node, now: number): string | null {
  return node.state === 'revoked' ? null : secondJoinText(node, now)
}

export function secondJoinText({ second_join: second }: Node, now: number): string | null {
  return second && `this machine asked to join again as ${second.name}, ${formatAge(second.at, now)}`
}
