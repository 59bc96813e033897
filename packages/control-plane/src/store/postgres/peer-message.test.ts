import { newId, type NodeId } from '@fairlead/contract/names'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { committedOf, readPeerMessage, writeCommitted } from './peer-message.ts'

const ids = fc.integer({ min: 0, max: 700 }).map((count) => Array.from({ length: count }, () => newId('node')))

test('everything in a commit message arrives, in payloads that PostgreSQL accepts', () => {
  fc.assert(
    fc.property(fc.boolean(), ids, ids, (events, nodes, revoked) => {
      const sent = writeCommitted('replica', { events, nodes: new Set(nodes), revoked: new Set(revoked) })
      expect(sent.every((payload) => Buffer.byteLength(payload) < 8000)).toBe(true)
      const told = sent.map((payload) => committedOf(readPeerMessage(payload) ?? { from: '' }))
      expect(told.some((one) => one?.events)).toBe(events)
      const all = (kind: 'nodes' | 'revoked') => new Set(told.flatMap((one): NodeId[] => [...(one?.[kind] ?? [])]))
      expect([all('nodes'), all('revoked')]).toEqual([new Set(nodes), new Set(revoked)])
    }),
    { numRuns: 30 },
  )
})

test('a payload from any other sender is not a message', () => {
  const others = fc.oneof(fc.string(), fc.json(), fc.constantFrom('{"from":"x","nodes":["no id"]}', '{"from":1}'))
  fc.assert(
    fc.property(others, (payload) => {
      expect(readPeerMessage(payload)).toBeNull()
    }),
  )
})
