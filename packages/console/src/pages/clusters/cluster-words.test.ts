import { newId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { type ClusterNode, type WorkloadPhase } from '@fairlead/contract/wire'
import { expect, test } from 'vitest'
import { actOf, inOrder, leadOf } from './cluster-words.ts'

const node = (node_name: string, phase: WorkloadPhase, role: ClusterNode['role'] = 'worker'): ClusterNode => ({
  node_id: newId('node'),
  node_name,
  role,
  phase,
  steps: [],
  problem: null,
  warnings: [],
  last_lines: null,
  last_heard_at: null,
})
const starting = { state: 'StartingUp', problem: null, worker_count: 2, generation: 1 } as const

test.each([
  [[], 'It is placed on its nodes.'],
  [[node('a', 'pulling')], 'Its node pulls the image.'],
  [[node('a', 'pulling'), node('b', 'pulling')], 'Both nodes pull the image.'],
  [[node('a', 'running'), node('b', 'pulling'), node('c', 'pulling')], '2 of 3 nodes pull the image, 1 runs.'],
])('says how many nodes have reached each phase of a start (%#)', (nodes, lead) => {
  expect(leadOf({ ...starting, nodes })).toBe(lead)
})

test.each([
  [problem('HEAD_LOST', { node: 'a', seconds: 90 }), 'is unknown'],
  [problem('NODE_LOST', { node: 'a', seconds: 90 }), 'not on all its nodes'],
  [problem('RAY_NODES_MISSING', { count: 1, needed: 2 }), 'not on all its nodes'],
  [problem('RAY_EXITED', { exit_status: 1 }), 'but has a problem'],
])('explains the problem of a running cluster (%#)', (met, meaning) => {
  const running = { ...starting, state: 'Running' as const, nodes: [], problem: met.toDocument() }
  expect(leadOf(running)).toContain(meaning)
})

test('distinguishes a cluster that was never started from a terminated one', () => {
  const ended = { ...starting, state: 'Terminated' as const, nodes: [] }
  expect(leadOf({ ...ended, generation: 0 })).toContain('never started')
  expect(leadOf(ended)).not.toContain('never started')
})

test('lists the head first, then failed and lost nodes, then the others by name', () => {
  const nodes = [node('b10', 'running'), node('b2', 'running'), node('z', 'lost'), node('x', 'running', 'head')]
  expect(inOrder(nodes).map(({ node_name }) => node_name)).toEqual(['x', 'z', 'b2', 'b10'])
})

test('derives the possible actions from the state', () => {
  expect(actOf('Terminated')).toBe('start')
  expect(actOf('StartupErrored')).toBe('start')
  expect(actOf('AwaitingStartup')).toBe('cancel')
  expect(actOf('Running')).toBe('terminate')
  expect(actOf('Terminating')).toBeNull()
})
