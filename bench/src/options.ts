/** The command line of `npm run bench`. */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { databaseNames } from './api-at-size/filled-database.ts'
import type { Benchmark, BenchOptions } from './benchmark.ts'
import { engineNames } from './lab/pulling-engine.ts'

export interface RunOptions extends BenchOptions {
  readonly names: readonly string[]
  readonly jsonFile: string | null
  /** The revision to compare with; null: only this one is measured. */
  readonly compareWith: string | null
  readonly rounds: number
}

/** As many single nodes as get an order, and a cluster beside them. */
const fewestNodes = 100

/** Null if help was requested. Throws an Error with one line for a person. */
export function readOptions(args: readonly string[], benchmarks: readonly Benchmark[]): RunOptions | null {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      pairs: { type: 'string', default: '5' },
      agents: { type: 'string', default: '2000' },
      replicas: { type: 'string', default: '1' },
      reports: { type: 'string', default: '1000' },
      scale: { type: 'string', default: '1' },
      only: { type: 'string' },
      database: { type: 'string', multiple: true, default: [] },
      samples: { type: 'string', default: '20' },
      seconds: { type: 'string', default: '60' },
      engine: { type: 'string', multiple: true, default: [] },
      far: { type: 'boolean', default: false },
      'one-layer': { type: 'boolean', default: false },
      isal: { type: 'boolean', default: false },
      unpacks: { type: 'string', default: '1' },
      json: { type: 'string' },
      compare: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return null
  if (values.compare !== undefined && values.json !== undefined) throw new Error('--compare prints; it takes no --json')
  const known = benchmarks.map(({ name }) => name)
  const unknown = positionals.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new Error(`There is no benchmark ${unknown}; there are ${known.join(', ')}`)
  return {
    names: positionals.length === 0 ? known : positionals,
    pairs: count('--pairs', values.pairs),
    agents: count('--agents', values.agents, fewestNodes),
    replicas: count('--replicas', values.replicas),
    reports: count('--reports', values.reports),
    scale: part('--scale', values.scale),
    only: values.only ?? null,
    databases:
      values.database.length === 0
        ? databaseNames
        : values.database.map((name) => oneOf('--database', databaseNames, name)),
    samples: count('--samples', values.samples),
    seconds: count('--seconds', values.seconds),
    engines: values.engine.length === 0 ? null : values.engine.map((name) => oneOf('--engine', engineNames, name)),
    far: values.far,
    oneLayer: values['one-layer'],
    isal: values.isal,
    unpacks: count('--unpacks', values.unpacks),
    jsonFile: values.json === undefined ? null : resolve(values.json),
    compareWith: values.compare ?? null,
    rounds: count('--rounds', values.rounds),
  }
}

/** The same command line for one of the two revisions. */
export function withoutComparison(args: readonly string[]): string[] {
  const asks = /^--(compare|rounds)(=|$)/
  return args.filter((arg, index) => !asks.test(arg) && !/^--(compare|rounds)$/.test(args[index - 1] ?? ''))
}

export function helpText(benchmarks: readonly Benchmark[]): string {
  return [
    'npm run bench -- [NAME…] [--pairs N] [--samples N] [--seconds N] [--json FILE]',
    'npm run bench -- [NAME…] --compare REV [--rounds N] [options of the benchmarks]',
    'npm run bench -- fleet [--agents N] [--replicas N] [--reports N] [--seconds N] [--json FILE]',
    'npm run bench -- api-at-size [--scale PART] [--database NAME]… [--only TEXT] [--json FILE]',
    'npm run bench -- order-to-running [--engine NAME]… [--isal] [--unpacks N] [--pairs N] [--json FILE]',
    'npm run bench -- open-door [--engine NAME]… [--far] [--one-layer] [--isal] [--unpacks N] [--pairs N] [--json FILE]',
    '',
    ...benchmarks.map(({ name, what }) => `  ${name.padEnd(18)} ${what}`),
    '',
    '  --pairs N          measure two ways beside each other so often (5)',
    '  --samples N        start a short command so often (20)',
    '  --seconds N        watch a process at rest so long (60)',
    '  --json FILE        write every value to a file as well',
    '  --compare REV      the same on the program of another revision, in turn, with the ratios of the medians',
    '  --rounds N         how often each of the two is measured (3)',
    '',
    'fleet alone:',
    '  --agents N         nodes (2000); 10,000 take 3 GiB',
    '  --replicas N       control planes: one on SQLite (1), or several on one PostgreSQL',
    '  --reports N        a second, by as many nodes (1000)',
    '',
    'api-at-size alone:',
    '  --scale PART       of 1,000,000 pulls and all else (1); 0.1 is quick',
    `  --database NAME    only this one of ${databaseNames.join(', ')}; may be repeated`,
    '  --only TEXT        ask only what has it in its path',
    '',
    'open-door and order-to-running:',
    `  --engine NAME      only this one of ${engineNames.join(', ')}; may be repeated`,
    '  --far              a registry at 50 ms and 30 MB/s a connection',
    '  --one-layer        an image of 2 GB in one layer, not of 1 GB in five',
    '  --isal             with igzip, of Debian’s package isal; Debian’s Docker cannot use it',
    '  --unpacks N        layers that containerd unpacks at the same time (1)',
  ].join('\n')
}

function oneOf<Name extends string>(flag: string, names: readonly Name[], text: string): Name {
  const name = names.find((one) => one === text)
  if (name === undefined) throw new Error(`${flag} takes ${names.join(', ')}, not ${text}`)
  return name
}

function count(flag: string, text: string, least = 1): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : NaN
  if (value >= least) return value
  throw new Error(`${flag} takes a whole number from ${least} to 99999, not ${text}`)
}

function part(flag: string, text: string): number {
  const value = Number(text)
  if (value >= 0.05 && value <= 10) return value
  throw new Error(`${flag} takes a number from 0.05 to 10, not ${text}`)
}
