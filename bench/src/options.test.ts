import { expect, test } from 'vitest'
import type { Benchmark } from './benchmark.ts'
import { readOptions, withoutComparison } from './options.ts'

const benchmarks: readonly Benchmark[] = [{ name: 'fleet', what: 'nodes', run: async () => [] }]

test.each([
  [['flet'], 'There is no benchmark flet; there are fleet'],
  [['--pairs', 'many'], '--pairs takes a whole number from 1 to 99999, not many'],
  [['--agents', '20'], '--agents takes a whole number from 100 to 99999, not 20'],
  [['--scale', '0'], '--scale takes a number from 0.05 to 10, not 0'],
  [['--engine', 'rkt'], /^--engine takes .*, not rkt$/],
  [['--compare', 'main', '--json', 'x'], '--compare prints; it takes no --json'],
  [['--fast'], /--fast/],
])('%j is refused with one sentence', (args, message) => {
  expect(() => readOptions(args, benchmarks)).toThrow(message)
})

test('without a name, every benchmark runs', () => {
  expect(readOptions([], benchmarks)?.names).toEqual(['fleet'])
})

test('either side of a comparison gets the command line without it', () => {
  const args = ['fleet', '--compare', 'main', '--agents', '100', '--rounds=2', '--seconds=5']
  expect(withoutComparison(args)).toEqual(['fleet', '--agents', '100', '--seconds=5'])
})
