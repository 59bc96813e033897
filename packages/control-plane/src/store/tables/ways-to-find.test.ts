/** Few are found by an index of their own, many on the way through an order: that may change how long a list takes, and nothing else. */
import { DatabaseSync } from 'node:sqlite'
import { newId } from '@fairlead/contract/names'
import { expect, test } from 'vitest'
import { insertBuild, insertCloud, insertEnvironment, insertNode, pull } from '../../testing/inserted-records.ts'
import { tempDir } from '../../testing/temp-dir.ts'
import { databasePath } from '../data-dir.ts'
import { kyselyOver } from '../sqlite/kysely-dialect.ts'
import { openSqliteStore } from '../sqlite/sqlite.ts'
import type { Slice } from '../query.ts'
import { environmentTable, type EnvironmentFilter } from './environments.ts'
import { pullTable, type PullFilter } from './pulls.ts'

const owner = { kind: 'RayCluster', name: 'train' }
const podOwner = 'team/RayCluster/train'
const start = Date.parse('2026-11-24T12:00:00.000Z')
const minuteMs = 60_000
const time = (minute: number) => new Date(start + minute * minuteMs).toISOString()

/** Two clouds, with twelve pulls and twelve environments in all. */
async function filled(dir: string) {
  const store = await openSqliteStore(dir)
  const clouds = await store.write(async (transaction) => {
    const [one, other] = [await insertCloud(transaction), await insertCloud(transaction)]
    const nodes = [await insertNode(transaction, one.id, 'a'), await insertNode(transaction, other.id, 'b')] as const
    for (let at = 0; at < 12; at++) {
      const record = pull(nodes[at % 3 === 0 ? 1 : 0].id, at, `h${at}`)
      const pods = at % 2 === 0 ? [{ namespace: 'team', name: `pod-${at}`, owner }] : undefined
      await transaction.pulls.append({
        ...record,
        key: newId('pull', start + at * minuteMs),
        purpose: at % 4 === 0 ? 'door' : 'check',
        decision: at % 5 === 0 ? 'refused' : 'authenticated',
        bytes: (at * 7) % 12,
        record: { ...record.record, pods },
      })
      const cloud = at % 3 === 0 ? other : one
      const environment = await insertEnvironment(transaction, cloud.id)
      const status = at % 4 === 0 ? 'failed' : 'succeeded'
      await insertBuild(transaction, environment.id, cloud.id, { status, advice: at < 6 ? ['LOGIN_MAY_PUSH'] : [] })
      // Only the newest counts.
      if (at % 6 !== 1) continue
      await insertBuild(transaction, environment.id, cloud.id, { status: 'canceled', revision: 2 })
      await transaction.environments.update(environment.id, { latest_revision: 2 })
    }
    return [one.id, other.id] as const
  })
  await store.close()
  return clouds
}

const slices: readonly Slice[] = [null, 'asc', 'desc'].flatMap((direction) =>
  [0, 2].map((offset) => ({
    before: null,
    offset,
    order: direction === null ? null : { by: null, direction: direction as 'asc' | 'desc' },
    limit: 5,
  })),
)

const sortedBy = (by: string): readonly Slice[] =>
  slices.map((slice) => ({ ...slice, order: slice.order == null ? null : { ...slice.order, by } }))

