/** From SQLite to PostgreSQL and back: every row, proved by count and hash, all of it or nothing. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { NodeId } from '@fairlead/contract/names'
import { isProblem, type ProblemCode } from '@fairlead/contract/problems'
import { eventually, startPostgres, type Postgres } from '@fairlead/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { startControlPlane } from '../main.ts'
import { openPostgresStore } from '../store/postgres/postgres.ts'
import { openSqliteStore } from '../store/sqlite/sqlite.ts'
import { keepState } from '../testing/kept-state.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { callerOf } from '../testing/test-control-plane.ts'
import { testNode } from '../testing/test-node.ts'
import { testChain } from '../testing/test-records.ts'
import { copyFromPostgres, copyToPostgres } from './copy-database.ts'
import { fillPostgres } from './postgres-database.ts'
import { restoreBackup, restoreToPostgres } from './restore-backup.ts'
import { takeBackup } from './take-backup.ts'
import { verifyPostgres } from './verify-database.ts'
import { verifyBackup, verifyDataDir } from './verify-place.ts'

let postgres: Postgres
let dir: ReturnType<typeof tempDir>
let url: string
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())
beforeEach(async () => {
  dir = tempDir()
  url = await postgres.createDatabase()
})
afterEach(() => dir[Symbol.dispose]())

const at = (...names: string[]) => join(dir.path, ...names)
const quiet = () => {}
const never = new AbortController().signal
const rejects = (work: Promise<unknown>, code: ProblemCode) =>
  expect(work).rejects.toSatisfy((error) => isProblem(error, code), code)

async function announce(open: () => ReturnType<typeof openSqliteStore>): Promise<void> {
  const store = await open()
  await store.write(async (transaction) => transaction.announce('node', 'node_x'))
  await store.close()
}

test('what goes to PostgreSQL comes back the same, by count and by hash, and counts on', async () => {
  const ids = await keepState(at('data'), { nodes: 3, records: 700 })
  await announce(() => openSqliteStore(at('data')))
  const there = await copyToPostgres(at('data'), url, quiet, never)
  expect(there).toMatchObject({ clouds: { rows: 1 }, nodes: { rows: 3 }, pulls: { rows: 2100 } })
  expect(await verifyPostgres(url, quiet, never)).toMatchObject({ records: 2100, nodes: 3 })
  const back = await copyFromPostgres(url, at('back'), quiet, never)
  expect(back).toEqual(there)
  expect(await verifyDataDir(at('back'), quiet, never)).toMatchObject({ records: 2100, nodes: 3 })

  const store = await openPostgresStore(url)
  const last = await store.reader.events.end()
  expect((await store.reader.pulls.lastOf(ids[1] ?? (undefined as never)))?.sequence).toBe(700)
  await store.write(async (transaction) => transaction.announce('node', 'node_y'))
  expect((await store.reader.events.end()).sequence).toBe(last.sequence + 1)
  await store.close()
}, 120_000)

test('nothing is copied from a database on which a control plane runs', async () => {
  const running = await startControlPlane({
    dataDir: at('data'),
    logLevel: 'silent',
    database: url,
    listen: '127.0.0.1:0',
  })
  const leads = async () =>
    (await postgres.query('postgres', 'select 1 from pg_locks where objid = 7301002')) === '1' || undefined
  await eventually(leads, { what: 'it leads', timeoutMs: 20_000 })
  await rejects(copyFromPostgres(url, at('new'), quiet, never), 'DATABASE_IN_USE')
  await running.close()
  expect(await copyFromPostgres(url, at('new'), quiet, never)).toMatchObject({ api_tokens: { rows: 1 } })
})

test('a control plane goes on in PostgreSQL where it ended in SQLite: tokens, nodes and their chains', async () => {
  const quietly = { dataDir: at('data'), logLevel: 'silent' } as const
  const before = await startControlPlane({ ...quietly, listen: '127.0.0.1:0' })
  const admin = callerOf(before.origin, before.adminToken)
  const cloud = (await admin.post('/clouds', { name: 'c', provider: 'local' })).body.result
  const node = await testNode(before.origin, admin, cloud, { name: 'n' })
  const chain = testChain(NodeId.parse(node.id), 2)
  await node.report({ pulls: chain.slice(0, 1) })
  await before.close()
  await copyToPostgres(at('data'), url, quiet, never)

  const after = await startControlPlane({ ...quietly, listen: before.address, database: url })
  expect(after.adminToken).toBeNull()
  expect((await admin.get('/clouds')).body.results).toMatchObject([{ name: 'c' }])
  expect((await node.report({ pulls: chain.slice(1) })).status).toBe(200)
  await after.close()
  expect(await verifyPostgres(url, quiet, never)).toMatchObject({ records: 2, nodes: 1 })
}, 60_000)

test('a database that has data, and a data directory in use, are left alone', async () => {
  await keepState(at('data'))
  await copyToPostgres(at('data'), url, quiet, never)
  await rejects(copyToPostgres(at('data'), url, quiet, never), 'DATABASE_NOT_EMPTY')
  await rejects(copyFromPostgres(url, at('data'), quiet, never), 'DATABASE_NOT_EMPTY')
  const store = await openSqliteStore(at('data'))
  await rejects(copyToPostgres(at('data'), url, quiet, never), 'DATA_DIR_IN_USE')
  await store.close()
  await rejects(copyToPostgres(at('none'), url, quiet, never), 'DATABASE_FILE_MISSING')
  await rejects(copyFromPostgres(await postgres.createDatabase(), at('new'), quiet, never), 'DATABASE_FILE_MISSING')
}, 60_000)

test('a copy that is stopped in its middle leaves the target empty', async () => {
  await keepState(at('data'), { nodes: 1, records: 1500 })
  const controller = new AbortController()
  const onProgress = ({ done }: { done: number }) => {
    if (done > 600) controller.abort(new RangeError('stop'))
  }
  await expect(copyToPostgres(at('data'), url, onProgress, controller.signal)).rejects.toThrow(RangeError)
  expect(await verifyPostgres(url, quiet, never)).toMatchObject({ records: 0, rows: { clouds: 0, pulls: 0 } })
  expect(await copyToPostgres(at('data'), url, quiet, never)).toMatchObject({ pulls: { rows: 1500 } })
}, 60_000)

test('a backup of PostgreSQL is a backup like any other: it is verified, and restored into either', async () => {
  await keepState(at('data'), { records: 20 })
  writeFileSync(at('data', 'ca.pem'), 'the certificate')
  await copyToPostgres(at('data'), url, quiet, never)
  const file = at('one.backup')
  expect(await takeBackup({ dataDir: at('data'), database: url }, file, quiet, never)).toMatchObject({
    rows: { pulls: 40 },
    files: { 'ca.pem': 'the certificate' },
  })
  expect(await verifyBackup(file, quiet, never)).toMatchObject({ records: 40 })
  await restoreBackup(file, at('sqlite'), { replace: false, onProgress: quiet, signal: never })
  expect(await verifyDataDir(at('sqlite'), quiet, never)).toMatchObject({ records: 40 })
  const fresh = await postgres.createDatabase()
  await restoreToPostgres(file, { dataDir: at('fresh'), database: fresh }, { onProgress: quiet, signal: never })
  expect(await verifyPostgres(fresh, quiet, never)).toMatchObject({ records: 40 })
  expect(readFileSync(at('fresh', 'ca.pem'), 'utf8')).toBe('the certificate')
  expect(existsSync(at('fresh', 'fairlead.sqlite'))).toBe(false)
}, 60_000)

test('a record that was altered in PostgreSQL is found', async () => {
  const [node] = await keepState(at('data'))
  await copyToPostgres(at('data'), url, quiet, never)
  await fillPostgres(url, async (db) => {
    await db
      .updateTable('pulls')
      .set({ code: 'INTERNAL' })
      .where('sequence', '=', 2)
      .where('node_id', '=', node ?? (undefined as never))
      .execute()
  })
  await expect(verifyPostgres(url, quiet, never)).rejects.toMatchObject({
    code: 'LEDGER_BROKEN',
    facts: { node, sequence: 2 },
  })
}, 60_000)
