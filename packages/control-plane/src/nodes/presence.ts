/**
 * When each node was last heard. A node that is silent for 90 s is lost; what was silent while the control plane was down gets that time
 * anew. Several replicas tell one another whom they heard (`confirm`): one that did not learn it for a while takes nobody for lost, and
 * gives that time anew once it does.
 */
import type { NodeId } from '@fairlead/contract/names'
import type { Clock } from '../clock.ts'

export const silenceMs = 90_000
/** Of what the other replicas heard. */
const staleMs = 20_000

export class Presence {
  readonly #clock: Clock
  /** Since when the control plane is there to hear. */
  #since: number
  /** When it last learnt what the others heard; null where there are no others. */
  #confirmedAt: number | null = null
  readonly #heardAt = new Map<NodeId, number>()
  readonly #unwritten = new Set<NodeId>()
  readonly #lost = new Set<NodeId>()

  constructor(clock: Clock) {
    this.#clock = clock
    this.#since = clock()
  }

  get since(): number {
    return this.#since
  }

  get isCurrent(): boolean {
    return this.#confirmedAt === null || this.#clock() - this.#confirmedAt <= staleMs
  }

  /** Another replica has been there to hear for longer, and has told what it heard. */
  trustSince(since: number): void {
    this.#since = Math.min(this.#since, since)
  }

  /** What the others heard is known now. */
  confirm(): void {
    if (!this.isCurrent) this.#since = this.#clock()
    this.#confirmedAt = this.#clock()
  }

  /** What the database knows: of before the start, or from another replica. */
  remember(id: NodeId, heardAt: number): void {
    this.#heardAt.set(id, Math.max(this.#heardAt.get(id) ?? 0, Math.min(heardAt, this.#clock())))
  }

  ids(): NodeId[] {
    return [...this.#heardAt.keys()]
  }

  heard(id: NodeId): void {
    this.#heardAt.set(id, this.#clock())
    this.#unwritten.add(id)
  }

  forget(id: NodeId): void {
    this.#heardAt.delete(id)
    this.#unwritten.delete(id)
    this.#lost.delete(id)
  }

  lastHeard(id: NodeId): number | null {
    return this.#heardAt.get(id) ?? null
  }

  /** One that is not known here has joined at another replica a moment ago, or is no node any more. */
  isLost(id: NodeId): boolean {
    const heardAt = this.#heardAt.get(id)
    return heardAt !== undefined && this.isCurrent && this.#clock() - Math.max(heardAt, this.#since) > silenceMs
  }

  /** Heard of within the time: what may be given work. A restart of the control plane proves nothing. */
  isOnline(id: NodeId): boolean {
    const heardAt = this.#heardAt.get(id)
    return heardAt !== undefined && this.#clock() - heardAt <= silenceMs
  }

  count(): { online: number; lost: number } {
    let lost = 0
    for (const id of this.#heardAt.keys()) if (this.isLost(id)) lost += 1
    return { online: this.#heardAt.size - lost, lost }
  }

  /** Nodes that were lost, or came back, since the last call. */
  takeTransitions(): NodeId[] {
    const changed: NodeId[] = []
    for (const id of this.#heardAt.keys()) {
      const lost = this.isLost(id)
      if (lost === this.#lost.has(id)) continue
      if (lost) this.#lost.add(id)
      else this.#lost.delete(id)
      changed.push(id)
    }
    return changed
  }

  /** Nodes heard since the last call, for writing down. */
  takeUnwritten(): [NodeId, number][] {
    const taken = [...this.#unwritten].map((id): [NodeId, number] => [id, this.#heardAt.get(id) ?? 0])
    this.#unwritten.clear()
    return taken
  }

  /** They were not written after all. */
  putBack(ids: Iterable<NodeId>): void {
    for (const id of ids) if (this.#heardAt.has(id)) this.#unwritten.add(id)
  }
}
