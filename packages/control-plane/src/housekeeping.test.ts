/** The leading replica keeps one-day data for one day. */
import { problem } from '@fairlead/contract/problems'
import pino from 'pino'
import { expect, test } from 'vitest'
import { insertCloud, insertNode } from './testing/inserted-records.ts'
import type { Store } from './store/store.ts'
import { freshStore } from './testing/fresh-store.ts'
import { PresenceExchange } from './nodes/presence-exchange.ts'
import { Presence } from './nodes/presence.ts'
import { Housekeeping } from './housekeeping.ts'

const dayMs = 24 * 3600 * 1000
const store = freshStore()

function sweep(now: number, over: Partial<Store> = {}, presence = new Presence(() => now)): Housekeeping {
  const clock = () => now
  const onFault = (error: unknown) => {
    throw error
  }
  const shared = { store: { ...store(), ...over }, clock, presence, onFault }
  return new Housekeeping({
    ...shared,
    log: pino({ level: 'silent' }),
    exchange: new PresenceExchange(shared),
    schedule: async () => undefined,
    flush: async () => undefined,
    onTidy: async () => undefined,
    forgetLostMs: dayMs,
  })
}

test('deletes events and stored idempotency answers after a day', async () => {
  const made = Date.now()
  await store().write(async (transaction) => {
    transaction.announce('node', 'node_x')
    await transaction.idempotency.insert({
      caller_id: 'tok_x',
      key: 'k',
      request_hash: 'h',
      status: 201,
      sealed_body: 's',
      created_at: new Date(made).toISOString(),
    })
  })
  const kept = async () => [
    (await store().reader.events.after(0, 10)).length,
    (await store().reader.idempotency.find('tok_x', 'k')) === null ? 0 : 1,
  ]
  await sweep(made + dayMs - 60_000).tidy()
  expect(await kept()).toEqual([1, 1])
  const peers = { listening: true, leading: false, say: async () => {}, onMessage: () => {} }
  await sweep(made + dayMs + 60_000, { peers }).tidy()
  expect(await kept()).toEqual([1, 1])
  await sweep(made + dayMs + 60_000).tidy()
  expect(await kept()).toEqual([0, 0])
})

test('the leading replica forgets a node that joined by proof after a day of silence', async () => {
  const joined = Date.parse('2026-11-24T12:00:00.000Z')
  const { id } = await store().write(async (transaction) => {
    const cloud = await insertCloud(transaction, { join: 'proof' })
    return insertNode(transaction, cloud.id, 'vm', { instance_key: 'gcp:p:1' })
  })
  const tidyAt = async (now: number, over: Partial<Store> = {}) => {
    let clock = joined
    const presence = new Presence(() => clock)
    presence.remember(id, joined)
    clock = now
    await sweep(now, over, presence).tidy()
    return (await store().reader.nodes.byId(id))?.revoked_because
  }
  const peers = { listening: true, leading: false, say: async () => {}, onMessage: () => {} }
  expect(await tidyAt(joined + dayMs - 1000)).toBeNull()
  expect(await tidyAt(joined + dayMs + 1000, { peers })).toBeNull()
  expect(await tidyAt(joined + dayMs + 1000)).toBe('silent')
})

test('a lost node that cannot be noted, as on a full disk, is noted the next time', async () => {
  const heard = Date.parse('2026-11-24T12:00:00.000Z')
  const { id } = await store().write(async (transaction) =>
    insertNode(transaction, (await insertCloud(transaction)).id, 'n'),
  )
  let clock = heard
  const presence = new Presence(() => clock)
  presence.remember(id, heard)
  clock += 91_000
  const announced = async () =>
    (await store().reader.events.after(0, 100)).filter((event) => event.resource_id === id).length
  const before = await announced()
  const failing = { write: () => Promise.reject(problem('DATABASE_UNREACHABLE', { host: 'x' })) }
  await expect(sweep(clock, failing, presence).look()).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' })
  await sweep(clock, {}, presence).look()
  await sweep(clock, {}, presence).look()
  expect(await announced()).toBe(before + 1)
})
