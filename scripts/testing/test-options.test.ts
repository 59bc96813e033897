import { expect, test } from 'vitest'
import { readTestOptions, testFiles, usage } from './test-options.mjs'

const files = () => ['packages/agent/src/channel/join.test.ts', 'e2e/src/ray-launcher.test.ts']
const read = (...words: string[]) => readTestOptions(words, files)

test('runs the usual layers if none is named, and every layer if asked', () => {
  expect(read()).toEqual({ layers: ['unit', 'e2e', 'integration'], filters: [], check: false })
  const all = read('--all', '--check')
  expect(all?.layers).toContain('kubernetes')
  expect(all?.check).toBe(true)
})

test('takes layers, and parts of the names of test files', () => {
  expect(read('clusters', 'ray-launcher')).toEqual({ layers: ['clusters'], filters: ['ray-launcher'], check: false })
  expect(read('unit', './packages/agent', 'channel/join.test.ts:7')?.filters).toHaveLength(2)
  // Python's are names of tests.
  expect(read('python', 'environment')?.layers).toEqual(['python'])
})

test.each(['--help', '-h'])('runs nothing for %s, which lists every layer', (word) => {
  expect(read('unit', word)).toBeNull()
  for (const layer of read('--all')?.layers ?? []) expect(usage).toMatch(new RegExp(`^ +${layer} `, 'm'))
})

test.each([
  [['--project', 'unit'], 'there is no option --project'],
  [['untit'], 'untit is neither a layer nor part of the name of a test file'],
  [['unit', 'joinn.test'], 'joinn.test is neither a layer nor part of the name of a test file'],
])('refuses %j before anything is set up', (words, message) => {
  expect(() => read(...words)).toThrow(message)
})

test('finds the test files of this repository', () => {
  const found = testFiles()
  expect(found).toContain('scripts/testing/test-options.test.ts')
  expect(found).toContain('e2e/src/ray-launcher.test.ts')
  expect(found.filter((file) => file.includes('node_modules'))).toEqual([])
})
