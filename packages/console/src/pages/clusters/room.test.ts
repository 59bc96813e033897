import { newId } from '@fairlead/contract/names'
import { type Node } from '@fairlead/contract/wire'
import { expect, test } from 'vitest'
import { isFree, roomFor } from './room.ts'

type Placeable = Parameters<typeof isFree>[0]

const facts: NonNullable<Node['facts']> = {
  agent_version: '0.1.0',
  engine_version: '29.0.0',
  platform: 'linux/amd64',
  cpus: 2,
  memory_bytes: 1,
  disk_free_bytes: 1,
  advertise_address: '10.0.0.1',
}
const free: Placeable = { checker: false, state: 'online', facts, cluster_id: null }

test.each<[string, Partial<Placeable>]>([
  ['a checker', { checker: true }],
  ['a node that is lost', { state: 'lost' }],
  ['a node that was never heard of', { facts: null }],
  ['a node without an engine', { facts: { ...facts, engine_version: null } }],
  ['a node that works for a cluster', { cluster_id: newId('ses') }],
])('%s is not free', (_, change) => {
  expect(isFree(free)).toBe(true)
  expect(isFree({ ...free, ...change })).toBe(false)
})

test('says what follows when nodes are missing', () => {
  const room = roomFor([free, { ...free, checker: true }], true, 2, 'lab')
  expect(room.fits).toBe(false)
  expect(room.now).toBe('1 node of lab is free now; this cluster needs 3')
  expect(room.follows).toMatch(/^It will wait for 2 more, and start automatically/)
})

test('a head and its workers fit into as many free nodes', () => {
  expect(roomFor([free, free], true, 1, 'lab')).toEqual({
    fits: true,
    now: '2 nodes of lab are free now; this cluster needs 2',
    follows: null,
  })
})

test('says that a cloud is full', () => {
  expect(roomFor([{ ...free, checker: true }], true, 0, 'lab').now).toBe(
    'No node of lab is free now; this cluster needs 1',
  )
})

test('reports none missing unless all nodes were counted', () => {
  expect(roomFor([free], false, 5, 'lab')).toMatchObject({ fits: true, follows: null })
})
