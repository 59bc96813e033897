/** What a node reports about itself, in words. */
import type { Node, NodeFacts, PullCheckpoint } from '@fairlead/contract/wire'
import { formatBytes } from '../../ui/units.ts'

export function machineText({ facts }: Pick<Node, 'facts'>): string | null {
  if (facts === null) return null
  return `${facts.cpus} ${facts.cpus === 1 ? 'CPU' : 'CPUs'}, ${formatBytes(facts.memory_bytes)}`
}

/** The programs it runs: a checker has no Docker. */
export function programsText({ facts }: Pick<Node, 'facts'>): string | null {
  if (facts === null) return null
  return facts.engine_version === null
    ? `agent ${facts.agent_version}`
    : `agent ${facts.agent_version}, Docker ${facts.engine_version}`
}

/** A node of Kubernetes that tells which of its pods wait. */
export const knowsPods = ({ waiting_pods: waiting }: NodeFacts): boolean => waiting !== undefined

export function dockerText(facts: NodeFacts): string {
  return facts.engine_version ?? (knowsPods(facts) ? 'none' : 'none: it only checks builds')
}

/** The record before the first remaining one is proved only by its hash. */
export function removedWords({ removed, sequence }: Pick<PullCheckpoint, 'removed' | 'sequence'>): string {
  return `${removed === 1 ? '1 older record was' : `${removed} older records were`} removed for age, up to number ${sequence}; the remaining records continue them.`
}
