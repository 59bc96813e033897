/** The threat model says what is so because a test shows it: here that each such test exists. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../setup/machine.mjs'
import { citedTests, claims, testNames } from './cited-tests.ts'

describe('a citation', () => {
  test('is a path and the name of a test', () => {
    const document = 'It holds (`a/b.test.ts` › `S2: it holds`; `c.test.ts` › `“x” is \\d`). Not `this` or `a` > `b`.'
    expect(citedTests(document)).toEqual([
      { file: 'a/b.test.ts', test: 'S2: it holds' },
      { file: 'c.test.ts', test: '“x” is \\d' },
    ])
  })

  test('names a test in any of the forms in which tests are written', () => {
    const source = String.raw`
      describe('suite', () => {
        test('it\'s one', async () => {})
        it.only(
          "two's",
          () => {},
        )
        test.each([['a']])('%s is three', () => {})
        test.for(rows)('four', () => {})
        run('not a test', 1); expect('nor this').toBe('x', 1)
      })`
    expect([...testNames(source)]).toEqual(['suite', "it's one", "two's", '%s is three', 'four'])
  })
})

describe('docs/threat-model.md', () => {
  const document = readFileSync(join(root, 'docs', 'threat-model.md'), 'utf8')
  const cited = citedTests(document)

  test('cites tests', () => {
    expect(cited.length).toBeGreaterThan(30)
  })

  test.each(cited.map(({ file, test }) => [file, test] as const))('%s › %s', (file, name) => {
    expect(file).toMatch(/\.(?:test|conformance)\.ts$/)
    expect(existsSync(join(root, file))).toBe(true)
    expect([...testNames(readFileSync(join(root, file), 'utf8'))]).toContain(name)
  })

  test('says for each claim what proves it, or that nothing does', () => {
    const lines = claims(document, ['What each attacker can and cannot get', 'What a node keeps to itself'])
    expect(lines.length).toBeGreaterThan(20)
    expect(lines.filter((line) => citedTests(line).length === 0 && !line.includes('No test:'))).toEqual([])
  })
})
