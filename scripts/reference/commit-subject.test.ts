/** Commits made since this rule is checked follow it; without the history, as in a shallow clone, only the rule itself is tested. */
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { root } from '../setup/machine.mjs'
import { faultOfCommit } from './commit-subject.ts'

test.each([
  ['agent: find a login in one function', 'Because.', null],
  ['Split packages/agent into credential-path, doors and agent', 'Because.', null],
  ['agent: finds a login', 'Because.', '"finds" is not the imperative'],
  ['agent: added a test', 'Because.', '"added" is not the imperative'],
  ['find a login', 'Because.', 'the subject does not begin with its area'],
  ['agent: find a login', ' \n', 'there is no body that says why'],
  [`agent: ${'x'.repeat(70)}`, 'Because.', 'the subject is longer than 72 characters'],
  ['gateway: pass the digest', 'Because.', null],
])('%j with the body %j: %s', (subject, body, expected) => {
  expect(faultOfCommit(subject, body)).toBe(expected)
})

const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()

test('every commit since this rule was added follows it', () => {
  const added = git('log', '--diff-filter=A', '--format=%H', '--', 'scripts/reference/commit-subject.ts')
    .split('\n')
    .at(-1)
  if (added === undefined || added === '') return
  const commits = git('log', '--no-merges', '--format=%h%x1f%s%x1f%b%x1e', `${added}..HEAD`).split('\u001e')
  const faults = commits
    .map((text) => text.trim().split('\u001f'))
    .filter(([hash = '']) => hash !== '')
    .map(([hash, subject = '', body = '']) => [hash, subject, faultOfCommit(subject, body)])
    .filter(([, , fault]) => fault !== null)
  expect(faults).toEqual([])
})
