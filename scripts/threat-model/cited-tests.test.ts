/** The threat model's claims hold because a test shows it: this checks that each such test exists. */
import { describe, expect, test } from 'vitest'
import { bugsByHeading, seededBugs } from '../mutants/seeded-bugs.ts'
import { textOf } from '../rules/repository-texts.ts'
import { citedTests, claims, isCited, nameOfClaim, partUnder, testNames, whatIsWrongWith } from './cited-tests.ts'
import { claimsWithoutBug } from './claims-without-bug.ts'

describe('a citation', () => {
  test('is a path and the name of a test', () => {
    const document = 'It holds (`a/b.test.ts` › `S2: it holds`; `c.test.ts` › `“x” is \\d`). Not `this` or `a` > `b`.'
    expect(citedTests(document)).toEqual([
      { file: 'a/b.test.ts', test: 'S2: it holds' },
      { file: 'c.test.ts', test: '“x” is \\d' },
    ])
  })

  test('names a test in any form that tests are written in', () => {
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
    expect([...testNames('test(\n  `${rounds} are five`,\n  () => {},\n)')]).toEqual(['${rounds} are five'])
  })
})

test.each([
  ['it holds', 'it holds', true],
  ['it holds', 'a suite > inner > it holds', true],
  ['it holds', 'it holds > a suite', false],
  ['it holds', 'where it holds', false],
  ['S2: %s is refused', 'a suite > S2: a realm is refused', true],
  ['S2: %s is refused', 'a suite > S2: a realm is trusted', false],
  ['$rule: $what (50 %)', 'S2: a realm (50 %)', true],
  ['${rounds} rounds', 'a suite > 12 rounds', true],
  ['a.b?', 'a.b?', true],
  ['a.b?', 'aab', false],
])('%j cites %j: %s', (cited, name, expected) => {
  expect(isCited({ file: 'a.test.ts', test: cited }, 'a.test.ts', name)).toBe(expected)
  expect(isCited({ file: 'b.test.ts', test: cited }, 'a.test.ts', name)).toBe(false)
})

test('a claim is identified by its words up to the first colon, bracket or code', () => {
  expect(nameOfClaim('- A realm gets nothing (S2): `a` › `b`')).toBe('A realm gets nothing')
  expect(nameOfClaim('- It is `x`: so.')).toBe('It is')
})

describe('docs/threat-model.md', () => {
  const document = textOf('docs/threat-model.md')
  const cited = citedTests(document)

  test('cites tests', () => {
    expect(cited.length).toBeGreaterThan(30)
  })

  test.each(cited.map(({ file, test }) => [file, test] as const))('%s › %s', (file, name) => {
    expect(whatIsWrongWith({ file, test: name })).toBeNull()
  })

  test.each(Object.entries(bugsByHeading))(
    'cites under “%s” the test of each bug that is seeded against it: in the line that the bug would make untrue',
    (heading, bugs) => {
      const proofs = citedTests(partUnder(document, heading))
      const uncited = bugs.filter((bug) => !proofs.some((proof) => isCited(proof, bug.testFile, bug.test)))
      expect(uncited.map(({ name, testFile, test }) => `${name}: ${testFile} › ${test}`)).toEqual([])
    },
  )

  test('has a seeded bug for each claim except those of a closed list, which may only shrink', () => {
    const without = claims(document).filter((line) => {
      const proofs = citedTests(line)
      return !seededBugs.some((bug) => proofs.some((proof) => isCited(proof, bug.testFile, bug.test)))
    })
    expect(without.map(nameOfClaim).toSorted()).toEqual(claimsWithoutBug.toSorted())
    expect(claimsWithoutBug.length).toBeLessThanOrEqual(2)
  })

  test('names no two claims alike', () => {
    const names = claims(document).map(nameOfClaim)
    expect(new Set(names).size).toBe(names.length)
  })

  test('says for each claim what proves it, or that nothing does', () => {
    const lines = claims(document)
    expect(lines.length).toBeGreaterThan(20)
    expect(lines.filter((line) => citedTests(line).length === 0 && !line.includes('No test:'))).toEqual([])
  })
})
