/** Builds the console where `fairlead serve` finds it in the repository. */
import { mustRun } from '@fairlead/testkit'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../../packages/console', import.meta.url))
const vite = fileURLToPath(new URL('../../../node_modules/vite/bin/vite.js', import.meta.url))

export async function buildConsole(): Promise<void> {
  await mustRun(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: folder, timeoutMs: 120_000 })
}
