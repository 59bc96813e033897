/** A mirror can be between two states of one suite: the next one is asked before this is given up. */

/** What the first suite gives that gives anything; what each of them said, where none does. */
export async function fromFirstSuite<T>(suites: readonly string[], make: (suite: string) => Promise<T>): Promise<T> {
  const said: string[] = []
  for (const suite of suites) {
    try {
      return await make(suite)
    } catch (error) {
      said.push(`Debian ${suite}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  throw new Error(said.join('\n'))
}
