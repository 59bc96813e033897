import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { newFolder } from '../run-folder.ts'
import { playRounds } from './rounds.ts'

let file: string
beforeEach(() => {
  file = join(newFolder('tally'), 'tally')
  vi.stubEnv('FAIRLEAD_CHAOS_TALLY', file)
  vi.stubEnv('FAIRLEAD_CHAOS_ROUNDS', '4')
  vi.stubEnv('FAIRLEAD_CHAOS_SEED', '70')
})
afterEach(() => vi.unstubAllEnvs())

const tallies = () =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)

test('each round has a seed of its own, and all are counted', async () => {
  const seeds: number[] = []
  const play = ({ seed }: { seed: number }) => {
    seeds.push(seed)
    return Promise.resolve([])
  }
  await playRounds({ fault: 'none', exposure: null, play })
  expect(seeds).toEqual([70, 71, 72, 73])
  expect(tallies()).toEqual([{ fault: 'none', injected: 4, survived: 4, lost: 0, exposed: null, firstSeed: 70 }])
})

test('a costly fault has fewer rounds, unless more are asked for', async () => {
  const costly = { fault: 'costly', exposure: null, shortRounds: 1, play: () => Promise.resolve([]) }
  await playRounds(costly)
  vi.stubEnv('FAIRLEAD_CHAOS_ROUNDS', undefined)
  await playRounds(costly)
  expect(tallies()).toMatchObject([{ injected: 4 }, { injected: 1 }])
})

test('a failed round and one that lost something are named with their seeds, and the others are played', async () => {
  const play = ({ seed }: { seed: number }) =>
    seed === 71 ? Promise.reject(new Error('no answer')) : Promise.resolve(seed === 72 ? ['env_1', 'env_2'] : [])
  const played = playRounds({ fault: 'some', exposure: null, play })
  await expect(played).rejects.toThrow(/seed 71: Error: no answer[^]*seed 72: lost env_1, env_2/)
  expect(tallies()).toEqual([{ fault: 'some', injected: 4, survived: 2, lost: 2, exposed: null, firstSeed: 70 }])
})

test('no round begins after the time is over', async () => {
  vi.stubEnv('FAIRLEAD_CHAOS_MINUTES', '0')
  await playRounds({ fault: 'late', exposure: null, play: () => Promise.resolve([]) })
  expect(tallies()).toMatchObject([{ injected: 0 }])
})
