/** docs/promises.md maps what the README promises to what proves it. */
import { expect, test } from 'vitest'
import { citedTests, whatIsWrongWith } from '../threat-model/cited-tests.ts'
import { textOf } from './repository-texts.ts'
import { rulesOf } from './rule-page.ts'

const readme = textOf('README.md')
const inForce = new Set(
  rulesOf(textOf('docs/rules.md'))
    .filter(({ state }) => state === 'in force')
    .map(({ tag }) => tag),
)
const rows = [...textOf('docs/promises.md').matchAll(/^\| “(.+?)”[^|]* \| (.+) \|$/gm)].map(
  ([, promise = '', proof = '']) => [promise, proof] as const,
)

test('has a row for each of enough promises', () => {
  expect(rows.length).toBeGreaterThan(12)
})

test.each(rows)('“%s” is in the README, and has a proof', (promise, proof) => {
  expect(readme.includes(promise)).toBe(true)
  const prose = proof.replaceAll(/`[^`]*`/g, '')
  const tags = [...prose.matchAll(/\b[SR]\d+\b/g)].map(([tag]) => tag)
  const tests = citedTests(proof)
  expect(tags.length + tests.length).toBeGreaterThan(0)
  expect(tags.filter((tag) => !inForce.has(tag))).toEqual([])
  expect(tests.flatMap((cited) => whatIsWrongWith(cited) ?? [])).toEqual([])
})
