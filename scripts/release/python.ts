/** The Python SDK as a source distribution, and as a wheel built from it. */
import { inRepository } from '../building/programs.ts'
import { newestPython, sdkEnvironment } from '../setup/python-environments.mjs'
import { runProgram } from '../setup/run-program.mjs'
import { timeOfSources } from '../building/sources.ts'
import type { Part } from './parts.ts'
import type { Release } from './release.ts'

export async function buildPython({ folder }: Release): Promise<readonly Part[]> {
  const python = await sdkEnvironment(newestPython(), 'tools')
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(timeOfSources()) }
  const project = inRepository('python/fairlead_sdk')
  await runProgram(python, ['-m', 'build', '--no-isolation', '--outdir', folder, project], { env })
  // What it needs, pip installs.
  return []
}
