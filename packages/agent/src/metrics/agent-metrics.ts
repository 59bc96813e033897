/**
 * This node's counts of its pulls, in Prometheus format. Built from the same events as the log, so that every label is an enum value, and with our
 * own code, so that the process that reads passwords contains no further dependency.
 */
import type { NodePullEvent } from '@fairlead/contract/wire'

interface Row {
  readonly type: 'counter' | 'summary'
  readonly help: string
  /** The labels of its series, and what one pull adds to each. */
  readonly of: (event: NodePullEvent) => readonly (readonly [suffix: string, labels: Labels, by: number])[]
}

type Labels = Readonly<Record<string, string>>

export const agentMetricTable: Readonly<Record<string, Row>> = {
  fairlead_agent_pulls_total: {
    type: 'counter',
    help: 'Pulls and checks that ended; code is none on success, engine unless a door was used',
    of: ({ purpose, engine, decision, outcome, code }) => [
      ['', { purpose, engine: engine ?? 'none', decision, outcome, code: code ?? 'none' }, 1],
    ],
  },
  fairlead_agent_pull_seconds: {
    type: 'summary',
    help: 'How long pulls and checks took',
    of: ({ purpose, outcome, duration_ms }) => [
      ['_sum', { purpose, outcome }, duration_ms / 1000],
      ['_count', { purpose, outcome }, 1],
    ],
  },
  fairlead_agent_registry_bytes_total: {
    type: 'counter',
    help: 'Bytes received from registries through the gateway',
    of: ({ bytes }) => [['', {}, bytes]],
  },
  fairlead_agent_secret_reads_total: {
    type: 'counter',
    help: 'Logins for pulls: read from the secret manager, or reused from an earlier read',
    of: ({ secret_reads, secret_kept }) => [
      ['', { from: 'manager' }, secret_reads],
      ['', { from: 'kept' }, secret_kept],
    ],
  },
  fairlead_agent_registry_retries_total: {
    type: 'counter',
    help: 'Requests that the node had to repeat because of a registry',
    of: ({ retries }) => [['', {}, retries]],
  },
  fairlead_agent_resumed_streams_total: {
    type: 'counter',
    help: 'Layers that resumed where they were interrupted',
    of: ({ resumed_streams }) => [['', {}, resumed_streams]],
  },
}

export class AgentMetrics {
  readonly #series = new Map<string, Map<string, number>>()

  readonly count = (event: NodePullEvent): void => {
    for (const [name, { of }] of Object.entries(agentMetricTable)) {
      const series = this.#series.get(name) ?? new Map<string, number>()
      this.#series.set(name, series)
      for (const [suffix, labels, by] of of(event)) {
        const key = `${name}${suffix}${format(labels)}`
        series.set(key, (series.get(key) ?? 0) + by)
      }
    }
  }

  text(): string {
    return Object.entries(agentMetricTable)
      .map(([name, { help, type }]) => {
        const series = this.#series.get(name)?.entries().toArray() ?? []
        const lines = series.map(([key, value]) => `${key} ${value}\n`).join('')
        return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines}`
      })
      .join('')
  }
}

/** Enum values need no escaping. */
function format(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}
