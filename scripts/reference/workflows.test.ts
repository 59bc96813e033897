/** Code that others wrote runs in our workflows with the right to publish: only the exact commits that we chose. */
import { globSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { textOf } from '../rules/repository-texts.ts'
import { root } from '../setup/machine.mjs'

interface Workflow {
  readonly permissions?: object
  readonly jobs: Readonly<
    Record<string, { readonly permissions?: object; readonly steps: readonly { uses?: string }[] }>
  >
}

const workflows = globSync('.github/workflows/*.yml', { cwd: root }).map((path) => {
  const text = textOf(path)
  return { path, text, workflow: parse(text) as Workflow }
})

test('S26: every action in a workflow is pinned to a commit, with its version as a comment', () => {
  const used = workflows.flatMap(({ text }) => text.split('\n').filter((line) => /^\s*(?:- )?uses:/.test(line)))
  expect(used.length).toBeGreaterThan(10)
  expect(used.filter((line) => !/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([])
})

test('the same action is the same commit everywhere', () => {
  const used = new Set(
    workflows.flatMap(({ text }) =>
      Array.from(text.matchAll(/uses: (\S+)@(\S+)/g), ([, name, commit]) => `${name}@${commit}`),
    ),
  )
  const names = [...used].map((one) => one.replace(/@.*/, ''))
  expect(names).toEqual([...new Set(names)])
})

test.each(workflows)('$path may only read, and each job says what more it needs', ({ workflow }) => {
  expect(workflow.permissions).toEqual({ contents: 'read' })
  const may = Object.values(workflow.jobs).map(({ permissions = {} }) => permissions)
  // Whoever may write contents could move a tag.
  expect(
    may.filter((permissions) => 'contents' in permissions && permissions.contents === 'write').length,
  ).toBeLessThan(2)
})
