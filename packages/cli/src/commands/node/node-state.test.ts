import type { Node, WaitingPod } from '@fairlead/contract/wire'
import { expect, test } from 'vitest'
import { listedState, waitingLines } from './node-state.ts'

const pod = (name: string, code: WaitingPod['code']): WaitingPod => ({
  pod: { namespace: 'team', name, owner: null },
  image: 'registry.example.com/app:1',
  since: '2026-11-24T12:00:00.000Z',
  code,
})

const nodeWith = (waiting_pods: WaitingPod[] | undefined, state: Node['state'] = 'online') =>
  ({ state, revoked_because: null, facts: { waiting_pods } }) as unknown as Node

test('a list says how many pods of a node wait for their image', () => {
  expect(listedState(nodeWith([pod('a', null)]))).toBe('online, 1 pod waits')
  expect(listedState(nodeWith([pod('a', null), pod('b', null)]))).toBe('online, 2 pods wait')
  expect(listedState(nodeWith([]))).toBe('online')
  expect(listedState(nodeWith(undefined))).toBe('online')
})

test('a node whose agent has not reported yet has only joined', () => {
  expect(listedState({ state: 'online', revoked_because: null, facts: null })).toBe('joined')
  expect(listedState({ state: 'lost', revoked_because: null, facts: null })).toBe('lost')
})

test('each pod that waits has a line, with the code of what was refused', () => {
  expect(waitingLines(nodeWith([pod('a', 'SECRET_NOT_FOUND'), pod('b', null)]))).toEqual([
    'team/a: registry.example.com/app:1 (SECRET_NOT_FOUND)',
    'team/b: registry.example.com/app:1',
  ])
})

test('what a node said before it was lost says nothing about now', () => {
  const lost = nodeWith([pod('a', null)], 'lost')
  expect(listedState(lost)).toBe('lost')
  expect(waitingLines(lost)).toEqual([])
})