test('pulls are the same, in the same order, however they are found', async () => {
  using dir = tempDir()
  const [one, other] = await filled(dir.path)
  const db = kyselyOver(new DatabaseSync(databasePath(dir.path)))
  const narrow: readonly PullFilter[] = [
    {},
    { purpose: 'door' },
    { decision: 'refused' },
    { podOwner },
    { podOwner, purpose: 'door' },
    { since: time(3) },
    { since: time(3), until: time(9), decision: 'authenticated' },
    { until: time(4), podOwner },
  ]
  const filters = narrow.flatMap((filter) => [
    filter,
    { ...filter, within: [one] },
    { ...filter, within: [one, other] },
  ])
  const found = { apart: 0 }
  for (const filter of filters) {
    const index = pullTable(db, { readsHere: false, few: 1000 })
    const middle = (await index.list(filter, { before: null, limit: 3 })).at(-1)?.key ?? null
    const asked = [...slices, { before: middle, limit: 2 }, ...sortedBy('bytes')]
    const expected = await Promise.all(asked.map((slice) => index.list(filter, slice)))
    const count = await index.count(filter, 100)
    for (const options of [
      { readsHere: true, few: 1 },
      { readsHere: true, few: 3 },
      { readsHere: true, few: 5 },
      { readsHere: false, few: 1 },
    ]) {
      const order = pullTable(db, options)
      for (const [i, slice] of asked.entries()) {
        found.apart += expected[i]?.length ?? 0
        expect(await order.list(filter, slice), JSON.stringify({ filter, slice, options })).toEqual(expected[i])
      }
      expect(await order.count(filter, 100)).toBe(count)
    }
  }
  expect(found.apart).toBeGreaterThan(1000)
  await db.destroy()
})

test('a sorted list is complete when more records meet its condition than when they were counted', async () => {
  using dir = tempDir()
  await filled(dir.path)
  const db = kyselyOver(new DatabaseSync(databasePath(dir.path)))
  const table = pullTable(db, { readsHere: true, few: 3 })
  const { id } = await db.selectFrom('nodes').select('id').executeTakeFirstOrThrow()
  const slice = { before: null, order: { by: 'bytes', direction: 'asc' }, limit: 9 } as const
  for (const [count, sequence] of [20, 21, 22, 23, 24].entries()) {
    await table.append({ ...pull(id, sequence, `h${sequence}`), registry: 'new.example.com', bytes: 30 - sequence })
    expect(await table.list({ registry: 'new.example.com' }, slice)).toHaveLength(count + 1)
  }
  await db.destroy()
})

test('environments are the same, in the same order, however they are found', async () => {
  using dir = tempDir()
  const clouds = await filled(dir.path)
  const [one, other] = clouds
  const db = kyselyOver(new DatabaseSync(databasePath(dir.path)))
  const all: EnvironmentFilter = { includeArchived: true }
  const names = (await environmentTable(db, { readsHere: false }).list(all, { before: null, limit: 12 })).map(
    ({ name }) => name,
  )
  const filters: readonly EnvironmentFilter[] = [
    { ...all, buildStatus: 'failed' },
    { ...all, advice: 'LOGIN_MAY_PUSH' },
    { ...all, buildStatus: 'succeeded', advice: 'LOGIN_MAY_PUSH', within: [one] },
    { ...all, buildStatus: 'succeeded', cloudId: one },
    { ...all, buildStatus: 'canceled' },
    { ...all, nameContains: 'v_' },
    { ...all, nameContains: 'V_', within: [one] },
    { ...all, nameContains: 'v_', buildStatus: 'succeeded' },
    { ...all, nameContains: 'none' },
    { ...all, nameContains: 'env_0', buildStatus: 'succeeded', within: [one] },
    { ...all, within: clouds, buildStatus: 'succeeded' },
    { ...all, within: clouds },
    { ...all, within: clouds, cloudId: one },
    { ...all, within: [other], cloudId: one },
    { ...all, nameContains: names[3] },
  ]
  for (const filter of filters) {
    const few = environmentTable(db, { readsHere: false, few: 1000, fewFound: 1000 })
    const middle = (await few.list(filter, { before: null, limit: 3 })).at(-1)?.id ?? null
    const asked = [...slices, { before: middle, limit: 2 }, ...sortedBy('name')]
    const expected = await Promise.all(asked.map((slice) => few.list(filter, slice)))
    const count = await few.count(filter, 100)
    for (const limits of [
      { readsHere: true, few: 0, fewFound: 1, atOnce: 1 },
      { readsHere: true, few: 0, fewFound: 1000, atOnce: 5 },
      { readsHere: false, few: 0, fewFound: 5 },
    ]) {
      const many = environmentTable(db, limits)
      for (const [i, slice] of asked.entries()) {
        expect(await many.list(filter, slice), JSON.stringify({ filter, slice, limits })).toEqual(expected[i])
      }
      expect(await many.count(filter, 100)).toBe(count)
    }
  }
  await db.destroy()
})
