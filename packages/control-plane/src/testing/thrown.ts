/** The value that a call threw; null if it returned. */
export function thrown(work: () => unknown): unknown {
  try {
    work()
    return null
  } catch (error) {
    return error
  }
}
