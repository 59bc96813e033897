/** Before the first test file: builds the console where `fairlead serve` finds it in the repository, unless a current build exists. */
import { mustRun } from '@fairlead/testkit'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../../../scripts/build-console.ts', import.meta.url))

export async function setup(): Promise<void> {
  await mustRun(process.execPath, [script], { timeoutMs: 120_000 })
}
