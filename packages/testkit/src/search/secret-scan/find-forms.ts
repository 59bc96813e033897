/** Looks for the forms of a secret in a stream of bytes that arrives in pieces. */
import { FormSearch } from './form-search.ts'
import type { SecretForm } from './secret-forms.ts'

export interface Finding {
  /** Where: a file's path, or a process and its memory region. */
  place: string
  /** In which form. */
  form: string
}

/** One for the same forms, whatever the number of files to search. */
const searches = new WeakMap<readonly SecretForm[], FormSearch>()

/** Remembers the end of each piece, so that a secret across two pieces is found. */
export class FormFinder {
  readonly #search: FormSearch
  #tail: Buffer = Buffer.alloc(0)
  readonly found = new Set<string>()

  constructor(forms: readonly SecretForm[]) {
    this.#search = searches.get(forms) ?? new FormSearch(forms)
    searches.set(forms, this.#search)
  }

  push(piece: Buffer): void {
    const keep = this.#search.longest - 1
    // The border first, so that a large piece is not copied.
    const border = Buffer.concat([this.#tail, piece.subarray(0, keep)])
    this.#search.find(border, this.found)
    if (piece.length > keep) this.#search.find(piece, this.found)
    const end = piece.length >= keep ? piece : border
    this.#tail = Buffer.from(end.subarray(Math.max(0, end.length - keep)))
  }
}
