/**
 * Removes pull records older than the retention time, by one replica for all: the oldest of each node's chain, a few per transaction together with
 * the checkpoint that the rest continues, leaving room for other writers between two transactions.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { BuildId, type NodeId } from '@fairlead/contract/names'
import { type BuildStatus, type ClusterState } from '@fairlead/contract/wire'
import type { Logger } from 'pino'
import { iso, type Clock } from '../clock.ts'
import { Periodic } from '../periodic.ts'
import type { StoredPull } from '../store/records.ts'
import type { Store, Transaction } from '../store/store.ts'
import { moveCheckpoint, removable } from './plan-removal.ts'

export interface PullRetentionParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
  readonly days: number
  readonly onRemoved: (records: number) => void
  readonly onFault: (error: unknown) => void
}

const everyMs = 10 * 60_000
const dayMs = 24 * 3600 * 1000
/** Per transaction, so that other writers never wait long. */
export const atOnce = { records: 100, nodes: 50 }
const pauseMs = 20

export class PullRetention {
  readonly #parts: PullRetentionParts
  readonly #periodic: Periodic
  readonly #ended = new AbortController()

  constructor(parts: PullRetentionParts) {
    this.#parts = parts
    this.#periodic = new Periodic(parts.onFault)
  }

  start(): void {
    this.#periodic.every(everyMs, () => this.sweep())
    void this.#periodic.once(() => this.sweep())
  }

  stop(): Promise<void> {
    this.#ended.abort()
    return this.#periodic.stop()
  }

  async sweep(): Promise<void> {
    const { store, clock, log, days, onRemoved } = this.#parts
    if (!this.#mayGoOn) return
    const before = iso(clock() - days * dayMs)
    const waiting = await store.reader.pulls.nodesWithOld(before)
    let total = 0
    while (waiting.length > 0 && this.#mayGoOn) {
      const nodes = waiting.slice(0, atOnce.nodes)
      const { removed, done } = await store.write((transaction) =>
        removeOld(transaction, nodes, { before, at: iso(clock()) }),
      )
      waiting.splice(0, done)
      total += removed
      onRemoved(removed)
      await sleep(pauseMs, undefined, { signal: this.#ended.signal }).catch(() => 'stopped')
    }
    if (total > 0) log.info({ removed: total, received_before: before }, 'old pull records were removed')
  }

  get #mayGoOn(): boolean {
    return !this.#ended.signal.aborted && (this.#parts.store.peers?.leading ?? true)
  }
}

/** `done`: how many of the nodes have nothing left to remove. */
async function removeOld(
  transaction: Transaction,
  nodes: readonly NodeId[],
  when: { before: string; at: string },
): Promise<{ removed: number; done: number }> {
  let removed = 0
  let done = 0
  for (const nodeId of nodes) {
    const left = atOnce.records - removed
    const count = await removeOldOf(transaction, nodeId, { ...when, limit: left })
    removed += count
    if (count === left) break
    done++
  }
  return { removed, done }
}

async function removeOldOf(
  transaction: Transaction,
  nodeId: NodeId,
  { before, at, limit }: { before: string; at: string; limit: number },
): Promise<number> {
  const oldest = await transaction.pulls.oldestOf(nodeId, limit + 1)
  const [first, ...rest] = removable(oldest, { before, inUse: await inUseAmong(transaction, oldest) })
  if (first === undefined) return 0
  const removed = [first, ...rest] as const
  await transaction.pulls.removeThrough(removed.at(-1) ?? first)
  await transaction.pullCheckpoints.put(moveCheckpoint(await transaction.pullCheckpoints.of(nodeId), removed, at))
  return removed.length
}

const over: ReadonlySet<ClusterState> = new Set(['Terminated', 'StartupErrored'])
const decided: ReadonlySet<BuildStatus> = new Set(['succeeded', 'failed', 'canceled'])

/** Records of running work, or of an undecided check, are kept for as long as that lasts. */
async function inUseAmong(
  transaction: Transaction,
  pulls: readonly StoredPull[],
): Promise<(pull: StoredPull) => boolean> {
  const clusterIds = new Set(pulls.flatMap((pull) => pull.cluster_id ?? []))
  const clusters = (await transaction.clusters.byIds([...clusterIds])).filter((cluster) => !over.has(cluster.state))
  const builds: string[] = []
  for (const id of new Set(pulls.flatMap((pull) => BuildId.safeParse(pull.record.build_id).data ?? []))) {
    const build = await transaction.builds.byId(id)
    if (build !== null && !decided.has(build.status)) builds.push(id)
  }
  const inUse = new Set<string | null>([...clusters.map((cluster) => cluster.id), ...builds])
  return ({ cluster_id, record }) => inUse.has(cluster_id) || inUse.has(record.build_id)
}
