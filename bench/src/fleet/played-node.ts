/**
 * A node whose channel is the agent's own: the same connection, signatures, polls, reports and retries. What it reports is played: nothing is pulled
 * and no container runs, so that one process can be thousands of nodes.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { connectAs, type Connection } from '@fairlead/agent/channel/connection'
import { openChannel, type NodeChannel } from '@fairlead/agent/channel/node-channel'
import type { NodeIdentity } from '@fairlead/agent/channel/node-identity'
import { ReportQueue } from '@fairlead/agent/channel/report-queue'
import { watchDesiredState } from '@fairlead/agent/channel/watch-desired-state'
import { newId, type NodeId } from '@fairlead/contract/names'
import type { DesiredState, NodeFacts, Report, StepReport, Workload, WorkloadReport } from '@fairlead/contract/wire'
import type { Ledger } from '@fairlead/credential-path/record/ledger'
import { instant, type Instant } from './calls.ts'
import { recordOf } from './played-pull.ts'

const digest = `sha256:${'a'.repeat(64)}`
const imageBytes = 1_000_000_000
/** Between two changes of a workload, as far apart as an agent reports them. */
const stepMs = 1_000

export interface Observer {
  readonly onOrder: (nodeId: NodeId, clusterId: string) => void
  readonly onReport: (durationMs: number, taken: boolean) => void
  /** How many members of a cluster run, as its head counts them. */
  readonly running: Map<string, number>
  readonly onRunning: (clusterId: string) => void
}

export class PlayedNode {
  readonly #identity: NodeIdentity
  readonly #observer: Observer
  readonly #channel: NodeChannel
  readonly #pulls: Ledger
  readonly #queue: ReportQueue
  #workload: Workload | null = null
  #playing: string | null = null
  /** Its own: a signal with ten thousand listeners takes long to lose one. */
  readonly #signal = new AbortController().signal
  /** When it last got an answer. */
  answeredAt: Instant = 0
  /** When it may speak again after an order. */
  #quietUntil: Instant = 0

