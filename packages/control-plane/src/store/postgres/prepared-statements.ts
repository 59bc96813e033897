/**
 * Which statements a connection prepares: PostgreSQL parses those once for a connection, and after five uses mostly plans them once, too (ADR 81).
 * Otherwise planning takes several times as long as looking up a row by its key.
 */

/** The program has about 150; whatever else comes is parsed each time. */
const mostStatements = 300
/** Of a statement with a row of values for each of several resources. There are as many of these as sizes of a group. */
const mostCharacters = 1000

export class PreparedStatements {
  readonly #names = new Map<string, string>()

  /** Null: the statement is not prepared. */
  nameOf(text: string): string | null {
    const known = this.#names.get(text)
    if (known !== undefined) return known
    if (this.#names.size === mostStatements || !isWorthIt(text)) return null
    const name = `s${this.#names.size}`
    this.#names.set(text, name)
    return name
  }
}

/** How a part of a list is best found depends on the values that it is asked for (ADR 66), so that is planned each time. */
function isWorthIt(text: string): boolean {
  return /^(?:select|with|insert|update|delete) /.test(text) && !/ limit /.test(text) && text.length <= mostCharacters
}
