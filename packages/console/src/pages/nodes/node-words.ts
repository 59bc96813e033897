/** What a node tells of itself, in words. */
import type { Node } from '@fairlead/contract'
import { formatBytes } from '../../ui/units.ts'

export function machineText({ facts }: Pick<Node, 'facts'>): string | null {
  if (facts === null) return null
  return `${facts.cpus} ${facts.cpus === 1 ? 'CPU' : 'CPUs'}, ${formatBytes(facts.memory_bytes)}`
}

/** Which programs it runs: a checker has no Docker. */
export function programsText({ facts }: Pick<Node, 'facts'>): string | null {
  if (facts === null) return null
  return facts.engine_version === null
    ? `agent ${facts.agent_version}`
    : `agent ${facts.agent_version}, Docker ${facts.engine_version}`
}
