/** How many records meet a condition, as it was less than a minute ago: that chooses how a list is read, and no answer shows it. */

const keptMs = 60_000
const mostKept = 1000

export class RecentCounts {
  readonly #counts = new Map<string, { readonly count: number; readonly until: number }>()

  async of(condition: string, count: () => Promise<number>): Promise<number> {
    const known = this.#counts.get(condition)
    if (known !== undefined && performance.now() < known.until) return known.count
    const counted = await count()
    if (this.#counts.size >= mostKept) this.#counts.clear()
    this.#counts.set(condition, { count: counted, until: performance.now() + keptMs })
    return counted
  }
}
