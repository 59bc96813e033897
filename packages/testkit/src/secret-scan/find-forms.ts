/** Looks for the forms of a secret in a stream of bytes that comes in pieces. */
import type { SecretForm } from './secret-forms.ts'

export interface Finding {
  /** Where: a file's path, or a process and its memory region. */
  place: string
  /** In which form. */
  form: string
}

/** Remembers the end of each piece, so that a secret on the border of two is found. */
export class FormFinder {
  readonly #forms: readonly SecretForm[]
  readonly #keep: number
  #tail: Buffer = Buffer.alloc(0)
  readonly found = new Set<string>()

  constructor(forms: readonly SecretForm[]) {
    this.#forms = forms
    this.#keep = Math.max(...forms.map((form) => form.bytes.length)) - 1
  }

  push(piece: Buffer): void {
    const bytes = this.#tail.length === 0 ? piece : Buffer.concat([this.#tail, piece])
    for (const form of this.#forms) {
      if (!this.found.has(form.name) && bytes.includes(form.bytes)) this.found.add(form.name)
    }
    this.#tail = Buffer.from(bytes.subarray(Math.max(0, bytes.length - this.#keep)))
  }
}
