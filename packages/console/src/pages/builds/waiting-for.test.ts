import { problem } from '@fairlead/contract/problems'
import { expect, test } from 'vitest'
import { waitingFor } from './waiting-for.ts'

const pending = { status: 'pending', steps: [], problem: null } as const

test.each([
  ['no node', [], 'node'],
  ['nodes that are lost or revoked', [{ state: 'lost' }, { state: 'revoked' }], 'node'],
  ['a node that is online', [{ state: 'lost' }, { state: 'online' }], 'lease'],
  ['nodes that are not known yet', null, 'lease'],
] as const)('a build that is not checked yet, with %s, waits for: %s', (_, nodes, waiting) => {
  expect(waitingFor(pending, nodes)).toBe(waiting)
})

test('a build that a node has taken waits for its first step', () => {
  expect(waitingFor({ ...pending, status: 'in_progress' }, [])).toBe('steps')
})

test('a build that has steps or a problem waits for nothing', () => {
  expect(waitingFor({ ...pending, problem: problem('REFERENCE_NOT_ALLOWED').toDocument() }, [])).toBeNull()
  expect(waitingFor({ ...pending, status: 'succeeded' }, [])).toBeNull()
})
