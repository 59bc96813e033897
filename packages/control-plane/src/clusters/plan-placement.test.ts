import { newId } from '@fairlead/contract/names'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { planPlacement, type PlaceableNode } from './plan-placement.ts'

const node = (memory_bytes: number): PlaceableNode => ({ id: newId('node'), memory_bytes })

const someNodes = fc.array(fc.nat(3).map(node), { maxLength: 12 })

test('a placement is one head and the workers, each on a different free node; otherwise it names the shortage', () => {
  fc.assert(
    fc.property(someNodes, fc.nat(6), (free, workers) => {
      const placement = planPlacement(workers, free)
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
    fc.property(someNodes, fc.nat(3), (free, workers) => {
      expect(planPlacement(workers, free.toReversed())).toEqual(planPlacement(workers, free))
    }),
  )
})

test('the head goes to the node with the most memory', () => {
  const large = node(9)
  const placement = planPlacement(1, [node(2), large, node(5)])
  expect(placement.fits && placement.members[0]).toEqual({ nodeId: large.id, role: 'head' })
})
