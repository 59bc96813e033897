/** From SQLite to PostgreSQL and back by backup and restore: every row, all or nothing. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NodeId } from '@fairlead/contract/names'
import { isProblem, type ProblemCode } from '@fairlead/contract/problems'
import { eventually, startPostgres, type Postgres } from '@fairlead/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { startControlPlane } from '../main.ts'
import { openPostgresStore } from '../store/postgres/postgres.ts'
import { openSqliteStore } from '../store/sqlite/sqlite.ts'
import { keepState } from '../testing/kept-state.ts'
import { moveToPostgres } from '../testing/moved-state.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { callerOf } from '../testing/test-control-plane.ts'
import { testNode } from '../testing/test-node.ts'
import { testChain } from '../testing/test-records.ts'
import { fillPostgres } from './postgres-database.ts'
import type { OnProgress, Progress } from './progress.ts'
import { restoreBackup, restoreToPostgres } from './restore-backup.ts'
import { readSqlite } from './sqlite-database.ts'
import { copiedTables } from './table-keys.ts'
import { pagesOf, type AnyRow } from './table-rows.ts'
import { takeBackup, type BackupSource } from './take-backup.ts'
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

const file = () => at('one.backup')
const backUp = (source: BackupSource, to = file()) => takeBackup(source, to, quiet, never)
const restore = (dataDir: string, from = file()) =>
  restoreBackup(from, dataDir, { replace: false, onProgress: quiet, signal: never })
const fill = (onProgress: OnProgress = quiet, signal = never) =>
  restoreToPostgres(file(), { dataDir: at('beside'), database: url }, { onProgress, signal })

/** All rows of all tables. */
const rowsOf = (backup: string): Promise<readonly AnyRow[]> =>
  readSqlite(backup, async (db) => {
    const rows: AnyRow[] = []
    for (const table of copiedTables) for await (const page of pagesOf(db, table)) rows.push(...page)
    return rows
  })

async function announce(open: () => ReturnType<typeof openSqliteStore>): Promise<void> {
  const store = await open()
  await store.write(async (transaction) => transaction.announce('node', 'node_x'))
  await store.close()
}

test('data moved to PostgreSQL comes back identical, row for row, and numbering continues', async () => {
  const ids = await keepState(at('data'), { nodes: 3, records: 700 })
  await announce(() => openSqliteStore(at('data')))
  const there = await backUp({ dataDir: at('data'), stopped: true })
  expect(there.rows).toMatchObject({ clouds: 1, nodes: 3, pulls: 2100 })
  await fill()
  expect(await verifyPostgres(url, quiet, never)).toMatchObject({ records: 2100, nodes: 3 })
  const back = await backUp({ dataDir: at('beside'), database: url, stopped: true }, at('back.backup'))
  expect(back.rows).toEqual(there.rows)
  expect(await rowsOf(at('back.backup'))).toEqual(await rowsOf(file()))
  await restore(at('back'), at('back.backup'))
  expect(await verifyDataDir(at('back'), quiet, never)).toMatchObject({ records: 2100, nodes: 3 })

  const store = await openPostgresStore(url)
  const last = await store.reader.events.end()
  expect((await store.reader.pulls.lastOf(ids[1] ?? (undefined as never)))?.sequence).toBe(700)
  await store.write(async (transaction) => transaction.announce('node', 'node_y'))
  expect((await store.reader.events.end()).sequence).toBe(last.sequence + 1)
  await store.close()
}, 120_000)

test('refuses to move a database that a running control plane uses, but backs it up', async () => {
  const running = await startControlPlane({
    dataDir: at('data'),
    logLevel: 'silent',
    database: url,
    listen: '127.0.0.1:0',
  })
  const leads = async () =>
    (await postgres.query('postgres', 'select 1 from pg_locks where objid = 7301002')) === '1' || undefined
  await eventually(leads, { what: 'it leads', timeoutMs: 20_000 })
  const source = { dataDir: at('data'), database: url, stopped: true }
  await rejects(backUp(source), 'DATABASE_IN_USE')
  expect(readdirSync(dir.path)).toEqual(['data'])
  expect(await backUp({ ...source, stopped: false }, at('running.backup'))).toMatchObject({ rows: { api_tokens: 1 } })
  await running.close()
  expect(await backUp(source)).toMatchObject({ rows: { api_tokens: 1 } })
})

