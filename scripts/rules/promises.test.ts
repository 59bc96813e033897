/** docs/promises.md maps what the README promises to what proves it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../setup/machine.mjs'
import { citedTests, whatIsWrongWith } from '../threat-model/cited-tests.ts'
import { rulesOf } from './rule-page.ts'

const text = (path: string) => readFileSync(join(root, path), 'utf8')
const readme = text('README.md')
const inForce = new Set(
  rulesOf(text('docs/rules.md'))
    .filter(({ state }) => state === 'in force')
    .map(({ tag }) => tag),
)
const rows = [...text('docs/promises.md').matchAll(/^\| “(.+?)”[^|]* \| (.+) \|$/gm)].map(
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
  expect(tests.map((cited) => whatIsWrongWith(cited, root)).filter((fault) => fault !== null)).toEqual([])
})
