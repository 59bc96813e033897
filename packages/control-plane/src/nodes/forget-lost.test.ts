/** Which lost nodes are forgotten, when, and what remains of them. */
import type { NodeId } from '@fairlead/contract/names'
import { describe, expect, test } from 'vitest'
import { freshStore } from '../testing/fresh-store.ts'
import { insertCloud, insertFleet, insertNode, member, pull } from '../testing/inserted-records.ts'
import { testClock } from '../testing/test-clock.ts'
import { forgettable, forgetLost, longLost } from './forget-lost.ts'
import { Presence } from './presence.ts'

const hourMs = 3600 * 1000
const afterMs = 24 * hourMs

describe('a long-lost node', () => {
  const id = 'node_a' as NodeId

  test('has been silent that long, for at least an hour of which the control plane was up', () => {
    const clock = testClock()
    const presence = new Presence(clock.now)
    presence.remember(id, clock.now())
    const ids = () => longLost(presence, { now: clock.now(), afterMs }).ids
    clock.advance(afterMs - 1000)
    expect(ids()).toEqual([])
    clock.advance(2000)
    expect(ids()).toEqual([id])
    presence.heard(id)
    expect(ids()).toEqual([])
  })

  test('does not exist in the first hour of a control plane that was down for a weekend', () => {
    const clock = testClock()
    const heardAt = clock.now()
    clock.advance(60 * hourMs)
    const presence = new Presence(clock.now)
    presence.remember(id, heardAt)
    const ids = () => longLost(presence, { now: clock.now(), afterMs }).ids
    clock.advance(hourMs - 1000)
    expect(presence.isLost(id)).toBe(true)
    expect(ids()).toEqual([])
    clock.advance(2000)
    expect(ids()).toEqual([id])
  })
})

describe('among long-lost nodes', () => {
  const at = Date.parse('2026-11-29T12:00:00.000Z')
  const heardBefore = at - afterMs
  const proven = { instance_key: 'aws:1:AROA:i-1', identity: { principal: 'p', instance: 'i-1' } }
  const store = freshStore()

  test('one that proved itself is forgotten: its name is free, its end is recorded, and its records stay', async () => {
    const node = await store().write(async (transaction) => {
      const cloud = await insertCloud(transaction, { join: 'proof' })
      const made = await insertNode(transaction, cloud.id, 'vm', proven)
      await transaction.pulls.append(pull(made.id, 1, 'h'))
      return made
    })
    const presence = new Presence(() => at)
    const forget = () =>
      store().write((transaction) => forgetLost(transaction, { ids: [node.id], heardBefore }, { presence, now: at }))
    expect([await forget(), await forget()]).toEqual([1, 0])
    expect(await store().reader.nodes.byId(node.id)).toMatchObject({ revoked_because: 'silent', name: 'vm' })
    expect(await store().reader.nodes.byName('vm')).toBeNull()
    expect(await store().reader.nodes.byInstance(proven.instance_key)).toBeNull()
    expect(await store().reader.pulls.lastOf(node.id)).not.toBeNull()
    expect(await store().reader.audit.list({}, { before: null, limit: 9 })).toMatchObject([
      { act: 'node.forget', resource_ids: [node.id], token_id: null, request_id: null, cloud_id: node.cloud_id },
    ])
  })

  test('none is forgotten that joined by token, was heard elsewhere, was revoked by an admin, or is needed by a cluster', async () => {
    const ids = await store().write(async (transaction) => {
      const cloud = await insertCloud(transaction, { join: 'proof' })
      const tokens = await insertCloud(transaction, { join: 'token' })
      const make = async (name: string, part: object, cloudId = cloud.id) =>
        (await insertNode(transaction, cloudId, name, { ...proven, instance_key: name, ...part })).id
      const { cluster } = await insertFleet(transaction)
      const held = await make('held', {})
      await transaction.members.insert([member(cluster.id, held)])
      return [
        held,
        await make('by token', { instance_key: null }),
        await make('cloud takes tokens now', {}, tokens.id),
        await make('heard', { last_heard_at: '2026-11-29T11:00:00.000Z' }),
        await make('revoked', { revoked_at: '2026-11-25T11:00:00.000Z', revoked_because: 'admin' }),
      ]
    })
    expect(await forgettable(store().reader, { ids, heardBefore })).toEqual([])
  })
})
