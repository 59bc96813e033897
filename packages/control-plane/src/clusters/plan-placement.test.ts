import { newId } from '@fairlead/contract/names'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { planPlacement, type PlaceableNode } from './plan-placement.ts'

const node = (part: Partial<PlaceableNode> = {}): PlaceableNode => ({
  id: newId('node'),
  checker: false,
  online: true,
  hasEngine: true,
  memoryBytes: 1,
  busy: false,
  ...part,
})

const anyNode = fc
  .record({
    checker: fc.boolean(),
    online: fc.boolean(),
    hasEngine: fc.boolean(),
    busy: fc.boolean(),
    memoryBytes: fc.nat(3),
  })
  .map((part) => node(part))

test('a placement is one head and the workers, each on a different free node; otherwise it names the shortage', () => {
  fc.assert(
    fc.property(fc.array(anyNode, { maxLength: 12 }), fc.nat(6), (nodes, workers) => {
      const free = nodes.filter((one) => one.online && one.hasEngine && !one.busy && !one.checker)
      const placement = planPlacement(workers, nodes)
      const chosen = placement.fits ? placement.members.map((member) => member.nodeId) : []
      expect(placement).toEqual(
        free.length <= workers
          ? { fits: false, needed: workers + 1, free: free.length }
          : {
              fits: true,
              members: chosen.map((nodeId, index) => ({ nodeId, role: index === 0 ? 'head' : 'worker' })),
            },
      )
      expect(new Set(chosen).size).toBe(placement.fits ? workers + 1 : 0)
      expect(chosen.every((id) => free.some((one) => one.id === id))).toBe(true)
    }),
  )
})

test('nodes in a different order give the same placement', () => {
  fc.assert(
    fc.property(fc.array(anyNode, { maxLength: 8 }), fc.nat(3), (nodes, workers) => {
      expect(planPlacement(workers, nodes.toReversed())).toEqual(planPlacement(workers, nodes))
    }),
  )
})

test('the head goes to the node with the most memory', () => {
  const large = node({ memoryBytes: 9 })
  const placement = planPlacement(1, [node({ memoryBytes: 2 }), large, node({ memoryBytes: 5 })])
  expect(placement.fits && placement.members[0]).toEqual({ nodeId: large.id, role: 'head' })
})
