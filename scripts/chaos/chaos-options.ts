/** The command line of `npm run test:chaos`. */
import { parseArgs } from 'node:util'

export interface ChaosOptions {
  /** Of each fault. */
  readonly rounds: number
  /** How long rounds of one fault may begin. */
  readonly minutes: number
  /** Of the first round of each fault. */
  readonly seed: number
  /** How many faults are played at a time, each in processes of its own; null: two files with faults are. */
  readonly atOnce: number | null
  readonly write: boolean
  /** Only test files whose path contains one of these; none: all. */
  readonly files: readonly string[]
}

export const usage = `npm run test:chaos [-- --rounds 100] [--minutes 10] [--seed N] [--at-once N] [--write] [FILE...]

--rounds   of each fault
--minutes  how long rounds of one fault may begin
--seed     of the first round of each fault; a failed round prints its own
--at-once  how many faults are played at a time, each in processes of its own; without it, two files with faults are
--write    writes the table to docs/results/chaos.md
FILE       only test files whose path contains this
`

/** Null if help was requested. Throws an Error with one line for a person. */
export function readChaosOptions(args: readonly string[], randomSeed: () => number): ChaosOptions | null {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '100' },
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string' },
      'at-once': { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return null
  return {
    rounds: whole('--rounds', values.rounds, 1),
    minutes: whole('--minutes', values.minutes, 1),
    seed: values.seed === undefined ? randomSeed() : whole('--seed', values.seed, 0),
    atOnce: values['at-once'] === undefined ? null : whole('--at-once', values['at-once'], 1),
    write: values.write,
    files: positionals,
  }
}

const most = 999_999

function whole(flag: string, text: string, least: number): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : NaN
  if (value >= least) return value
  throw new Error(`${flag} takes a whole number from ${least} to ${most}, not ${text}`)
}
