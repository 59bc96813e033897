/** The reference of problem codes matches the table. */
import { expect, test } from 'vitest'
import { problems } from '../../packages/contract/src/problems/index.ts'
import { textOf } from '../rules/repository-texts.ts'
import { problemPage } from './problem-page.ts'

test('docs/problems.md is current; write it with: npx node scripts/problem-reference.ts', () => {
  expect(textOf('docs/problems.md')).toBe(problemPage())
})

test('each code has a section with its fix', () => {
  const sections = new Map(
    problemPage()
      .split('\n## ')
      .slice(1)
      .map((text) => [text.slice(0, text.indexOf('\n')), text] as const),
  )
  expect([...sections.keys()]).toEqual(Object.keys(problems).toSorted())
  for (const [code, { fix }] of Object.entries(problems)) expect(sections.get(code)).toContain(fix)
})
