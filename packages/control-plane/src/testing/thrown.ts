/** What a call threw; null where it returned. */
export function thrown(work: () => unknown): unknown {
  try {
    work()
    return null
  } catch (error) {
    return error
  }
}
