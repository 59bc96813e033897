import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rulesOf, type Rule } from './rule-page.ts'

const page = `# The rules

### not a rule: it is above the first section

## S: the path

### S1

A login goes to one place.

- Test: \`a.test.ts\` › \`it holds\`; \`b.test.ts\` › \`so \${often}\`
- Seeded bugs: \`trust all\`, \`trust none\`

### S2

**Unused.** It is a part of S1.

## R: failures

Words between two rules.

### R1

**Planned.** A write survives.
`

describe('the page of the rules', () => {
  test('has a sentence, tests and bugs for each', () => {
    expect(rulesOf(page).slice(1)).toEqual([
      {
        tag: 'S1',
        state: 'in force',
        sentence: 'A login goes to one place.',
        tests: [
          { file: 'a.test.ts', test: 'it holds' },
          { file: 'b.test.ts', test: 'so ${often}' },
        ],
        bugs: ['trust all', 'trust none'],
      },
      { tag: 'S2', state: 'unused', sentence: 'It is a part of S1.', tests: [], bugs: [] },
      { tag: 'R1', state: 'planned', sentence: 'A write survives.', tests: [], bugs: [] },
    ])
  })

  test('may say that one has no bug yet', () => {
    const [rule] = rulesOf('### S1\n\nIt holds.\n\n- Test: `a.test.ts` › `it holds`')
    expect(rule).toMatchObject({ tests: [{ file: 'a.test.ts', test: 'it holds' }], bugs: [] })
  })

  test('parses back to what was written, whatever the rules are', () => {
    const words = fc.stringMatching(/^[A-Za-z0-9 ,:;$%{}›’-]{1,30}$/).map((text) => `A${text.trim()}`)
    const rule = fc.record({
      tag: words,
      state: fc.constantFrom('in force', 'planned', 'unused'),
      sentence: words.map((text) => `${text}.`),
      tests: fc.array(fc.record({ file: words, test: words })),
      bugs: fc.array(words),
    })
    fc.assert(
      fc.property(fc.array(rule), (rules) => {
        expect(rulesOf(rules.map(written).join('\n'))).toEqual(rules)
      }),
    )
  })
})

const stateWords = { 'in force': '', planned: '**Planned.** ', unused: '**Unused.** ' }

function written({ tag, state, sentence, tests, bugs }: Rule): string {
  const list = [
    ...(tests.length > 0 ? [`- Test: ${tests.map(({ file, test }) => `\`${file}\` › \`${test}\``).join('; ')}`] : []),
    ...(bugs.length > 0 ? [`- Seeded bugs: ${bugs.map((name) => `\`${name}\``).join(', ')}`] : []),
  ]
  return `### ${tag}\n\n${stateWords[state]}${sentence}\n\n${list.join('\n')}\n`
}
