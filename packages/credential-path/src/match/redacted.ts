/** A secret as a type: it prints as `[redacted]` in every form, and searching for `.spend(` finds every place where one leaves (S5). */

const inspect = Symbol.for('nodejs.util.inspect.custom')

export class Redacted<Value> {
  readonly #value: Value

  constructor(value: Value) {
    this.#value = value
  }

  /** Passes the value to one function. */
  spend<Result>(use: (value: Value) => Result): Result {
    return use(this.#value)
  }

  toString(): string {
    return '[redacted]'
  }

  toJSON(): string {
    return '[redacted]'
  }

  [Symbol.toPrimitive](): string {
    return '[redacted]'
  }

  [inspect](): string {
    return '[redacted]'
  }
}
