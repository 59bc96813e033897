/** What a replica heard of its nodes reaches the store in parts, and is not lost when one of them fails. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { NodeId } from '@fairlead/contract/names'
import { beforeEach, expect, test } from 'vitest'
import type { Store } from '../store/store.ts'
import { at, insertCloud, insertNode } from '../testing/inserted-records.ts'
import { freshStore } from '../testing/fresh-store.ts'
import { Presence } from './presence.ts'
import { PresenceExchange } from './presence-exchange.ts'

const store = freshStore()
const heardAt = Date.parse(at) + 1000
const fleet: NodeId[] = []

beforeEach(async () => {
  fleet.length = 0
  await store().write(async (transaction) => {
    const { id: cloud } = await insertCloud(transaction)
    for (let index = 0; index < 1200; index++) fleet.push((await insertNode(transaction, cloud, `vm-${index}`)).id)
  })
})

function heardByAll(write: Store['write'] = store().write.bind(store())) {
  const clock = () => heardAt
  const presence = new Presence(clock)
  for (const id of fleet) presence.heard(id)
  const onFault = (error: unknown) => {
    throw error
  }
  return { presence, exchange: new PresenceExchange({ store: { ...store(), write }, clock, presence, onFault }) }
}

test('requests are answered between the parts of a large fleet that is written', async () => {
  const parts: number[] = []
  let turn = 0
  const written = new AbortController()
  const turns = (async () => {
    for (; !written.signal.aborted; turn += 1) await nextTurn()
  })()
  const { exchange } = heardByAll((work) => {
    parts.push(turn)
    return store().write(work)
  })
  await exchange.write()
  written.abort()
  await turns
  expect(parts).toHaveLength(3)
  expect(new Set(parts).size).toBe(3)
  const heard = await store().reader.nodes.lastHeard()
  expect(heard.every((node) => node.heard_at === new Date(heardAt).toISOString())).toBe(true)
})

test('what could not be written is written the next time', async () => {
  let writes = 0
  const { presence, exchange } = heardByAll((work) => {
    writes += 1
    return writes === 2 ? Promise.reject(new Error('no space')) : store().write(work)
  })
  await expect(exchange.write()).rejects.toThrow('no space')
  expect(presence.takeUnwritten()).toHaveLength(700)
})
