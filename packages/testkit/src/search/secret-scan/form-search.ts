/**
 * Looks for many byte strings at once with the Wu-Manber algorithm: the last two bytes of a window as long as the shortest
 * string say how far the window may move. A gigabyte of memory then takes about a second, however many forms there are.
 */
import type { SecretForm } from './secret-forms.ts'

export class FormSearch {
  readonly #window: number
  /** How far the window may move, by its last two bytes. */
  readonly #moves: Uint16Array
  /** The forms that may begin with a window that ends this way. */
  readonly #candidates = new Map<number, SecretForm[]>()
  /** The length of the longest form. */
  readonly longest: number

  constructor(forms: readonly SecretForm[]) {
    const lengths = forms.map(({ bytes }) => bytes.length)
    this.#window = Math.min(...lengths)
    this.longest = Math.max(...lengths)
    if (!(this.#window >= 2)) throw new Error('a form to search for needs at least two bytes')
    const last = this.#window - 2
    this.#moves = new Uint16Array(2 ** 16).fill(last + 1)
    for (const form of forms) {
      for (let at = 0; at <= last; at++) {
        const pair = form.bytes.readUInt16LE(at)
        this.#moves[pair] = Math.min(this.#moves[pair] ?? 0, last - at)
      }
      const end = form.bytes.readUInt16LE(last)
      this.#candidates.set(end, [...(this.#candidates.get(end) ?? []), form])
    }
  }

  /** Adds the names of the forms found in these bytes. */
  find(bytes: Buffer, found: Set<string>): void {
    const moves = this.#moves
    const last = this.#window - 2
    for (let at = last; at + 1 < bytes.length;) {
      const pair = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)
      const move = moves[pair] ?? 1
      if (move === 0) this.#compare(bytes, at - last, pair, found)
      at += move === 0 ? 1 : move
    }
  }

  #compare(bytes: Buffer, start: number, pair: number, found: Set<string>): void {
    for (const form of this.#candidates.get(pair) ?? []) {
      if (found.has(form.name)) continue
      if (bytes.subarray(start, start + form.bytes.length).equals(form.bytes)) found.add(form.name)
    }
  }
}
