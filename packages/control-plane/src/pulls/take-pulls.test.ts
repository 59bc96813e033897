/** One event per stored pull record: none for a repeated one, none for a failed write. */
import { chainStart, TakenPullEvent } from '@fairlead/contract/wire'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSqliteStore } from '../store/sqlite/sqlite.ts'
import type { Store } from '../store/store.ts'
import { keepNode, type KeptNode } from '../testing/kept-state.ts'
import { testChain, testRecord } from '../testing/test-records.ts'
import { recordHash } from './plan-chain.ts'
import { takePulls } from './take-pulls.ts'

let kept: KeptNode
let store: Store
let nodeId: KeptNode['nodeId']
let events: TakenPullEvent[]

beforeEach(async () => {
  kept = await keepNode()
  nodeId = kept.nodeId
  store = await openSqliteStore(kept.dir.path)
  events = []
})
afterEach(async () => {
  await store.close()
  kept.dir[Symbol.dispose]()
})

const take = (records: Parameters<typeof takePulls>[2]) =>
  store.write((transaction) =>
    takePulls(transaction, nodeId, records, { now: 1_800_000_000_000, onPull: (event) => events.push(event) }),
  )

test('each record produces one event, in its closed form, without the secret reference', async () => {
  const [first, second] = testChain(nodeId, 2)
  if (first === undefined || second === undefined) throw new TypeError('there are two')
  await take([first])
  await take([first, second])
  expect(events.map(({ sequence, chain }) => [sequence, chain])).toEqual([
    [1, 'intact'],
    [2, 'intact'],
  ])
  const written = JSON.parse(JSON.stringify(events[0])) as unknown
  expect(TakenPullEvent.parse(written)).toMatchObject({
    event: 'pull',
    pull_id: first.id,
    node_id: nodeId,
    registry: 'registry.example.com',
    secret: 'named',
    decision: 'refused',
    login: null,
    outcome: 'failed',
    code: 'IMAGE_NOT_FOUND',
  })
  expect(JSON.stringify(events)).not.toContain('team/registry')
})

test('stores how far a login got as the node recorded it, and null for an older agent; the chain holds', async () => {
  const older = testRecord(nodeId, 1, chainStart)
  const newer = testRecord(nodeId, 2, older.hash, { login: 'matched' })
  await take([older, newer])
  expect(events.map(({ login, chain }) => [login, chain])).toEqual([
    [null, 'intact'],
    ['matched', 'intact'],
  ])
  expect((await store.reader.pulls.byId(older.id))?.record).toStrictEqual(older)
  expect((await store.reader.pulls.byId(newer.id))?.record).toStrictEqual(newer)
  const claimed = { ...testRecord(nodeId, 3, newer.hash, { login: 'sent' }), login: 'matched' as const }
  await take([claimed])
  expect(events.at(-1)).toMatchObject({ login: 'matched', chain: 'altered' })
})

test('drops values that are not hosts, and reports a record of another node as that of its sender', async () => {
  const text = 'canary"}\n{"event":"pull"'
  const lone = { ...testRecord(nodeId, 4, 'f'.repeat(64)), registry: text, repository: text, image: text }
  await take([
    { ...lone, hash: recordHash(lone) },
    testRecord(`node_${'0'.repeat(26)}` as typeof nodeId, 5, 'f'.repeat(64)),
  ])
  for (const event of events) TakenPullEvent.parse(JSON.parse(JSON.stringify(event)))
  expect(events).toMatchObject([
    { node_id: nodeId, registry: null, repository: null, chain: 'gap' },
    { node_id: nodeId, chain: 'altered' },
  ])
  expect(JSON.stringify(events)).not.toContain('canary')
})

test('a failed write produces no event', async () => {
  const failing = store.write(async (transaction) => {
    await takePulls(transaction, nodeId, testChain(nodeId, 1), { now: 0, onPull: (event) => events.push(event) })
    throw new RangeError('no')
  })
  await expect(failing).rejects.toThrow(RangeError)
  expect(events).toEqual([])
})
