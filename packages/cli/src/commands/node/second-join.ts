/**
 * That a machine asked to join a second time while its node was heard from (S19): two programs claim to be one machine. Of a node that
 * is none any more it is history: `node status` has it.
 */
import type { Node } from '@fairlead/contract/wire'
import { formatAge } from '../../terminal/units.ts'

export function secondJoinWarning(node: Node, now: number): string | null {
  return node.state === 'revoked' ? null : secondJoinText(node, now)
}

export function secondJoinText({ second_join: second }: Node, now: number): string | null {
  return second && `this machine asked to join again as ${second.name}, ${formatAge(second.at, now)}`
}