  constructor(identity: NodeIdentity, pulls: Ledger, observer: Observer) {
    this.#identity = identity
    this.#observer = observer
    const connection = connectAs(identity)
    const observed: Connection = {
      send: async (request, signal) => {
        await this.#untilOthersRead()
        const answer = await connection.send(request, signal)
        this.answeredAt = instant()
        return answer
      },
      [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
    }
    this.#channel = openChannel(identity, observed)
    this.#pulls = pulls
    this.#queue = new ReportQueue({
      send: (report, signal) => this.#send(report, signal),
      facts: () => facts,
      pulls,
      log: { warn: () => undefined },
    })
  }

  /** For as long as the process. */
  async run(): Promise<void> {
    this.#queue.setWorkload(null)
    const { nodeId, cloudId, provider, host } = this.#identity
    await Promise.all([
      watchDesiredState(
        {
          channel: this.#channel,
          host,
          own: () => ({ nodeId, cloudId, provider, partition: null, accountId: null, projectId: null }),
          onState: (state) => this.#obey(state),
          onRefused: (_, refusal) => {
            throw refusal
          },
          onIdle: (alive) => this.#queue.beat(alive),
          log: { info: () => undefined, warn: () => undefined },
        },
        this.#signal,
      ),
      this.#queue.run(this.#signal),
    ])
  }

  /** One report more than it would send by itself; true if it was taken. */
  reportOnce(): Promise<boolean> {
    const report: Report = {
      report_id: newId('rep', Date.now()),
      at: new Date().toISOString(),
      node: { ...facts, disk_free_bytes: Math.floor(Math.random() * imageBytes) },
      workload: null,
      checks: [],
      pulls: [],
    }
    return this.#send(report, this.#signal).then(
      () => true,
      () => false,
    )
  }

  async #send(report: Report, signal: AbortSignal): Promise<void> {
    const began = performance.now()
    let taken = false
    try {
      await this.#channel.report(report, signal)
      taken = true
    } finally {
      this.#observer.onReport(performance.now() - began, taken)
    }
  }

  #obey({ workload, checks }: DesiredState): void {
    for (const { build_id, attempt } of checks) {
      const found = { digest, platform: 'linux/amd64', size_bytes: imageBytes } as const
      this.#queue.setCheck({ build_id, attempt, status: 'succeeded', steps: [], problem: null, advice: [], ...found })
    }
    this.#workload = workload
    const key = workload === null ? null : `${workload.cluster_id} ${workload.generation}`
    if (key === this.#playing) return
    this.#playing = key
    if (workload === null) {
      void sleep(stepMs / 5, undefined, { ref: false }).then(() => this.#queue.setWorkload(null))
      return
    }
    this.#observer.onOrder(this.#identity.nodeId, workload.cluster_id)
    this.#quietUntil = instant() + stepMs * (0.2 + 0.3 * Math.random())
    void this.#play(workload)
  }

  /**
   * A node has a machine of its own. Here, what the first ones say after an order, beginning with their next poll, would keep the orders of the others,
   * which have come, from being read by the same process.
   */
  async #untilOthersRead(): Promise<void> {
    const restMs = this.#quietUntil - instant()
    if (restMs > 0) await sleep(restMs)
  }

  /** Pulls in three steps, of which it keeps a record, starts, runs. A worker waits for its head; a head counts its members until all are there. */
  async #play(workload: Workload): Promise<void> {
    const { cluster_id, generation, ray_version, role, node_count } = workload
    const key = this.#playing
    const tell = (part: Partial<WorkloadReport> & Pick<WorkloadReport, 'phase'>): void => {
      if (this.#playing === key) this.#queue.setWorkload({ ...silent, cluster_id, generation, digest, ...part })
    }
    const next = async (): Promise<boolean> => {
      await sleep(stepMs * (0.5 + Math.random()), undefined, { ref: false })
      return this.#playing === key
    }
    if (!(await next())) return
    for (const part of [0, 0.3, 0.7]) {
      tell({ phase: 'pulling', steps: [pullStep(part)] })
      if (!(await next())) return
    }
    const pull = { workload, digest, bytes: imageBytes, durationMs: 3 * stepMs }
    await this.#pulls.append(recordOf(this.#identity.nodeId, pull))
    if (role === 'worker') {
      while (this.#workload?.head_address == null) if (!(await next())) return
    }
    const head = { head_address: '10.0.0.1:6379', dashboard_address: '10.0.0.1:8265', alive_nodes: 0 }
    const atHead = role === 'head' ? head : {}
    tell({ phase: 'starting', steps: [pullStep(1)], ray_version, ...atHead })
    if (!(await next())) return
    const { running, onRunning } = this.#observer
    onRunning(cluster_id)
    tell({ phase: 'running', steps: [pullStep(1)], ray_version, ...atHead })
    if (role === 'worker') return
    for (let alive = 0; alive < node_count;) {
      alive = running.get(cluster_id) ?? 0
      tell({ phase: 'running', steps: [pullStep(1)], ray_version, ...head, alive_nodes: alive })
      if (!(await next())) return
    }
    running.delete(cluster_id)
  }
}

const facts: NodeFacts = {
  agent_version: '0.1.0',
  engine_version: '29.0.0',
  platform: 'linux/amd64',
  cpus: 8,
  memory_bytes: 32_000_000_000,
  disk_free_bytes: 100_000_000_000,
  advertise_address: '10.0.0.1',
}

const silent: Omit<WorkloadReport, 'cluster_id' | 'generation' | 'phase' | 'digest'> = {
  steps: [],
  problem: null,
  warnings: [],
  ray_version: null,
  head_address: null,
  dashboard_address: null,
  alive_nodes: null,
}

const pullStep = (part: number): StepReport => ({
  step: 'pull',
  status: part === 1 ? 'done' : 'running',
  started_at: new Date(0).toISOString(),
  duration_ms: part === 1 ? 3 * stepMs : null,
  bytes: part * imageBytes,
  total_bytes: imageBytes,
})
