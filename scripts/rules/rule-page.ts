/** Reads docs/rules.md: each rule with its sentence, the tests that prove it and the bugs seeded against it. */
import { citedTests, type CitedTest } from '../threat-model/cited-tests.ts'

export interface Rule {
  readonly tag: string
  /** `planned`: not implemented yet; `unused`: a number that no rule has any longer, or yet. */
  readonly state: 'in force' | 'planned' | 'unused'
  readonly sentence: string
  readonly tests: readonly CitedTest[]
  /** Names of bugs in scripts/mutants/seeded-bugs. */
  readonly bugs: readonly string[]
}

const states: Readonly<Record<string, Rule['state']>> = { Planned: 'planned', Unused: 'unused' }

/** A rule is a level 3 heading that is its tag, a paragraph, which may begin with its state, and a list. */
export function rulesOf(page: string): readonly Rule[] {
  return page
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const [tag = '', paragraph = '', ...list] = section
        .split(/^## /m, 1)
        .join('')
        .trim()
        .split(/\n\n|\n(?=- )/)
      const [, word = '', sentence = ''] = /^(?:\*\*(\w+)\.\*\* )?([^]*)$/.exec(paragraph) ?? []
      return {
        tag,
        state: states[word] ?? 'in force',
        sentence,
        tests: citedTests(list.join('\n')),
        bugs: bugsIn(list),
      }
    })
}

function bugsIn(list: readonly string[]): readonly string[] {
  const line = list.find((item) => /^- Seeded bugs?: /.test(item)) ?? ''
  return [...line.matchAll(/`([^`\n]+)`/g)].map(([, name = '']) => name)
}
