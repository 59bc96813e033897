import { expect, test } from 'vitest'
import { aliveNodes } from './present.ts'

const head = { role: 'head', phase: 'running' } as const
const worker = { role: 'worker', phase: 'running' } as const
const lost = { phase: 'lost' } as const

test('does not count a lost worker as alive, although Ray still lists it', () => {
  expect(aliveNodes(2, [head, worker])).toBe(2)
  expect(aliveNodes(2, [head, { ...worker, ...lost }])).toBe(1)
  expect(aliveNodes(1, [head, { ...worker, ...lost }])).toBe(1)
})

test('the number alive is unknown if the head is lost', () => {
  expect(aliveNodes(2, [{ ...head, ...lost }, worker])).toBeNull()
  expect(aliveNodes(null, [head, worker])).toBeNull()
})
