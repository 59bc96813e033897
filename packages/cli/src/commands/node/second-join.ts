/** That a machine asked to join a second time while its node was heard from (S19): two programs claim to be one machine. */
import type { Node } from '@fairlead/contract'
import { formatAge } from '../../terminal/units.ts'

export function secondJoinText({ second_join: second }: Node, now: number): string | null {
  return second && `this machine asked to join again as ${second.name}, ${formatAge(second.at, now)}`
}
