import { newId, type NodeId } from '@fairlead/contract/names'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { checksPerNode, isLeased, planLeases, type CheckableBuild } from './plan-checks.ts'

const now = 1_000_000
const nodeIds = Array.from({ length: 4 }, () => newId('node'))
const nodes = (...checkers: boolean[]) => checkers.map((checker, index) => ({ id: nodeIds[index]!, checker }))
const build = (leaseNodeId: NodeId | null = null, leaseExpiresAt: number | null = null): CheckableBuild => ({
  id: newId('bld'),
  leaseNodeId,
  leaseExpiresAt,
})

test('every unassigned build goes to one online node, and no node gets more than it may hold', () => {
  const someBuild = fc
    .tuple(fc.option(fc.constantFrom(...nodeIds)), fc.integer({ min: now - 100, max: now + 100 }))
    .map(([holder, expires]) => build(holder, holder === null ? null : expires))
  fc.assert(
    fc.property(fc.array(someBuild, { maxLength: 40 }), fc.nat(4), (builds, online) => {
      const present = nodes(false, false, true, false).slice(0, online)
      const leases = planLeases(builds, present, now)
      const held = builds.filter((one) => isLeased(one, now) && present.some((node) => node.id === one.leaseNodeId))
      const load = new Map<string, number>()
      for (const id of [...held.map((one) => one.leaseNodeId!), ...leases.map((lease) => lease.nodeId)]) {
        load.set(id, (load.get(id) ?? 0) + 1)
      }
      expect(new Set(leases.map((lease) => lease.buildId)).size).toBe(leases.length)
      expect(leases.every((lease) => !held.some((one) => one.id === lease.buildId))).toBe(true)
      expect(leases.every((lease) => present.some((node) => node.id === lease.nodeId))).toBe(true)
      for (const [id, count] of load) {
        const before = held.filter((one) => one.leaseNodeId === id).length
        expect(count).toBeLessThanOrEqual(Math.max(checksPerNode, before))
      }
      const waiting = builds.length - held.length - leases.length
      const full = present.every((node) => (load.get(node.id) ?? 0) >= checksPerNode)
      expect(waiting === 0 || full).toBe(true)
    }),
  )
})

test('prefers a checker', () => {
  const [lease] = planLeases([build()], nodes(false, true), now)
  expect(lease?.nodeId).toBe(nodeIds[1])
})

test('spreads checks over nodes', () => {
  const leases = planLeases([build(), build()], nodes(false, false), now)
  expect(new Set(leases.map((lease) => lease.nodeId)).size).toBe(2)
})

test('an expired lease goes to another node, even if that is not a checker, and to the same one if there is no other', () => {
  const ended = build(nodeIds[1], now)
  expect(planLeases([ended], nodes(false, true), now)[0]?.nodeId).toBe(nodeIds[0])
  expect(planLeases([build(nodeIds[0], now)], nodes(true), now)[0]?.nodeId).toBe(nodeIds[0])
})

test('a lease lasts through its last millisecond, and only while its holder is online', () => {
  expect(planLeases([build(nodeIds[0], now + 1)], nodes(true), now)).toEqual([])
  expect(planLeases([build(nodeIds[3], now + 1)], nodes(true), now)).toHaveLength(1)
})
