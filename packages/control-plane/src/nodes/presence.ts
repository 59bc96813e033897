/**
 * When each node was last heard. A node is lost after 90 s of silence; a node that was silent while the control plane was down gets that time again.
 * Replicas tell one another which nodes they heard (`confirm`): one that has not learned it for a while considers no node lost, and grants that time
 * again once it does. Silence is measured by a steady clock: a control plane whose time is set loses no node (R7).
 */
import type { NodeId } from '@fairlead/contract/names'
import { steadyClockOf, type Clock } from '../clock.ts'

export const silenceMs = 90_000
/** For what the other replicas heard. */
const staleMs = 20_000

export class Presence {
  readonly #clock: Clock
  /** Of which all times here are; they are told in the clock's. */
  readonly #steady: Clock
  /** Since when the control plane has been listening. */
  #since: number
  /** When it last learned what the others heard; null if there are no others. */
  #confirmedAt: number | null = null
  readonly #heardAt = new Map<NodeId, number>()
  readonly #unwritten = new Set<NodeId>()
  readonly #notedLost = new Set<NodeId>()

  constructor(clock: Clock, steady = steadyClockOf(clock)) {
    this.#clock = clock
    this.#steady = steady
    this.#since = steady()
  }

  get since(): number {
    return this.#told(this.#since)
  }

  get isCurrent(): boolean {
    return this.#confirmedAt === null || this.#steady() - this.#confirmedAt <= staleMs
  }

  /** Another replica has been listening longer, and has shared what it heard. */
  trustSince(since: number): void {
    this.#since = Math.min(this.#since, this.#taken(since))
  }

  /** What the others heard is now known. */
  confirm(): void {
    if (!this.isCurrent) this.#since = this.#steady()
    this.#confirmedAt = this.#steady()
  }

  /** From the database: heard before startup, or by another replica. */
  remember(id: NodeId, heardAt: number): void {
    const known = this.#heardAt.get(id) ?? Number.NEGATIVE_INFINITY
    this.#heardAt.set(id, Math.max(known, this.#taken(Math.min(heardAt, this.#clock()))))
  }

  get size(): number {
    return this.#heardAt.size
  }

  ids(): NodeId[] {
    return [...this.#heardAt.keys()]
  }

  heard(id: NodeId): void {
    this.#heardAt.set(id, this.#steady())
    this.#unwritten.add(id)
  }

  forget(id: NodeId): void {
    this.#heardAt.delete(id)
    this.#unwritten.delete(id)
    this.#notedLost.delete(id)
  }

  lastHeard(id: NodeId): number | null {
    const heardAt = this.#heardAt.get(id)
    return heardAt === undefined ? null : this.#told(heardAt)
  }

  /** A node unknown here has just joined at another replica, or no longer exists. */
  isLost(id: NodeId): boolean {
    const heardAt = this.#heardAt.get(id)
    return heardAt !== undefined && heardAt < this.#lostBefore()
  }

  /** All that are lost now. */
  lost(): Set<NodeId> {
    const before = this.#lostBefore()
    const lost = new Set<NodeId>()
    for (const [id, heardAt] of this.#heardAt) if (heardAt < before) lost.add(id)
    return lost
  }

  /** Whether each of many nodes is lost, as of now: usually none is, and none has to be looked up. */
  lostNow(): (id: NodeId) => boolean {
    const lost = this.lost()
    return (id) => lost.size > 0 && lost.has(id)
  }

  /** Who was last heard before that is lost. */
  #lostBefore(): number {
    const before = this.#steady() - silenceMs
    return this.isCurrent && this.#since < before ? before : Number.NEGATIVE_INFINITY
  }

  /** Heard within the limit, so it may get work. A restart of the control plane proves nothing. */
  isOnline(id: NodeId): boolean {
    const heardAt = this.#heardAt.get(id)
    return heardAt !== undefined && this.#steady() - heardAt <= silenceMs
  }

  count(): { online: number; lost: number } {
    const lost = this.lost().size
    return { online: this.#heardAt.size - lost, lost }
  }

  /** Nodes lost or found since that was noted of them. */
  transitions(): NodeId[] {
    return [...this.lost().symmetricDifference(this.#notedLost)]
  }

  /** The transitions of these nodes are stored. */
  noteTransitions(ids: Iterable<NodeId>): void {
    for (const id of ids) if (!this.#notedLost.delete(id)) this.#notedLost.add(id)
  }

  /** Nodes heard since the last call, to be written. */
  takeUnwritten(): [NodeId, number][] {
    const taken = [...this.#unwritten].map((id): [NodeId, number] => [id, this.lastHeard(id) ?? 0])
    this.#unwritten.clear()
    return taken
  }

  /** They were not written after all. */
  putBack(ids: Iterable<NodeId>): void {
    for (const id of ids) if (this.#heardAt.has(id)) this.#unwritten.add(id)
  }

  #told(time: number): number {
    return Math.round(this.#clock() - (this.#steady() - time))
  }

  #taken(time: number): number {
    return this.#steady() - (this.#clock() - time)
  }
}
