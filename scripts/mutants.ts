/**
 * `npm run test:mutants`: puts one bug after another into a copy of the packages, and runs the one test that must notice it.
 * First the same tests run without any bug; then two bugs at a time. Exit code 1 if a bug survives, or if a test did not run as named.
 * `npm run test:mutants -- S14 proxy`: only bugs that break this rule, or have this word in their name. docs/threat-model.md cites each
 * test; at the end the command lists the claims of that document that have no bug yet (unit tests in scripts/threat-model check both).
 */
import { join } from 'node:path'
import { runNamedTests } from './mutants/run-named-tests.ts'
import { isMeant, seed, type SeededBug } from './mutants/seeded-bug.ts'
import { seededBugs as allBugs } from './mutants/seeded-bugs.ts'
import { judge, notPassed, type Verdict } from './mutants/verdict.ts'
import { copyWorkspace, whileChanged } from './mutants/workspace-copy.ts'
import { claimsWithoutBug } from './threat-model/claims-without-bug.ts'

const words = process.argv.slice(2)
const seededBugs = words.length === 0 ? allBugs : allBugs.filter((bug) => isMeant(bug, words))

async function run(signal: AbortSignal): Promise<boolean> {
  if (seededBugs.length === 0) throw new Error(`No seeded bug breaks or has in its name ${words.join(' or ')}.`)
  await using first = await copyWorkspace()
  await using second = await copyWorkspace()
  // A bug whose text has moved ends the run before it begins.
  for (const bug of seededBugs) await withBug(bug, first.folder, async () => {})
  if (!(await control(first.folder, signal))) return false

  const queue = [...seededBugs]
  let caught = 0
  const work = async ({ folder }: { folder: string }): Promise<void> => {
    for (let bug = queue.shift(); bug !== undefined; bug = queue.shift()) {
      const started = performance.now()
      const verdict = await tryBug(bug, folder, signal)
      if (verdict === 'caught') caught += 1
      tell(bug, verdict, performance.now() - started)
    }
  }
  await Promise.all([work(first), work(second)])
  console.log(`\n${caught} of ${seededBugs.length} seeded bugs caught, each by the test that is named for it`)
  if (words.length === 0) console.log(`without a seeded bug: ${claimsWithoutBug.map((name) => `\n  ${name}`).join('')}`)
  return caught === seededBugs.length
}

/** The same tests on the unchanged sources: all must pass, or their failure would prove nothing. */
async function control(folder: string, signal: AbortSignal): Promise<boolean> {
  const files = [...new Set(seededBugs.map(({ testFile }) => testFile))]
  const tests = [...new Set(seededBugs.map(({ test }) => test))]
  const failed = notPassed(await runNamedTests(folder, files, tests, signal), tests)
  for (const test of failed) console.log(`did not pass without any bug: ${test}`)
  if (failed.length === 0) console.log(`control: without any bug all ${tests.length} tests pass\n`)
  return failed.length === 0
}

function tryBug(bug: SeededBug, folder: string, signal: AbortSignal): Promise<Verdict> {
  return withBug(bug, folder, async () =>
    judge(await runNamedTests(folder, [bug.testFile], [bug.test], signal), bug.test),
  )
}

function withBug<Result>(bug: SeededBug, folder: string, work: () => Promise<Result>): Promise<Result> {
  return whileChanged(join(folder, bug.file), (source) => seed(source, bug), work)
}

function tell({ name, rule, testFile, test }: SeededBug, verdict: Verdict, milliseconds: number): void {
  const mark = (verdict === 'caught' ? verdict : verdict.toUpperCase()).padEnd(8)
  const seconds = (milliseconds / 1000).toFixed(1)
  console.log(`${mark} ${rule.padEnd(4)} ${name.padEnd(38)} ${seconds.padStart(4)} s  ${test}`)
  if (verdict !== 'caught') console.log(`         in ${testFile}`)
}

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
try {
  process.exitCode = (await run(stop.signal)) ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
