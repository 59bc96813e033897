/** Old records are removed in small steps, records in use stay, and each chain continues where it was. */
import { newId, type NodeId } from '@fairlead/contract/names'
import { type ClusterState } from '@fairlead/contract/wire'
import pino from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { verifyDataDir } from '../admin/verify-place.ts'
import { openSqliteStore } from '../store/sqlite/sqlite.ts'
import type { Store, Transaction } from '../store/store.ts'
import { keepNode, type KeptNode } from '../testing/kept-state.ts'
import { keepBuild, keepCluster } from '../testing/kept-work.ts'
import { testChain, testRecord } from '../testing/test-records.ts'
import { atOnce, PullRetention } from './retention.ts'
import { takePulls } from './take-pulls.ts'

const dayMs = 24 * 3600 * 1000
const begin = Date.parse('2026-11-24T12:00:00.000Z')
let kept: KeptNode
let store: Store
let nodeId: NodeId
let removed: number[]

beforeEach(async () => {
  kept = await keepNode()
  nodeId = kept.nodeId
  store = await openSqliteStore(kept.dir.path)
  removed = []
})
afterEach(async () => {
  await store.close()
  kept.dir[Symbol.dispose]()
})

function retention(days: number, now: number, over: Partial<Store> = {}): PullRetention {
  return new PullRetention({
    store: { ...store, ...over },
    clock: () => now,
    log: pino({ level: 'silent' }),
    days,
    onRemoved: (records) => removed.push(records),
    onFault: (error) => {
      throw error
    },
  })
}

const take = (records: Parameters<typeof takePulls>[2], now: number) =>
  store.write((transaction) => takePulls(transaction, nodeId, records, { now }))
const left = async () => (await store.reader.pulls.oldestOf(nodeId, 10_000)).map((pull) => pull.sequence)

async function verify() {
  await store.close()
  try {
    return await verifyDataDir(kept.dir.path, () => {}, new AbortController().signal)
  } finally {
    store = await openSqliteStore(kept.dir.path)
  }
}

test('removes what arrived before the retention time, and proves the rest from the checkpoint', async () => {
  const chain = testChain(nodeId, 5)
  await take(chain.slice(0, 2), begin)
  await take(chain.slice(2), begin + 10 * dayMs)
  await retention(30, begin + 30 * dayMs).sweep()
  expect(await left()).toEqual([1, 2, 3, 4, 5])
  expect(removed).toEqual([])
  await retention(30, begin + 30 * dayMs + 1).sweep()
  expect(await left()).toEqual([3, 4, 5])
  expect(removed).toEqual([2])
  expect(await store.reader.pullCheckpoints.of(nodeId)).toMatchObject({
    sequence: 2,
    hash: chain[1]?.hash,
    removed: 2,
    received_until: '2026-11-24T12:00:00.000Z',
    removed_at: '2026-12-24T12:00:00.001Z',
  })
  expect(await verify()).toMatchObject({
    records: 3,
    removed: { records: 2, received_until: '2026-11-24T12:00:00.000Z' },
  })
})

test('the newest record of a node stays, however old, and the next one continues it', async () => {
  const chain = testChain(nodeId, 4)
  await take(chain.slice(0, 3), begin)
  await retention(1, begin + 400 * dayMs).sweep()
  expect(await left()).toEqual([3])
  expect(await take(chain.slice(3), begin + 401 * dayMs)).toBe('intact')
  expect(await verify()).toMatchObject({ records: 2, removed: { records: 2 } })
  await retention(1, begin + 403 * dayMs).sweep()
  expect(await left()).toEqual([4])
  expect(await store.reader.pullCheckpoints.of(nodeId)).toMatchObject({ sequence: 3, removed: 3 })
})

test('skips removed records that come again, and flags a forged one in their place as a fork', async () => {
  const chain = testChain(nodeId, 5)
  await take(chain.slice(0, 4), begin)
  await retention(1, begin + 2 * dayMs).sweep()
  expect(await take(chain, begin + 2 * dayMs)).toBe('intact')
  expect(await left()).toEqual([4, 5])
  expect(await take([testRecord(nodeId, 2, chain[0]?.hash ?? '')], begin + 2 * dayMs)).toBe('fork')
  expect(await left()).toEqual([2, 4, 5])
  await expect(verify()).rejects.toMatchObject({ code: 'LEDGER_BROKEN', facts: { node: nodeId, sequence: 2 } })
})

