import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { wireFactNames, type FactName, type Facts } from './fact.ts'
import { problems } from './problem-table.ts'
import { ProblemCode, ProblemDocument } from './problem-document.ts'
import { ReportedProblem } from './reported-problem.ts'
import { isProblem, Problem, problem } from './problem.ts'

const code = fc.constantFrom(...ProblemCode.options)
const factNames: FactName[] = [...wireFactNames, 'path', 'name', 'reason', 'host']
const facts = fc.dictionary(
  fc.constantFrom(...factNames),
  fc.oneof(
    fc.string({ unit: anyCharacter }),
    fc.double(),
    fc.integer(),
    fc.constantFrom('aws', 'docker.io', 'password'),
  ),
) as fc.Arbitrary<Facts>

test('a report always matches its schema, and carries no free text as a fact (S6)', () => {
  fc.assert(
    fc.property(code, facts, (name, given) => {
      const report = new Problem(name, given, []).toReport()
      expect(ReportedProblem.safeParse(report).success).toBe(true)
      expect(Object.keys(report.facts).filter((fact) => ['path', 'name', 'reason', 'host'].includes(fact))).toEqual([])
    }),
  )
})

test('a document always matches its schema', () => {
  fc.assert(
    fc.property(code, facts, (name, given) => {
      const document = new Problem(name, given, []).toDocument('req_1')
      expect(ProblemDocument.safeParse(document).success).toBe(true)
    }),
  )
})

test.each(ProblemCode.options)('S25: %s lets no fact move the cursor, hide or reorder text', (name) => {
  const named = [...`${problems[name].what} ${problems[name].fix}`.matchAll(/\{(\w+)\}/g)].map(([, fact = '']) => fact)
  const hostile = fc.string({
    unit: fc.constantFrom('\u001b', '\u202e', '\u200b', '\u2028', '\n', 'a', '1', '/'),
    minLength: 1,
  })
  fc.assert(
    fc.property(hostile, (text) => {
      const given = Object.fromEntries([...named, ...factNames, 'nearest'].map((fact) => [fact, text]))
      // With valid values for these, a fix may be a whole command.
      for (const sound of [{}, { provider: 'aws', reference: 'team/login' }]) {
        const { detail, fix } = new Problem(name, { ...given, ...sound }, []).toDocument()
        expect(detail + fix).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
      }
    }),
    { numRuns: 20 },
  )
})

test('a reported problem comes back with the same words', () => {
  const here = problem('IMAGE_NOT_FOUND', { registry: 'reg.example.com:5000', repository: 'team/app' })
  const there = Problem.fromReport(ReportedProblem.parse(here.toReport()))
  expect(there.toDocument()).toEqual(here.toDocument())
})

test('a fact that is not a wire fact becomes a question mark at the other end', () => {
  const here = problem('POLICY_INVALID', { path: '/etc/fairlead/policy.yaml', reason: 'a secret detail' })
  expect(Problem.fromReport(here.toReport()).what).toBe('? cannot be used: ?')
})

test('braces in a fact are not filled a second time', () => {
  expect(problem('NAME_IN_USE', { name: '{name} {host}' }).what).toContain('{name} {host}')
})

test('only problems are problems', () => {
  expect(isProblem(problem('TOKEN_MISSING'))).toBe(true)
  expect(isProblem(problem('TOKEN_MISSING'), 'TOKEN_INVALID')).toBe(false)
  for (const other of [null, undefined, new Error('x'), { code: 'TOKEN_MISSING' }]) expect(isProblem(other)).toBe(false)
})
