import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { BuildId, idsFrom, NodeId, newId } from './id.ts'

const prefix = fc.constantFrom('cld', 'cenv', 'bld', 'ses', 'node', 'pull', 'tok', 'rep', 'nse', 'jtk', 'grn' as const)
const time = fc.integer({ min: 0, max: 2 ** 45 })

test('all ids sort by creation time', () => {
  fc.assert(
    fc.property(prefix, time, time, (kind, a, b) => {
      const [first, second] = [newId(kind, a), newId(kind, b)]
      fc.pre(a !== b)
      expect(first < second).toBe(a < b)
      expect(first.split('_')[1]).toHaveLength(26)
    }),
  )
})

test('an id matches its own schema and no other', () => {
  expect(BuildId.safeParse(newId('bld')).success).toBe(true)
  expect(NodeId.safeParse(newId('bld')).success).toBe(false)
})

test('the prefix for a time separates ids created before it from those created then or later', () => {
  fc.assert(fc.property(prefix, time, time, (kind, at, bound) => newId(kind, at) < idsFrom(kind, bound) === at < bound))
})

test('two ids created at the same moment differ', () => {
  expect(new Set(Array.from({ length: 1000 }, () => newId('pull', 1))).size).toBe(1000)
})
