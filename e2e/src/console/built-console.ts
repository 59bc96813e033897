/** Before the first test file: builds the console where `fairlead serve` finds it in the repository, unless a current build exists. */
import { inRepository, mustRun } from '@fairlead/testkit'

const script = inRepository('scripts/build-console.ts')

export async function setup(): Promise<void> {
  await mustRun(process.execPath, [script], { timeoutMs: 120_000 })
}
