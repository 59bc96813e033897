/**
 * `npm run test:chaos`: injects real faults at random moments and prints one table: how often each was injected and survived, what was lost,
 * and which credentials were exposed. Exit code 1 if a round failed.
 */
import { execFile } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises'
import { tmpdir, release } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Tally } from '@fairlead/testkit'
import { describeHost } from '../bench/src/host.ts'
import { readChaosOptions, usage, type ChaosOptions } from './chaos/chaos-options.ts'
import { chaosPage, chaosTable } from './chaos/chaos-page.ts'
import { setUp, tellFailure } from './setup.mjs'
import { root } from './setup/machine.mjs'
import { runLayer } from './testing/run-layer.mjs'
import { sideBySide } from './testing/side-by-side.mjs'
import { failuresAsText } from './testing/tell-failures.mjs'
import type { FileOutcome } from './testing/vitest-report.mjs'

async function main(args: string[]): Promise<number> {
  let options: ChaosOptions | null
  try {
    options = readChaosOptions(args, () => randomInt(1_000_000))
  } catch (error) {
    process.stderr.write(`test:chaos: ${(error as Error).message}\n\n${usage}`)
    return 2
  }
  if (options === null) {
    process.stdout.write(usage)
    return 0
  }
  return await playAll(options)
}

async function playAll({ rounds, minutes, seed, atOnce, write, files }: ChaosOptions): Promise<number> {
  const places = await setUp({ yes: true, rayImage: false, program: process.env['FAIRLEAD_PROGRAM'] === undefined })
  await using folder = await mkdtempDisposable(join(tmpdir(), 'fairlead-chaos-'))
  const file = join(folder.path, 'tallies')
  await writeFile(file, '')
  const env = {
    ...places,
    FAIRLEAD_CHAOS_ROUNDS: String(rounds),
    FAIRLEAD_CHAOS_MINUTES: String(minutes),
    FAIRLEAD_CHAOS_SEED: String(seed),
    FAIRLEAD_CHAOS_TALLY: file,
  }
  const faults = await faultsIn(files, env)
  if (faults.length === 0) {
    process.stderr.write(`test:chaos: no fault was played, since no test file has ${files.join(' or ')} in its path\n`)
    return 2
  }
  const outcomes =
    atOnce === null ? await runLayer('chaos', [...files], env) : (await sideBySide(atOnce, alone(faults, env))).flat()
  const lines = (await readFile(file, 'utf8')).split('\n').filter(Boolean)
  const tallies = lines
    .map((line) => JSON.parse(line) as Tally)
    .toSorted((left, right) => left.fault.localeCompare(right.fault))
  const failures = failuresAsText('chaos', 'failed', outcomes)
  for (const failure of failures) console.log(`\n${failure}`)
  console.log(`\n${chaosTable(tallies)}\n\nseed ${seed}`)
  if (write) {
    const date = new Date().toISOString().slice(0, 10)
    await writeFile(
      join(root, 'docs/results/chaos.md'),
      chaosPage({ tallies, date, machine: machine(), rounds, minutes, atOnce }),
    )
  }
  return failures.length === 0 && tallies.length > 0 ? 0 : 1
}

/** A test is all rounds of one fault; its name may have their number. */
interface Fault {
  readonly file: string
  readonly name: string
}

/** Each fault in a run of its own. */
const alone = (faults: readonly Fault[], env: Record<string, string>): (() => Promise<FileOutcome[]>)[] =>
  faults.map(({ file, name }, at) => () => {
    const pattern = `^${RegExp.escape(name)}$`
    return runLayer('chaos', [file, '--testNamePattern', pattern], env, `fault ${at + 1}`)
  })

async function faultsIn(files: readonly string[], env: Record<string, string>): Promise<readonly Fault[]> {
  const list = ['list', ...files, '--project', 'chaos', '--no-static-parse', '--json']
  const options = { cwd: root, env: { ...process.env, ...env } }
  const { stdout } = await promisify(execFile)(join(root, 'node_modules', '.bin', 'vitest'), list, options)
  return JSON.parse(stdout) as Fault[]
}

function machine(): string {
  const { cpu, cpus, memory_bytes, load } = describeHost()
  const memory = Math.round(memory_bytes / 2 ** 30)
  return `${cpus} processors (${cpu}) with ${memory} GiB of memory, Linux ${release().split('-')[0]}, shared with other work: a load of ${load[0]} at its end`
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.exitCode = tellFailure(error)
}
