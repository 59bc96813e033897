/**
 * Rounds of one fault, at moments and places that seeds decide. The seed of a round is the first one plus the number of the round before it,
 * so one round can be played again. The environment sets how many there are, for how long at most, and the first seed.
 */
import { randomInt } from 'node:crypto'
import { chanceOf, type Chance } from './chance.ts'
import { watchExposure, type ExposureSearch } from './exposure.ts'
import { keepTally } from './tally.ts'

export interface Rounds {
  /** The fault, as the table names it. */
  readonly fault: string
  /** Null if no credential is used. */
  readonly exposure: ExposureSearch | null
  /** How many there are if nobody asked for more; three if absent. */
  readonly shortRounds?: number
  /** Injects the fault once, waits for the recovery and throws if a promise does not hold. Returns what was acknowledged and is lost. */
  readonly play: (chance: Chance) => Promise<readonly string[]>
}

/** After so many, the world is not what it was. */
const mostFailures = 3

export const chaosRounds = (short = 3): number => Number(process.env['FAIRLEAD_CHAOS_ROUNDS'] ?? short)

export async function playRounds({ fault, exposure, shortRounds, play }: Rounds): Promise<void> {
  const { FAIRLEAD_CHAOS_SEED: seedGiven, FAIRLEAD_CHAOS_MINUTES: minutes = '10' } = process.env
  const firstSeed = seedGiven === undefined ? randomInt(1_000_000) : Number(seedGiven)
  const rounds = chaosRounds(shortRounds)
  const until = performance.now() + Number(minutes) * 60_000
  await using watch = exposure === null ? null : await watchExposure(exposure)
  const lost: string[] = []
  const failures: string[] = []
  const fail = (failure: string): void => {
    failures.push(failure)
    process.stdout.write(`${fault}, ${failure}\n`)
  }
  let injected = 0
  while (injected < rounds && performance.now() < until && failures.length < mostFailures) {
    const seed = firstSeed + injected
    injected += 1
    try {
      const missing = await play(chanceOf(seed))
      lost.push(...missing)
      if (missing.length > 0) fail(`seed ${seed}: lost ${missing.join(', ')}`)
    } catch (error) {
      fail(`seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    }
  }
  const found = (await watch?.finish()) ?? null
  const survived = injected - failures.length
  keepTally({ fault, injected, survived, lost: lost.length, exposed: found?.length ?? null, firstSeed })
  process.stdout.write(`${fault}: ${survived} of ${injected} rounds survived, from seed ${firstSeed}\n`)
  const exposures = found?.map(({ place, form }) => `${form} in ${place}`) ?? []
  if (failures.length === 0 && exposures.length === 0) return
  const replay = 'To play one round again: npm run test:chaos -- --rounds 1 --seed SEED FILE'
  throw new Error([`${fault}:`, ...failures, ...exposures, replay].join('\n'))
}
