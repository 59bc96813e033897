/** Pages of rows in one order, and name filters. */
import { newId, type CloudId } from '@fairlead/contract/names'
import type { PullRecord } from '@fairlead/contract/wire'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  at,
  insertBuild,
  insertCloud,
  insertCluster,
  insertEnvironment,
  insertFleet,
  later,
  pull,
} from '../../testing/inserted-records.ts'
import type { OpenedStore } from '../../testing/opened-store.ts'
import type { CloudRecord, StoredPull } from '../records.ts'
import type { Slice } from '../query.ts'
import type { Store } from '../store.ts'
import type { EnvironmentFilter } from '../tables/environments.ts'
import type { PullFilter } from '../tables/pulls.ts'

const first = { before: null, limit: 100 }

export function describeLists(opened: () => OpenedStore): void {
  describe('lists', () => {
    let store: Store
    beforeEach(() => {
      store = opened().store
    })

    test('pages contain every row once, newest first', async () => {
      const made: string[] = []
      for (let i = 0; i < 7; i++) {
        made.push((await store.write((transaction) => insertCloud(transaction, { id: newId('cld', 1000 + i) }))).id)
      }
      const seen: string[] = []
      for (let before: string | null = null; ;) {
        const rows: CloudRecord[] = await store.reader.clouds.list({}, { before, limit: 3 })
        seen.push(...rows.map((row) => row.id))
        before = rows.at(-1)?.id ?? null
        if (before === null) break
      }
      expect(seen).toEqual(made.reverse())
    })

    test('ids compare by their bytes, whatever the locale of the database', async () => {
      for (const id of ['cld_a', 'cld_B', 'cld_b', 'cld_A', 'cld_0'] as CloudId[]) {
        await store.write((transaction) => insertCloud(transaction, { id }))
      }
      const ids = async (before: string | null) =>
        (await store.reader.clouds.list({}, { before, limit: 9 })).map((cloud) => cloud.id)
      expect(await ids(null)).toEqual(['cld_b', 'cld_a', 'cld_B', 'cld_A', 'cld_0'])
      expect(await ids('cld_a')).toEqual(['cld_B', 'cld_A', 'cld_0'])
    })

    test('rows in the order of a column, from any place, and how many there are', async () => {
      const { node } = await store.write(insertFleet)
      for (const [sequence, bytes] of [3, 1, 2, 1, 2 ** 41].entries()) {
        const record = { ...pull(node.id, sequence, `h${sequence}`), bytes }
        await store.write((transaction) => transaction.pulls.append(record))
      }
      const sequences = async (slice: Omit<Slice, 'before'>) =>
        (await store.reader.pulls.list({}, { before: null, ...slice })).map(({ sequence }) => sequence)
      expect(await sequences({ order: { by: 'bytes', direction: 'asc' }, limit: 9 })).toEqual([1, 3, 2, 0, 4])
      expect(await sequences({ order: { by: 'bytes', direction: 'desc' }, limit: 2, offset: 3 })).toEqual([3, 1])
      expect(await sequences({ order: { by: null, direction: 'asc' }, limit: 2 })).toEqual([0, 1])
      expect(await sequences({ limit: 2, offset: 1 })).toEqual([3, 2])
      expect(await store.reader.pulls.count({}, 100)).toBe(5)
      expect(await store.reader.pulls.count({}, 3)).toBe(3)
    })

    test('pulls by registry, decision and the time of their arrival', async () => {
      const { node, cloud } = await store.write(insertFleet)
      const append = (sequence: number, part: Partial<StoredPull>) =>
        store.write((transaction) => transaction.pulls.append({ ...pull(node.id, sequence, `h${sequence}`), ...part }))
      const arrival = (minute: number) => `2026-11-24T12:0${minute}:00.000Z`
      const key = (minute: number) => newId('pull', Date.parse(arrival(minute)))
      await append(1, { registry: 'a.example.com', decision: 'refused', key: key(1) })
      await append(2, { registry: 'a.example.com', key: key(2) })
      await append(3, { key: key(3) })
      const sequences = async (filter: PullFilter) =>
        (await store.reader.pulls.list(filter, first)).map(({ sequence }) => sequence)
      expect(await sequences({ registry: 'a.example.com' })).toEqual([2, 1])
      expect(await sequences({ decision: 'refused' })).toEqual([1])
      expect(await sequences({ since: arrival(2) })).toEqual([3, 2])
      expect(await sequences({ since: arrival(1), until: arrival(3), within: [cloud.id] })).toEqual([2, 1])
      expect(await sequences({ until: '0000-01-01T00:00:00Z' })).toEqual([])
      expect(await store.reader.pulls.count({ registry: 'a.example.com', within: [newId('cld')] }, 9)).toBe(0)
    })

    test('pulls by what owns the pods that waited, until the records are removed', async () => {
      const { node } = await store.write(insertFleet)
      const train = { kind: 'RayCluster', name: 'train' }
      const podsOf = (...owners: readonly (typeof train | null)[]) =>
        owners.map((owner, index) => ({ namespace: 'team', name: `pod-${index}`, owner }))
      const append = (sequence: number, pods: PullRecord['pods']) => {
        const one = pull(node.id, sequence, `h${sequence}`)
        return store.write((transaction) => transaction.pulls.append({ ...one, record: { ...one.record, pods } }))
      }
      await append(1, podsOf(train, train, { ...train, name: 'tune' }))
      await append(2, podsOf(null))
      await append(3, podsOf(train))
      await append(4, undefined)
      const sequences = async (podOwner: string) =>
        (await store.reader.pulls.list({ podOwner }, first)).map(({ sequence }) => sequence)
      expect(await sequences('team/RayCluster/train')).toEqual([3, 1])
      expect(await sequences('team/RayCluster/tune')).toEqual([1])
      expect(await sequences('other/RayCluster/train')).toEqual([])
      expect(await store.reader.pulls.count({ podOwner: 'team/RayCluster/train', nodeId: node.id }, 9)).toBe(2)
      const [one] = await store.reader.pulls.oldestOf(node.id, 1)
      await store.write((transaction) => transaction.pulls.removeThrough(one ?? (undefined as never)))
      expect(await sequences('team/RayCluster/train')).toEqual([3])
      expect(await sequences('team/RayCluster/tune')).toEqual([])
    })

    test('how many pulls and failures each hour, and how long the pulls took', async () => {
      const { node, cloud } = await store.write(insertFleet)
      const append = (sequence: number, part: Partial<StoredPull>) =>
        store.write((transaction) => transaction.pulls.append({ ...pull(node.id, sequence, `h${sequence}`), ...part }))
      await append(1, { duration_ms: 1000 })
      await append(2, { duration_ms: 3000 })
      await append(3, { duration_ms: 9, purpose: 'check' })
      const key = newId('pull', Date.parse(later))
      await append(4, { duration_ms: 9, code: 'IMAGE_NOT_FOUND', key, received_at: later })
      const noon = { at: '2026-11-24T12:00:00.000Z', records: 3, failed: 0, mean_ms: 2000, max_ms: 3000 }
      const after = { at: '2026-11-24T13:00:00.000Z', records: 1, failed: 1, mean_ms: null, max_ms: null }
      expect(await store.reader.pulls.activity({ since: at })).toEqual([noon, after])
      expect(await store.reader.pulls.activity({ since: later, within: [cloud.id] })).toEqual([after])
      expect(await store.reader.pulls.activity({ since: at, within: [newId('cld')] })).toEqual([])
    })

    test('environments by the state and the advice of their newest build, and clusters with a problem', async () => {
      const cloud = await store.write(insertCloud)
      const environment = await store.write((transaction) => insertEnvironment(transaction, cloud.id))
      const build = await store.write(async (transaction) => {
        await insertBuild(transaction, environment.id, cloud.id, { status: 'failed', advice: ['RATE_LIMIT_LOW'] })
        await transaction.environments.update(environment.id, { latest_revision: 2 })
        return insertBuild(transaction, environment.id, cloud.id, { revision: 2, status: 'succeeded' })
      })
      const count = (filter: Partial<EnvironmentFilter>) =>
        store.reader.environments.count({ includeArchived: false, ...filter }, 9)
      expect(await count({ buildStatus: 'failed' })).toBe(0)
      expect(await count({ buildStatus: 'succeeded' })).toBe(1)
      expect(await count({ advice: 'RATE_LIMIT_LOW' })).toBe(0)
      const advice = ['LOGIN_MAY_PUSH', 'RATE_LIMIT_LOW'] as const
      await store.write((transaction) => transaction.builds.update(build.id, { advice: [...advice] }))
      expect(await count({ advice: 'RATE_LIMIT_LOW', buildStatus: 'succeeded' })).toBe(1)
      await store.write((transaction) => transaction.builds.update(build.id, { status: 'canceled' }))
      expect(await count({ buildStatus: 'succeeded' })).toBe(0)
      expect(await count({ buildStatus: 'canceled' })).toBe(1)
      await store.write((transaction) => transaction.environments.update(environment.id, { latest_revision: 1 }))
      expect(await count({ buildStatus: 'failed', advice: 'RATE_LIMIT_LOW' })).toBe(1)

      const problem = { code: 'NODE_LOST', facts: {} } as const
      await store.write((transaction) => insertCluster(transaction, build, { state: 'Running', problem }))
      await store.write((transaction) => insertCluster(transaction, build))
      expect(await store.reader.clusters.count({ hasProblem: true }, 9)).toBe(1)
      expect(await store.reader.clusters.count({ hasProblem: false, state: 'Terminated' }, 9)).toBe(1)
    })

    test('environments by any part of their names, however short, in any case', async () => {
      const cloud = await store.write(insertCloud)
      const names = ['Train-1a', 'train-12', 'serve.x_9', 'a', 'TUNE', 'e-tr', '9_9']
      for (const name of names) {
        await store.write((transaction) => insertEnvironment(transaction, cloud.id, { name }))
      }
      const partsOf = (name: string) =>
        Array.from(name, (_, from) =>
          Array.from(name, (_, at) => name.slice(from, at + 1)).filter((part) => part !== ''),
        )
      for (const part of new Set([...names.flatMap(partsOf).flat(), 'none', 'z', 'tz', '%', 'rain-2'])) {
        const filter = { nameContains: part, includeArchived: false }
        const found = (await store.reader.environments.list(filter, first)).map(({ name }) => name)
        const expected = names.filter((name) => name.toLowerCase().includes(part.toLowerCase()))
        expect(found.sort(), part).toEqual(expected.sort())
        expect(await store.reader.environments.count(filter, 9), part).toBe(expected.length)
      }
    })

    test('a name filter ignores case, and its % and _ are literal', async () => {
      for (const name of ['Team_A', 'teamXa', 'other']) {
        await store.write((transaction) => insertCloud(transaction, { name }))
      }
      expect(await store.reader.clouds.byName('\0')).toBeNull()
      const names = async (nameContains: string) =>
        (await store.reader.clouds.list({ nameContains }, first)).map((cloud) => cloud.name)
      expect(await names('EAM_a')).toEqual(['Team_A'])
      expect(await names('%')).toEqual([])
      expect((await names('team')).sort()).toEqual(['Team_A', 'teamXa'])
      expect(await store.reader.clouds.list({ name: 'team_a' }, first)).toEqual([])
    })
  })
}
