/** When each node was last heard. A node that is silent for 90 s is lost; what was silent while the control plane was down gets that time anew. */
import type { NodeId } from '@fairlead/contract'
import type { Clock } from '../clock.ts'

export const silenceMs = 90_000

export class Presence {
  readonly #clock: Clock
  readonly #bootedAt: number
  readonly #heardAt = new Map<NodeId, number>()
  readonly #unwritten = new Set<NodeId>()
  readonly #lost = new Set<NodeId>()

  constructor(clock: Clock) {
    this.#clock = clock
    this.#bootedAt = clock()
  }

  /** What the database knew when the control plane started. */
  remember(id: NodeId, heardAt: number): void {
    this.#heardAt.set(id, heardAt)
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

  isLost(id: NodeId): boolean {
    const heardAt = this.#heardAt.get(id) ?? 0
    return this.#clock() - Math.max(heardAt, this.#bootedAt) > silenceMs
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
}
