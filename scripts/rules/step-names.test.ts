/** One vocabulary for the steps of the credential path: the names in `StepName`, in order, and no numbers. */
import { expect, test } from 'vitest'
import { StepName } from '../../packages/contract/src/wire/step.ts'
import { repositoryTexts, textOf } from './repository-texts.ts'

const firstWords = (text: string, item: RegExp) => [...text.matchAll(item)].map(([, name]) => name)

test('README.md lists the steps of a pull by name and in order', () => {
  const [, list = ''] = /^## Where the password goes\n([^]*?)^## /m.exec(textOf('README.md')) ?? []
  expect(firstWords(list, /^\d+\. `(\w+)`: /gm)).toEqual(
    StepName.options.slice(0, StepName.options.indexOf('pull') + 1),
  )
})

test('docs/architecture.md lists all steps in order', () => {
  const [, table = ''] = /^\| step \|[^\n]*\n([^]*?)\n\n/m.exec(textOf('docs/architecture.md')) ?? []
  expect(firstWords(table, /^\| `(\w+)` \| /gm)).toEqual(StepName.options)
})

test('nothing numbers a step', () => {
  const numbered = repositoryTexts().filter(({ text }) => /\bsteps? \d/i.test(text))
  expect(numbered.map(({ path }) => path)).toEqual([])
})
