/** Writes are complete or absent, and notifications follow the commit. */
import { newId } from '@fairlead/contract/names'
import { beforeEach, describe, expect, test } from 'vitest'
import { insertCloud, insertEnvironment } from '../../testing/inserted-records.ts'
import type { OpenedStore } from '../../testing/opened-store.ts'
import type { Committed, Store } from '../store.ts'

export function describeTransactions(opened: () => OpenedStore): void {
  describe('transactions', () => {
    let store: Store
    beforeEach(() => {
      store = opened().store
    })

    test('the next reader sees a write, and so does one after a restart', async () => {
      const cloud = await store.write(insertCloud)
      expect(await store.reader.clouds.byId(cloud.id)).toEqual(cloud)
      store = await opened().reopen()
      expect(await store.reader.clouds.byId(cloud.id)).toEqual(cloud)
    })

    test('a write that throws leaves nothing behind and notifies no one', async () => {
      const told: Committed[] = []
      store.onCommit((committed) => told.push(committed))
      const failed = store.write(async (transaction) => {
        await insertCloud(transaction)
        transaction.announce('node', 'node_x')
        transaction.afterCommit(() => told.push({ events: false, nodes: new Set(), revoked: new Set() }))
        throw new RangeError('the work failed')
      })
      await expect(failed).rejects.toThrow(RangeError)
      expect(await store.reader.clouds.count()).toBe(0)
      expect(await store.reader.events.end()).toEqual({ sequence: 0, at: null })
      expect(told).toEqual([])
    })

    test('writes that read first do not lose each other’s work', async () => {
      const cloud = await store.write(insertCloud)
      const environment = await store.write((transaction) => insertEnvironment(transaction, cloud.id))
      const nextRevision = () =>
        store.write(async (transaction) => {
          const found = await transaction.environments.byId(environment.id)
          const revision = (found?.latest_revision ?? 0) + 1
          await transaction.environments.update(environment.id, { latest_revision: revision })
          return revision
        })
      const revisions = await Promise.all(Array.from({ length: 20 }, nextRevision))
      expect(new Set(revisions).size).toBe(20)
      expect((await store.reader.environments.byId(environment.id))?.latest_revision).toBe(21)
    })

    test('a reader never sees an uncommitted transaction', async () => {
      const seen: number[] = []
      const write = store.write(async (transaction) => {
        await insertCloud(transaction)
        await insertCloud(transaction)
      })
      for (let i = 0; i < 5; i++) seen.push(await store.reader.clouds.count())
      await write
      expect(seen.every((count) => count === 0 || count === 2)).toBe(true)
    })

    test('after the commit the nodes to wake are notified, and each changed resource is one event', async () => {
      const told: Committed[] = []
      store.onCommit((committed) => told.push(committed))
      const [node, revoked] = [newId('node'), newId('node')]
      await store.write(async (transaction) => {
        for (let i = 0; i < 3; i++) transaction.announce('cluster', 'ses_a')
        transaction.announce('build', 'bld_b')
        transaction.wake(node)
        transaction.cutOff(revoked)
      })
      expect(told.map(({ events, nodes, revoked }) => ({ events, nodes, revoked }))).toEqual([
        { events: true, nodes: new Set([node]), revoked: new Set([revoked]) },
      ])
      const events = await store.reader.events.after(0, 10)
      expect(events.map((event) => [event.kind, event.resource_id])).toEqual([
        ['cluster', 'ses_a'],
        ['build', 'bld_b'],
      ])
      expect(await store.reader.events.after(events[0]?.sequence ?? 0, 10)).toEqual(events.slice(1))
      expect(await store.reader.events.end()).toEqual({ sequence: events[1]?.sequence, at: events[1]?.at })
    })

    test('each of many concurrent writers sees what the others did, and events come in commit order', async () => {
      const cloud = await store.write(insertCloud)
      const environment = await store.write((transaction) => insertEnvironment(transaction, cloud.id))
      const writers = [store, (await opened().another?.()) ?? store]
      const committed: number[] = []
      const count = async (writer: Store) => {
        for (let i = 0; i < 25; i++) {
          await writer.write(async (transaction) => {
            const found = await transaction.environments.byId(environment.id)
            const revision = (found?.latest_revision ?? 0) + 1
            await transaction.environments.update(environment.id, { latest_revision: revision })
            transaction.announce('build', String(revision))
            transaction.afterCommit(() => committed.push(revision))
          })
        }
      }
      let stopped = false
      const seen: string[] = []
      const follow = async () => {
        for (let last = 0; ;) {
          const enough = stopped
          const found = await store.reader.events.after(last, 100)
          seen.push(...found.map((event) => event.resource_id))
          last = found.at(-1)?.sequence ?? last
          if (enough && found.length === 0) return
        }
      }
      const following = follow()
      await Promise.all([...writers, ...writers].map(count))
      stopped = true
      await following
      const all = Array.from({ length: 100 }, (_, index) => String(index + 2))
      expect(seen).toEqual(all)
      expect(new Set(committed.map(String))).toEqual(new Set(all))
    })

    test('event numbers continue after old events were removed', async () => {
      const announce = () => store.write(async (transaction) => transaction.announce('node', 'node_x'))
      await announce()
      const last = await store.reader.events.end()
      await store.write((transaction) => transaction.events.removeBefore('9999'))
      await announce()
      expect((await store.reader.events.end()).sequence).toBe(last.sequence + 1)
      expect(await store.reader.events.holds(last)).toBe(false)
    })

    test('a position among the events is valid while its event exists, and does not match another with the same number', async () => {
      await store.write(async (transaction) => transaction.announce('node', 'node_x'))
      const end = await store.reader.events.end()
      const held = [end, { ...end, at: null }, { sequence: 0, at: null }]
      for (const mark of held) expect(await store.reader.events.holds(mark)).toBe(true)
      const ahead = { ...end, sequence: end.sequence + 1 }
      for (const mark of [ahead, { ...ahead, at: null }, { ...end, at: new Date(0).toISOString() }]) {
        expect(await store.reader.events.holds(mark)).toBe(false)
      }
    })
  })
}
