/**
 * `--compare REV`: the same benchmarks on the program of another revision and on this one, in alternating order. Each run is a process of its own, so
 * that neither inherits what the other has warmed up. What the benchmark itself plays, such as nodes, is of this revision on both sides.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Unit } from './benchmark.ts'
import { inColumns, median } from './table.ts'

const repository = resolve(import.meta.dirname, '../..')
const cache = join(repository, '.cache/compared')

export interface Compared {
  readonly benchmark: string
  readonly table: string
  readonly name: string
  readonly unit: Unit
  readonly before: number
  readonly after: number
}

export interface CompareOptions {
  readonly commit: string
  readonly rounds: number
  /** The command line of the benchmarks, without what asks for a comparison. */
  readonly args: readonly string[]
}

/** One row for each series, with the medians of all rounds. */
export function compare({ commit, rounds, args }: CompareOptions, say: (line: string) => void): Compared[] {
  say(`building ${commit.slice(0, 8)}`)
  const programs = { before: programOf(commit), after: join(repository, 'dist/fairlead.mjs') }
  const values = { before: new Map<string, number[]>(), after: new Map<string, number[]>() }
  const rows: Omit<Compared, 'before' | 'after'>[] = []
  for (let round = 1; round <= rounds; round += 1) {
    // Neither always comes first.
    for (const side of round % 2 === 1 ? (['before', 'after'] as const) : (['after', 'before'] as const)) {
      say(`round ${round} of ${rounds}: ${side === 'before' ? commit.slice(0, 8) : 'this revision'}`)
      for (const { key, row, measured } of measure(programs[side], args)) {
        if (!rows.some((known) => keyOf(known) === key)) rows.push(row)
        values[side].set(key, [...(values[side].get(key) ?? []), ...measured])
      }
    }
  }
  return rows.map((row) => ({
    ...row,
    before: median(values.before.get(keyOf(row)) ?? []),
    after: median(values.after.get(keyOf(row)) ?? []),
  }))
}

export function formatComparison(rows: readonly Compared[]): string {
  const cells = rows.map(({ benchmark, table, name, unit, before, after }) => [
    `${benchmark}, ${table}: ${name}`,
    `${shown(before)} ${unit}`,
    `${shown(after)} ${unit}`,
    (after / before).toFixed(2),
  ])
  return inColumns([['', 'before', 'after', 'ratio'], ...cells]).join('\n')
}

const shown = (value: number): string => value.toFixed(Math.abs(value) < 10 ? 2 : 0)

const keyOf = ({ benchmark, table, name }: Pick<Compared, 'benchmark' | 'table' | 'name'>): string =>
  JSON.stringify([benchmark, table, name])

/** Built once for each commit, with the packages that it names. */
function programOf(commit: string): string {
  const program = join(cache, commit, 'dist/fairlead.mjs')
  if (existsSync(program)) return program
  const folder = join(cache, commit)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const archive = execFileSync('git', ['archive', commit], { cwd: repository, maxBuffer: 2 ** 30 })
  execFileSync('tar', ['-x', '-C', folder], { input: archive })
  const lock = 'package-lock.json'
  if (readFileSync(join(folder, lock)).equals(readFileSync(join(repository, lock)))) {
    // Its links to the packages of the workspace are relative, and so lead into the copy.
    cpSync(join(repository, 'node_modules'), join(folder, 'node_modules'), { recursive: true, verbatimSymlinks: true })
  } else {
    execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: folder, stdio: 'ignore' })
  }
  execFileSync(process.execPath, ['scripts/build.ts'], { cwd: folder, stdio: 'ignore' })
  return program
}

interface Measured {
  readonly key: string
  readonly row: Omit<Compared, 'before' | 'after'>
  readonly measured: readonly number[]
}

interface Found {
  readonly benchmarks: readonly {
    readonly name: string
    readonly tables: readonly {
      readonly title: string
      readonly series: readonly { readonly name: string; readonly unit: Unit; readonly values: readonly number[] }[]
    }[]
  }[]
}

function measure(program: string, args: readonly string[]): Measured[] {
  const file = join(cache, `measured-${process.pid}.json`)
  const run = spawnSync(process.execPath, [join(import.meta.dirname, 'run.ts'), ...args, '--json', file], {
    env: { ...process.env, FAIRLEAD_PROGRAM: program },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (run.status !== 0) throw new Error(`the benchmark ended with ${run.signal ?? run.status} on ${program}`)
  const found = JSON.parse(readFileSync(file, 'utf8')) as Found
  rmSync(file)
  return found.benchmarks.flatMap(({ name: benchmark, tables }) =>
    tables.flatMap(({ title: table, series }) =>
      series.map(({ name, unit, values }) => {
        const row = { benchmark, table, name, unit }
        return { key: keyOf(row), row, measured: values }
      }),
    ),
  )
}

/** Throws an Error with one line for a person. */
export function commitOf(revision: string): string {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]
  const { status, stdout } = spawnSync('git', args, { cwd: repository, encoding: 'utf8' })
  if (status !== 0) throw new Error(`--compare takes a revision of this repository, not ${revision}`)
  return stdout.trim()
}
