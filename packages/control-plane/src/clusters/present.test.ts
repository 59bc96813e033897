import { expect, test } from 'vitest'
import { aliveNodes } from './present.ts'

const head = { role: 'head', phase: 'running' } as const
const worker = { role: 'worker', phase: 'running' } as const
const lost = { phase: 'lost' } as const

test('a lost worker is not counted alive, although Ray still lists it', () => {
  expect(aliveNodes(2, [head, worker])).toBe(2)
  expect(aliveNodes(2, [head, { ...worker, ...lost }])).toBe(1)
  expect(aliveNodes(1, [head, { ...worker, ...lost }])).toBe(1)
})

test('where the head is lost, how many are alive is not known', () => {
  expect(aliveNodes(2, [{ ...head, ...lost }, worker])).toBeNull()
  expect(aliveNodes(null, [head, worker])).toBeNull()
})
