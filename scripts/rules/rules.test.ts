/** docs/rules.md defines every tag that is used, and says for every rule what proves it. */
import { globSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { seededBugs } from '../mutants/seeded-bugs.ts'
import { root } from '../setup/machine.mjs'
import { whatIsWrongWith } from '../threat-model/cited-tests.ts'
import { plannedRules, rulesWithoutBug } from './open-rules.ts'
import { repositoryTexts, textOf } from './repository-texts.ts'
import { rulesOf, type Rule } from './rule-page.ts'
import { ruleTags } from './rule-tags.ts'

const page = 'docs/rules.md'
const rules = rulesOf(textOf(page))
const inForce = rules.filter(({ state }) => state === 'in force')
const tagsOf = (some: readonly Rule[]) => some.map(({ tag }) => tag)
const count = (kind: 'S' | 'R', last: number) => Array.from({ length: last }, (_, index) => `${kind}${index + 1}`)

describe('docs/rules.md', () => {
  test('has each number once, in order', () => {
    const numbered = (kind: string) => tagsOf(rules).filter((tag) => tag.startsWith(kind))
    expect(numbered('S')).toEqual(count('S', numbered('S').length))
    expect(numbered('R')).toEqual(count('R', numbered('R').length))
    expect(numbered('S').length + numbered('R').length).toBe(rules.length)
    expect(rules.length).toBeGreaterThanOrEqual(40)
  })

  test.each(rules.map((rule) => [rule.tag, rule] as const))('defines %s in one sentence', (_, { sentence }) => {
    expect(sentence).toMatch(/^[A-Z][^\n]*[^.]\.$/)
    expect(sentence).not.toMatch(/[.!?] [A-Z]/)
  })

  test.each(inForce.map((rule) => [rule.tag, rule] as const))('says for %s which tests prove it', (_, { tests }) => {
    expect(tests.length).toBeGreaterThan(0)
    expect(tests.flatMap((cited) => whatIsWrongWith(cited) ?? [])).toEqual([])
  })

  test('has planned rules of a closed list, which may only shrink', () => {
    const planned = rules.filter(({ state }) => state === 'planned')
    expect(tagsOf(planned)).toEqual(plannedRules)
    expect(plannedRules.length).toBeLessThanOrEqual(1)
  })

  test('proves nothing for rules that are not in force', () => {
    const notInForce = rules.filter(({ state }) => state !== 'in force')
    expect(notInForce.filter(({ tests, bugs }) => tests.length + bugs.length > 0)).toEqual([])
  })
})

describe('a seeded bug', () => {
  const adrs = globSync('docs/adr/*.md', { cwd: root })
  const isDecision = (rule: string) => {
    const [, number] = /^ADR (\d{1,4})$/.exec(rule) ?? []
    return number !== undefined && adrs.some((path) => path.startsWith(`docs/adr/${number.padStart(4, '0')}-`))
  }

  test('breaks a rule in force, or a decision', () => {
    const known = new Set(tagsOf(inForce))
    const strays = seededBugs.filter(({ rule }) => !known.has(rule) && !isDecision(rule))
    expect(strays.map(({ name, rule }) => `${name}: ${rule}`)).toEqual([])
  })

  test('that a rule names is one against this rule', () => {
    const against = (tag: string) => seededBugs.filter(({ rule }) => rule === tag).map(({ name }) => name)
    for (const { tag, bugs } of inForce) expect(against(tag)).toEqual(expect.arrayContaining([...bugs]))
  })

  test('is named by each S rule except those of a closed list, which may only shrink', () => {
    const without = inForce.filter(({ tag, bugs }) => tag.startsWith('S') && bugs.length === 0)
    expect(tagsOf(without)).toEqual(rulesWithoutBug)
    expect(rulesWithoutBug.length).toBeLessThanOrEqual(1)
  })

  test('that exists is named by its rule', () => {
    const broken = new Set(seededBugs.map(({ rule }) => rule))
    expect(tagsOf(inForce.filter(({ tag, bugs }) => broken.has(tag) && bugs.length === 0))).toEqual([])
  })
})

describe('a tag', () => {
  const texts = repositoryTexts().filter(({ path }) => path !== page)

  test('that is used anywhere is a rule in force', () => {
    const known = new Set(tagsOf(inForce))
    const unknown = texts.flatMap(({ path, text }) =>
      ruleTags(text).flatMap((tag) => (known.has(tag) ? [] : [`${path}: ${tag}`])),
    )
    expect(texts.length).toBeGreaterThan(1000)
    expect(unknown).toEqual([])
  })

  test('is every word that looks like one, except names of products', () => {
    const others = texts.flatMap(({ text }) => {
      const tags = new Set(ruleTags(text))
      return (text.match(/\b[SR]\d{1,2}\b/g) ?? []).filter((word) => !tags.has(word))
    })
    expect([...new Set(others)]).toEqual(['S3'])
  })
})
