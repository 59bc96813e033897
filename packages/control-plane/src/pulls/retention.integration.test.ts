/** `kill -9` while old pull records are removed, and replicas that all have the flag: each ledger stays intact. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { NodeId } from '@fairlead/contract/names'
import { startPostgres, type Postgres } from '@fairlead/testkit'
import pino from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { restoreBackup, restoreToPostgres } from '../admin/restore-backup.ts'
import { takeBackup } from '../admin/take-backup.ts'
import { verifyPostgres, type Verified } from '../admin/verify-database.ts'
import { verifyBackup, verifyDataDir } from '../admin/verify-place.ts'
import { openPostgresStore } from '../store/postgres/postgres.ts'
import { keepState } from '../testing/kept-state.ts'
import { moveToPostgres } from '../testing/moved-state.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { testRecord } from '../testing/test-records.ts'
import { atOnce, PullRetention } from './retention.ts'
import { takePulls } from './take-pulls.ts'

const script = fileURLToPath(new URL('../testing/retention-child.ts', import.meta.url))
const now = Date.parse('2026-11-24T12:00:00.000Z') + 2 * 24 * 3600 * 1000
const perNode = 1200
const all = 3 * perNode
const quiet = () => {}
const never = new AbortController().signal

let postgres: Postgres
let dir: ReturnType<typeof tempDir>
let nodes: readonly NodeId[]
/** The starting state of each test. */
const kept = tempDir()
beforeAll(async () => {
  postgres = await startPostgres()
  nodes = await keepState(kept.path, { nodes: 3, records: perNode })
})
afterAll(async () => {
  kept[Symbol.dispose]()
  await postgres.stop()
})
beforeEach(async () => {
  dir = tempDir()
  await cp(kept.path, `${dir.path}/data`, { recursive: true })
})
afterEach(() => dir[Symbol.dispose]())

type Kill = { readonly inWrite: number } | { readonly afterMs: number }

/** Without a `kill`: until it finishes. */
async function remove(database: string | null, kill: Kill | null): Promise<void> {
  const args = [script, `${dir.path}/data`, String(now), ...(kill && 'inWrite' in kill ? [String(kill.inWrite)] : [])]
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...(database !== null && { FAIRLEAD_DATABASE: database }) },
  })
  const ended = once(child, 'exit')
  try {
    await once(createInterface({ input: child.stdout }), 'line')
    if (kill && 'afterMs' in kill) await sleep(kill.afterMs)
  } finally {
    if (kill !== null) child.kill('SIGKILL')
  }
  const [status] = (await ended) as [number | null]
  if (kill === null) expect(status).toBe(0)
}

async function killAgainAndAgain(verify: () => Promise<Verified>, database: string | null): Promise<void> {
  let before = 0
  for (const inWrite of [1, 2, 3, 4]) {
    await remove(database, { inWrite })
    const { records, removed } = await verify()
    expect(records + removed.records).toBe(all)
    // Everything that was committed, and nothing of the write during which it was killed.
    expect(removed.records).toBe(before + (inWrite - 1) * atOnce.records)
    before = removed.records
  }
  for (let round = 0; round < 2; round++) {
    await remove(database, { afterMs: Math.random() * 120 })
    const { records, removed } = await verify()
    expect(records + removed.records).toBe(all)
  }
  await remove(database, null)
  expect(await verify()).toMatchObject({ records: 3, nodes: 3, removed: { records: all - 3 } })
}

test('in SQLite, nothing is half removed', async () => {
  await killAgainAndAgain(() => verifyDataDir(`${dir.path}/data`, quiet, never), null)
}, 120_000)

test('nor in PostgreSQL; its checkpoints move together with its records, and are proved there', async () => {
  const url = await postgres.createDatabase()
  await moveToPostgres(`${dir.path}/data`, url)
  await killAgainAndAgain(() => verifyPostgres(url, quiet, never), url)

  const shortened = { records: 3, nodes: 3, removed: { records: all - 3, received_until: '2026-11-24T12:00:00.000Z' } }
  const file = `${dir.path}/one.backup`
  const source = { dataDir: `${dir.path}/data`, database: url, stopped: true }
  expect(await takeBackup(source, file, quiet, never)).toMatchObject({ rows: { pull_checkpoints: 3 } })
  expect(await verifyBackup(file, quiet, never)).toMatchObject(shortened)
  const options = { onProgress: quiet, signal: never }
  await restoreBackup(file, `${dir.path}/restored`, { replace: false, ...options })
  expect(await verifyDataDir(`${dir.path}/restored`, quiet, never)).toMatchObject(shortened)
  const fresh = await postgres.createDatabase()
  await restoreToPostgres(file, { dataDir: `${dir.path}/fresh`, database: fresh }, options)
  expect(await verifyPostgres(fresh, quiet, never)).toMatchObject(shortened)
  await postgres.query(new URL(fresh).pathname.slice(1), 'update pull_checkpoints set removed = removed + 1')
  await expect(verifyPostgres(fresh, quiet, never)).rejects.toMatchObject({ code: 'LEDGER_BROKEN' })
}, 180_000)

test('of three replicas with the flag one removes, while all accept records', async () => {
  const url = await postgres.createDatabase()
  await moveToPostgres(`${dir.path}/data`, url)
  const stores = await Promise.all([url, url, url].map((one) => openPostgresStore(one)))
  await expect.poll(() => stores.filter((store) => store.peers?.leading).length, { timeout: 20_000 }).toBe(1)
  const removed = [0, 0, 0]
  const sweeps = stores.map((store, index) =>
    new PullRetention({
      store,
      clock: () => now,
      log: pino({ level: 'silent' }),
      days: 1,
      onRemoved: (records) => (removed[index] = (removed[index] ?? 0) + records),
      onFault: (error) => {
        throw error
      },
    }).sweep(),
  )
  const waits: number[] = []
  const over = new AbortController()
  const takes = stores.map(async (store, index) => {
    const nodeId = nodes[index]
    if (nodeId === undefined) throw new TypeError('there is a node for each replica')
    let count = 0
    while (!over.signal.aborted) {
      const last = await store.reader.pulls.lastOf(nodeId)
      const record = testRecord(nodeId, (last?.sequence ?? 0) + 1, last?.hash ?? '')
      const began = performance.now()
      expect(await store.write((transaction) => takePulls(transaction, nodeId, [record], { now }))).toBe('intact')
      waits.push(performance.now() - began)
      count++
    }
    return count
  })
  await Promise.all(sweeps)
  over.abort()
  const taken = (await Promise.all(takes)).reduce((sum, count) => sum + count, 0)
  for (const store of stores) await store.close()
  const total = removed.reduce((sum, count) => sum + count, 0)
  expect(removed.filter((count) => count > 0)).toEqual([total])
  expect(total).toBeGreaterThanOrEqual(all - 3)
  expect(await verifyPostgres(url, quiet, never)).toMatchObject({
    records: all + taken - total,
    removed: { records: total },
  })
  expect(Math.max(...waits)).toBeLessThan(2000)
}, 120_000)
