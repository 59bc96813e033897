import { describe, expect, test } from 'vitest'
import { readChaosOptions } from './chaos-options.ts'

const read = (...args: string[]) => readChaosOptions(args, () => 42)

describe('npm run test:chaos', () => {
  test('plays 100 rounds of every fault with a random seed, unless it is told otherwise', () => {
    expect(read()).toEqual({ rounds: 100, minutes: 10, seed: 42, atOnce: null, write: false, files: [] })
  })

  test('replays a round that failed from its seed', () => {
    const args = ['--rounds', '1', '--minutes=3', '--seed', '0', '--at-once', '2', '--write', 'crash.chaos']
    expect(read(...args)).toEqual({ rounds: 1, minutes: 3, seed: 0, atOnce: 2, write: true, files: ['crash.chaos'] })
  })

  test.each([
    ['--rounds', 'x'],
    ['--rounds', '0'],
    ['--rounds', '1.5'],
    ['--minutes', ''],
    ['--seed', '1e3'],
    ['--at-once', '0'],
    ['--at-once', '1000000'],
  ])('plays nothing with %s %j, and says what it takes', (flag, text) => {
    expect(() => read(flag, text)).toThrow(`${flag} takes a whole number from`)
  })

  test('refuses an option that it does not know', () => {
    expect(() => read('--round', '3')).toThrow("Unknown option '--round'")
  })

  test.each(['-h', '--help'])('plays nothing with %s', (flag) => {
    expect(read(flag)).toBeNull()
  })
})
