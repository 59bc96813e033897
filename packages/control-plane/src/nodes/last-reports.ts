/**
 * What each node reported last, so that a heartbeat, which repeats it, is answered without a write. It is forgotten as soon as anything changes that
 * the same words could now mean something for: whatever changes a node's orders wakes the node.
 */
import { hash } from 'node:crypto'
import type { NodeId, ReportId } from '@fairlead/contract/names'
import type { Report } from '@fairlead/contract/wire'
import type { Store } from '../store/store.ts'

interface LastReport {
  readonly id: ReportId
  readonly digest: string
}

export class LastReports {
  readonly #store: Pick<Store, 'peers' | 'reader'>
  readonly #last = new Map<NodeId, LastReport>()

  constructor(store: Pick<Store, 'peers' | 'reader'>) {
    this.#store = store
  }

  /** True if the report says nothing that the node's last one did not say, and that one is stored. */
  async isHeartbeat(nodeId: NodeId, report: Report): Promise<boolean> {
    const last = this.#last.get(nodeId)
    if (last === undefined || bringsRecords(report) || digestOf(report) !== last.digest) return false
    return this.#store.peers === null || this.#isNewest(nodeId, last)
  }

  /** Once it is stored. */
  remember(nodeId: NodeId, report: Report): void {
    this.#last.set(nodeId, { id: report.report_id, digest: digestOf(report) })
  }

  forget(nodeId: NodeId): void {
    this.#last.delete(nodeId)
  }

  forgetAll(): void {
    this.#last.clear()
  }

  /** Another replica may have taken a different one since. */
  async #isNewest(nodeId: NodeId, { id }: LastReport): Promise<boolean> {
    const node = await this.#store.reader.nodes.byId(nodeId)
    return node?.report_ids[0] === id
  }
}

const bringsRecords = ({ checks, pulls }: Report): boolean => checks.length > 0 || pulls.length > 0

const digestOf = ({ node, workload }: Report): string => hash('sha256', JSON.stringify({ node, workload }), 'base64')
