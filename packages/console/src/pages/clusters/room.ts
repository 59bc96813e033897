/** Whether a cloud has the free nodes that a start needs. The control plane decides; this is a prediction. Pure. */
import type { Node } from '@fairlead/contract/wire'
import { countOf } from './cluster-words.ts'

type Placeable = Pick<Node, 'checker' | 'state' | 'facts' | 'cluster_id'>

/** Online, with an engine, and in no cluster; a checker runs none. */
export function isFree({ checker, state, facts, cluster_id }: Placeable): boolean {
  return !checker && state === 'online' && facts?.engine_version != null && cluster_id === null
}

export interface Room {
  readonly fits: boolean
  readonly now: string
  /** What follows if it does not fit. */
  readonly follows: string | null
}

/** `isAll`: whether `nodes` are all nodes of the cloud; large numbers are only partly counted. */
export function roomFor(nodes: readonly Placeable[], isAll: boolean, workers: number, cloud: string): Room {
  const free = nodes.filter(isFree).length
  const needed = workers + 1
  const atLeast = isAll ? '' : 'At least '
  const fits = free >= needed
  const needs = `this cluster needs ${needed}`
  const some = free === 0 ? 'No node' : `${atLeast}${countOf(free, 'node')}`
  const now = `${some} of ${cloud} ${free > 1 ? 'are' : 'is'} free now; ${needs}`
  if (fits || !isAll) return { fits: true, now, follows: null }
  const missing = needed - free
  const follows = `It will wait for ${missing === 1 ? 'one more' : `${missing} more`}, and start automatically when a node joins or another cluster is terminated.`
  return { fits, now, follows }
}
