/** What a node reports about itself, in words. */
import type { Node, PullCheckpoint } from '@fairlead/contract/wire'
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

/** The record before the first remaining one is proved only by its hash. */
export function removedWords({ removed, sequence }: Pick<PullCheckpoint, 'removed' | 'sequence'>): string {
  return `${removed === 1 ? '1 older record was' : `${removed} older records were`} removed for age, up to number ${sequence}; the remaining records continue them.`
}
