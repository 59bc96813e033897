import type { ProblemDocument } from '@fairlead/contract/problems'
import { isProblem } from '@fairlead/contract/problems'
import { joinMethodOf } from '@fairlead/contract/wire'
import { expect, test } from 'vitest'
import { inFlags } from './field-flags.ts'

const flags = new Set(['--account-id', '--join'])

function missingAccount(): ProblemDocument {
  try {
    joinMethodOf({ name: 'prod', provider: 'aws', allow_any_secret: false })
  } catch (error) {
    if (isProblem(error)) return error.toDocument()
  }
  throw new Error('it was accepted')
}

test('calls a field by its flag, including one that the sentence names', () => {
  expect(inFlags(missingAccount(), flags).fields).toEqual([
    { path: '--account-id', detail: 'needed to verify a machine that joins by cloud identity; or set `--join token`' },
  ])
})

test('keeps the name of a field that is not a flag of the command', () => {
  const document = missingAccount()
  expect(inFlags(document, new Set())).toEqual(document)
  expect(inFlags({ ...document, fields: [{ path: 'env_vars.A', detail: 'x' }] }, flags).fields).toEqual([
    { path: 'env_vars.A', detail: 'x' },
  ])
})
