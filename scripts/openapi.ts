/**
 * `npx node scripts/openapi.ts`: writes the OpenAPI document of this version to packages/contract/openapi.json, from which clients are
 * generated, and the problem table to the Python SDK's copy. `--check` reports whether both are current, and whether a change breaks
 * the clients of the last release without an announcement in packages/contract/breaking-changes.md. `--release` stores the document as
 * that of the last release, and the agent next to it (e2e/released).
 */
import { readFile, writeFile } from 'node:fs/promises'
import { problems } from '@fairlead/contract/problems'
import { documentOfThisVersion } from '@fairlead/control-plane'
import { inRepository } from './building/programs.ts'
import { announcedIn, judge } from './compatibility/announcements.ts'
import { breakingChanges } from './compatibility/breaking-changes.ts'

const place = {
  current: inRepository('packages/contract/openapi.json'),
  released: inRepository('packages/contract/openapi.released.json'),
  announced: inRepository('packages/contract/breaking-changes.md'),
  pythonProblems: inRepository('python/fairlead_sdk/src/fairlead_sdk/_generated/problem_table.json'),
}
const document = documentOfThisVersion()
const text = `${JSON.stringify(document, null, 2)}\n`
// One row a line, so that a change appears as one line.
const rows = Object.entries(problems).map(([code, row]) => `  ${JSON.stringify(code)}: ${JSON.stringify(row)}`)
const problemTable = `{\n${rows.join(',\n')}\n}\n`

async function check(): Promise<string[]> {
  const released = JSON.parse(await readFile(place.released, 'utf8')) as Record<string, unknown>
  const announced = announcedIn(await readFile(place.announced, 'utf8'))
  const { unannounced, unfounded } = judge(breakingChanges(released, document), announced)
  const kept = await readFile(place.current, 'utf8').catch(() => '')
  const keptProblems = await readFile(place.pythonProblems, 'utf8').catch(() => '')
  return [
    ...(kept === text
      ? []
      : ['packages/contract/openapi.json is not what the routes say: npx node scripts/openapi.ts']),
    ...(keptProblems === problemTable
      ? []
      : ['problem_table.json of the Python SDK is old: npx node scripts/openapi.ts']),
    ...(unannounced.length === 0
      ? []
      : [
          'This breaks clients of the last release. Undo it, or announce it in packages/contract/breaking-changes.md:',
          ...unannounced.map((change) => `- \`${change}\`: why, and what clients do`),
        ]),
    ...unfounded.map((one) => `breaking-changes.md announces what has not changed: ${one}`),
  ]
}

if (process.argv.includes('--check')) {
  const faults = await check()
  for (const fault of faults) console.error(fault)
  process.exitCode = faults.length === 0 ? 0 : 1
} else {
  await writeFile(place.current, text)
  await writeFile(place.pythonProblems, problemTable)
  if (process.argv.includes('--release')) {
    await writeFile(place.released, text)
    const { keepReleasedAgent } = await import('./building/released-agent.ts')
    await keepReleasedAgent()
  }
}