test('removes many in small steps, with other writes in between', async () => {
  await take(testChain(nodeId, 2 * atOnce.records + 50), begin)
  const order: string[] = []
  const write: Store['write'] = async (work) => {
    const result = await store.write(work)
    order.push('step')
    void store.write(async (transaction) => transaction.announce('node', nodeId)).then(() => order.push('other'))
    return result
  }
  await retention(1, begin + 2 * dayMs, { write }).sweep()
  expect(removed).toEqual([atOnce.records, atOnce.records, 49])
  expect(order).toEqual(['step', 'other', 'step', 'other', 'step', 'other'])
  expect(await verify()).toMatchObject({ records: 1, removed: { records: 2 * atOnce.records + 49 } })
})

test('a failed step is rolled back, and the next run continues', async () => {
  await take(testChain(nodeId, 2 * atOnce.records + 50), begin)
  let steps = 0
  const write: Store['write'] = (work) =>
    store.write(async (transaction) => {
      const result = await work(transaction)
      if (++steps === 2) throw new RangeError('killed')
      return result
    })
  await expect(retention(1, begin + 2 * dayMs, { write }).sweep()).rejects.toThrow(RangeError)
  expect(await verify()).toMatchObject({ records: atOnce.records + 50, removed: { records: atOnce.records } })
  await retention(1, begin + 2 * dayMs).sweep()
  expect(await left()).toEqual([2 * atOnce.records + 50])
})

describe('keeps what is in use, with everything after it', () => {
  const states: [ClusterState, number[]][] = [
    ['AwaitingStartup', [2, 3, 4]],
    ['StartingUp', [2, 3, 4]],
    ['Running', [2, 3, 4]],
    ['Terminating', [2, 3, 4]],
    ['StartupErrored', [4]],
    ['Terminated', [4]],
  ]
  const pulled = async (part: Parameters<typeof testRecord>[3]) => {
    const [first] = testChain(nodeId, 1)
    const second = testRecord(nodeId, 2, first?.hash ?? '', part)
    const third = testRecord(nodeId, 3, second.hash)
    await take([...(first ? [first] : []), second, third, testRecord(nodeId, 4, third.hash)], begin)
    await retention(1, begin + 2 * dayMs).sweep()
    return left()
  }
  const inCloud = <Result>(work: (transaction: Transaction) => Promise<Result>) => store.write(work)

  test.each(states)('for a cluster that is %s', async (state, expected) => {
    const cluster = await inCloud((transaction) => keepCluster(transaction, nodeId, { state }))
    expect(await pulled({ cluster_id: cluster.id })).toEqual(expected)
  })

  test.each([
    ['pending', [2, 3, 4]],
    ['in_progress', [2, 3, 4]],
    ['pending_cancellation', [2, 3, 4]],
    ['succeeded', [4]],
    ['failed', [4]],
    ['canceled', [4]],
  ] as const)('for a build that is %s', async (status, expected) => {
    const build = await inCloud((transaction) => keepBuild(transaction, nodeId, { status }))
    expect(await pulled({ build_id: build.id, cluster_id: null })).toEqual(expected)
  })

  test('but not if there is no such cluster or build', async () => {
    expect(await pulled({ cluster_id: newId('ses'), build_id: newId('bld') })).toEqual([4])
  })
})

test('only the leading replica removes, and none does after it should stop', async () => {
  await take(testChain(nodeId, 3), begin)
  const peers = { listening: true, leading: false, say: async () => {}, onMessage: () => {} }
  await retention(1, begin + 2 * dayMs, { peers }).sweep()
  expect(await left()).toEqual([1, 2, 3])
  const stopped = retention(1, begin + 2 * dayMs)
  await stopped.stop()
  await stopped.sweep()
  expect(await left()).toEqual([1, 2, 3])
  const started = retention(1, begin + 2 * dayMs, { peers: { ...peers, leading: true } })
  started.start()
  await expect.poll(left).toEqual([3])
  await started.stop()
})