test('a control plane continues in PostgreSQL where it stopped in SQLite: tokens, nodes and their chains', async () => {
  const quietly = { dataDir: at('data'), logLevel: 'silent' } as const
  const before = await startControlPlane({ ...quietly, listen: '127.0.0.1:0' })
  const admin = callerOf(before.origin, before.adminToken)
  const cloud = (await admin.post('/clouds', { name: 'c', provider: 'local' })).body.result
  const node = await testNode(before.origin, admin, cloud, { name: 'n' })
  const chain = testChain(NodeId.parse(node.id), 2)
  await node.report({ pulls: chain.slice(0, 1) })
  await before.close()
  await moveToPostgres(at('data'), url)

  const after = await startControlPlane({ ...quietly, listen: before.address, database: url })
  expect(after.adminToken).toBeNull()
  expect((await admin.get('/clouds')).body.results).toMatchObject([{ name: 'c' }])
  expect((await node.report({ pulls: chain.slice(1) })).status).toBe(200)
  await after.close()
  expect(await verifyPostgres(url, quiet, never)).toMatchObject({ records: 2, nodes: 1 })
}, 60_000)

test('does not touch a database that has data, or a data directory in use', async () => {
  await keepState(at('data'))
  await backUp({ dataDir: at('data'), stopped: true })
  await fill()
  await rejects(fill(), 'DATABASE_NOT_EMPTY')
  await rejects(restore(at('data')), 'DATA_DIR_NOT_EMPTY')
  const store = await openSqliteStore(at('data'))
  await rejects(backUp({ dataDir: at('data'), stopped: true }, at('two.backup')), 'DATA_DIR_IN_USE')
  await store.close()
  await rejects(backUp({ dataDir: at('none'), stopped: true }, at('two.backup')), 'DATABASE_FILE_MISSING')
  const empty = await postgres.createDatabase()
  await rejects(
    backUp({ dataDir: at('data'), database: empty, stopped: true }, at('two.backup')),
    'DATABASE_FILE_MISSING',
  )
  expect(existsSync(at('two.backup'))).toBe(false)
}, 60_000)

const isHalfway = ({ work, done }: Progress) => work === 'copy' && done > 600

test('a restore that is stopped halfway leaves the database empty', async () => {
  await keepState(at('data'), { nodes: 1, records: 1500 })
  await backUp({ dataDir: at('data') })
  const controller = new AbortController()
  const onProgress = (progress: Progress) => {
    if (isHalfway(progress)) controller.abort(new RangeError('stop'))
  }
  await expect(fill(onProgress, controller.signal)).rejects.toThrow(RangeError)
  expect(await verifyPostgres(url, quiet, never)).toMatchObject({ records: 0, rows: { clouds: 0, pulls: 0 } })
  await fill()
  expect(await verifyPostgres(url, quiet, never)).toMatchObject({ records: 1500 })
}, 60_000)

test('a restore that is killed halfway leaves the database empty or complete', async () => {
  await keepState(at('data'), { nodes: 1, records: 3000 })
  await backUp({ dataDir: at('data') })
  const script = fileURLToPath(new URL('../testing/admin-child.ts', import.meta.url))
  const child = fork(script, ['restore', at('beside'), file(), url])
  child.on('message', (progress: Progress) => {
    if (isHalfway(progress)) child.kill('SIGKILL')
  })
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
  const { records } = await verifyPostgres(url, quiet, never)
  expect([0, 3000]).toContain(records)
  if (records === 0) await fill()
  expect(await verifyPostgres(url, quiet, never)).toMatchObject({ records: 3000 })
}, 60_000)

test('a backup of PostgreSQL works like any other: it can be verified, and restored into either database', async () => {
  await keepState(at('data'), { records: 20 })
  writeFileSync(at('data', 'ca.pem'), 'the certificate')
  await moveToPostgres(at('data'), url)
  expect(await backUp({ dataDir: at('data'), database: url })).toMatchObject({
    rows: { pulls: 40 },
    files: { 'ca.pem': 'the certificate' },
  })
  expect(await verifyBackup(file(), quiet, never)).toMatchObject({ records: 40 })
  await restore(at('sqlite'))
  expect(await verifyDataDir(at('sqlite'), quiet, never)).toMatchObject({ records: 40 })
  const fresh = await postgres.createDatabase()
  await restoreToPostgres(file(), { dataDir: at('fresh'), database: fresh }, { onProgress: quiet, signal: never })
  expect(await verifyPostgres(fresh, quiet, never)).toMatchObject({ records: 40 })
  expect(readFileSync(at('fresh', 'ca.pem'), 'utf8')).toBe('the certificate')
  expect(existsSync(at('fresh', 'fairlead.sqlite'))).toBe(false)
}, 60_000)

test('detects a record altered in PostgreSQL', async () => {
  const [node] = await keepState(at('data'))
  await moveToPostgres(at('data'), url)
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
