import { describe, expect, test } from 'vitest'
import { textOf } from '../rules/repository-texts.ts'
import { isMeant, seed, type SeededBug } from './seeded-bug.ts'
import { seededBugs } from './seeded-bugs.ts'

const bug: SeededBug = {
  name: 'off by one',
  rule: 'S2',
  file: 'a.ts',
  replace: 'n < 1',
  by: 'n <= 1',
  testFile: 'a.test.ts',
  test: 'a > b',
}

describe('a bug', () => {
  test('replaces its text and nothing else', () => {
    expect(seed('if (n < 1) $& $1', bug)).toBe('if (n <= 1) $& $1')
  })

  test.each([
    ['is not there', 'if (n < 2)', '0 times'],
    ['is there twice', 'n < 1 || n < 1', '2 times'],
    ['is there three times', 'n < 1 || n < 1 || n < 1', '3 times'],
  ])('whose text %s is rejected', (_, source, times) => {
    expect(() => seed(source, bug)).toThrow(times)
  })

  test.each([
    [['S2'], true],
    [['S14', 'off by'], true],
    [['S'], false],
    [['on by'], false],
  ])('matches by its rule or a part of its name: %j: %s', (words, expected) => {
    expect(isMeant(bug, words)).toBe(expected)
  })

  test('that changes nothing is rejected', () => {
    expect(() => seed('n < 1', { ...bug, by: bug.replace })).toThrow('changes nothing')
  })
})

test.each(seededBugs.map((bug) => [bug.name, bug] as const))('%s: its text occurs in the sources once', (_, bug) => {
  const source = textOf(bug.file)
  expect(seed(source, bug)).not.toBe(source)
})

test('no two bugs have the same name, and a unit test guards each', () => {
  expect(new Set(seededBugs.map(({ name }) => name)).size).toBe(seededBugs.length)
  for (const { testFile } of seededBugs)
    expect(testFile).toMatch(/^(?:packages|scripts)\/.*(?<!\.integration)\.test\.ts$/)
})
