/** A backup is one file that is either complete or rejected; a restore is all or nothing. */
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type NodeId } from '@fairlead/contract/names'
import { isProblem, type ProblemCode } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import pino from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PullRetention } from '../pulls/retention.ts'
import { databasePath } from '../store/data-dir.ts'
import { migrations } from '../store/migrate.ts'
import { openSqliteStore } from '../store/sqlite/sqlite.ts'
import { keepState } from '../testing/kept-state.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { formatManifest } from './backup-manifest.ts'
import type { Progress } from './progress.ts'
import { restoreBackup } from './restore-backup.ts'
import { takeBackup } from './take-backup.ts'
import { verifyBackup, verifyDataDir } from './verify-place.ts'

let dir: ReturnType<typeof tempDir>
beforeEach(() => (dir = tempDir()))
afterEach(() => dir[Symbol.dispose]())

const at = (...names: string[]) => join(dir.path, ...names)
const quiet = () => {}
const never = new AbortController().signal
const take = (dataDir = at('data'), file = at('one.backup')) => takeBackup({ dataDir }, file, quiet, never)
const restore = (dataDir: string, replace = false, file = at('one.backup')) =>
  restoreBackup(file, dataDir, { replace, onProgress: quiet, signal: never })
const rejects = (work: Promise<unknown>, code: ProblemCode) =>
  expect(work).rejects.toSatisfy((error) => isProblem(error, code), code)

test('restores what was backed up: rows, records and the own CA, readable only by the owner', async () => {
  const [first] = await keepState(at('data'))
  writeFileSync(at('data', 'ca.pem'), 'the certificate')
  writeFileSync(at('data', 'ca-key.pem'), 'the key')
  const manifest = await take()
  expect(manifest.rows).toMatchObject({ clouds: 1, nodes: 2, pulls: 6 })
  expect(statSync(at('one.backup')).mode & 0o777).toBe(0o600)
  expect(readdirSync(dir.path).toSorted()).toEqual(['data', 'one.backup'])

  expect(await restore(at('new'))).toMatchObject({ aside: null })
  expect(readdirSync(at('new')).toSorted()).toEqual(['ca-key.pem', 'ca.pem', 'fairlead.sqlite', 'lock.sqlite'])
  expect(readFileSync(at('new', 'ca-key.pem'), 'utf8')).toBe('the key')
  expect(statSync(at('new', 'ca-key.pem')).mode & 0o777).toBe(0o600)
  expect(statSync(databasePath(at('new'))).mode & 0o777).toBe(0o600)
  expect(await verifyDataDir(at('new'), quiet, never)).toMatchObject({ records: 6, nodes: 2 })
  const store = await openSqliteStore(at('new'))
  expect((await store.reader.pulls.lastOf(first ?? (undefined as never)))?.sequence).toBe(3)
  await store.close()
})

test('a restore leaves the mode of a folder that was there, and refuses one in which others may write', async () => {
  await keepState(at('data'))
  await take()
  const modeOf = (name: string) => statSync(at(name)).mode & 0o777
  mkdirSync(at('readable'))
  chmodSync(at('readable'), 0o755)
  await restore(at('readable'))
  expect([modeOf('readable'), modeOf('readable/fairlead.sqlite')]).toEqual([0o755, 0o600])
  mkdirSync(at('writable'))
  chmodSync(at('writable'), 0o777)
  await rejects(restore(at('writable')), 'DATA_DIR_WRITABLE_BY_OTHERS')
  expect([modeOf('writable'), readdirSync(at('writable'))]).toEqual([0o777, []])
})

/** Removes all but the newest record of the two nodes, which have three records each. */
async function keepShortened(): Promise<readonly string[]> {
  const ids = await keepState(at('data'))
  const store = await openSqliteStore(at('data'))
  const now = Date.parse('2026-12-24T12:00:00.000Z')
  const log = pino({ level: 'silent' })
  await new PullRetention({ store, clock: () => now, log, days: 7, onRemoved: quiet, onFault: quiet }).sweep()
  await store.close()
  return ids
}

const shortened = { records: 2, nodes: 2, removed: { records: 4, received_until: '2026-11-24T12:00:00.000Z' } }

test('reports what was removed by retention after a restore too, and proves the rest', async () => {
  const [first] = await keepShortened()
  expect(await take()).toMatchObject({ rows: { pulls: 2, pull_checkpoints: 2 } })
  expect(await verifyBackup(at('one.backup'), quiet, never)).toMatchObject(shortened)
  await restore(at('new'))
  expect(await verifyDataDir(at('new'), quiet, never)).toMatchObject(shortened)
  const store = await openSqliteStore(at('new'))
  expect(await store.reader.pullCheckpoints.of(first as NodeId)).toMatchObject({ sequence: 2, removed: 2 })
  await store.close()
})

test.each([
  ['update pull_checkpoints set sequence = 1 where node_id = ?', 3],
  ['update pull_checkpoints set hash = (select hash from pulls limit 1) where node_id = ?', 3],
  ['update pull_checkpoints set removed = 1 where node_id = ?', 2],
  ["update pull_checkpoints set received_until = '2026-11-25T12:00:00.000Z' where node_id = ?", 2],
  ['delete from pull_checkpoints where node_id = ?', 3],
  ['delete from pulls where node_id = ?', 2],
])('detects %s', async (statement, sequence) => {
  const [, node] = await keepShortened()
  const database = new DatabaseSync(databasePath(at('data')))
  database.prepare(statement).run(node ?? '')
  database.close()
  const broken = verifyDataDir(at('data'), quiet, never)
  await expect(broken).rejects.toMatchObject({ code: 'LEDGER_BROKEN', facts: { node } })
  await expect(broken).rejects.toMatchObject({
    fields: expect.arrayContaining([expect.objectContaining({ path: `${node}/${sequence}` })]) as unknown,
  })
})

test('verifies a database from before checkpoints existed without migrating it', async () => {
  await (await openSqliteStore(at('data'), migrations.slice(0, 5))).close()
  expect(await verifyDataDir(at('data'), quiet, never)).toMatchObject({
    schema_version: 5,
    removed: { records: 0, received_until: null },
  })
})

test('makes the backup in its own private folder, where no other user can put a journal next to it', async () => {
  await keepState(at('data'))
  const seen: [string, boolean, number][] = []
  const onProgress = () => {
    for (const name of readdirSync(dir.path).filter((it) => it.includes('partial'))) {
      const { mode } = statSync(at(name))
      seen.push([name, statSync(at(name)).isDirectory(), mode & 0o777])
    }
  }
  await takeBackup({ dataDir: at('data') }, at('one.backup'), onProgress, never)
  expect(seen.length).toBeGreaterThan(0)
  for (const [name, isFolder, mode] of seen) {
    expect(name).toMatch(/^one\.backup\.partial-[A-Za-z0-9]{6}$/)
    expect([isFolder, mode]).toEqual([true, 0o700])
  }
  expect(readdirSync(dir.path).toSorted()).toEqual(['data', 'one.backup'])
})

test('a backup overwrites nothing, and requires a database', async () => {
  await rejects(take(at('nowhere')), 'DATABASE_FILE_MISSING')
  await keepState(at('data'))
  writeFileSync(at('one.backup'), 'mine')
  await rejects(take(), 'FILE_EXISTS')
  expect(readFileSync(at('one.backup'), 'utf8')).toBe('mine')
  await rejects(take(at('data'), at('no', 'folder', 'x')), 'FILE_UNWRITABLE')
})

test('a write between any two steps of the copy does not restart the copy and is not included in it', async () => {
  await keepState(at('data'), { nodes: 1, records: 3000 })
  const writer = new DatabaseSync(databasePath(at('data')))
  const insert = writer.prepare("insert into events (kind, resource_id, at) values ('node', 'n', 't')")
  const seen: number[] = []
  const onProgress = ({ work, done }: Progress) => {
    if (work !== 'copy' || seen.length > 100) return
    seen.push(done)
    insert.run()
  }
  const manifest = await takeBackup({ dataDir: at('data') }, at('one.backup'), onProgress, never)
  writer.close()
  expect(seen.length).toBeGreaterThan(2)
  expect(seen).toEqual(seen.toSorted((a, b) => a - b))
  expect(seen.length).toBeLessThan(100)
  expect(manifest.rows['events']).toBe(3000)
}, 60_000)

test('an interrupted backup leaves nothing behind', async () => {
  await keepState(at('data'))
  const controller = new AbortController()
  const stopped = takeBackup(
    { dataDir: at('data') },
    at('one.backup'),
    () => controller.abort(new RangeError('stop')),
    controller.signal,
  )
  await expect(stopped).rejects.toThrow(RangeError)
  expect(readdirSync(dir.path)).toEqual(['data'])
})

test('restores over a non-empty data directory only on request, and sets the complete old state aside', async () => {
  await keepState(at('data'), { records: 1 })
  await take()
  await keepState(at('other'), { nodes: 1, records: 5 })
  writeFileSync(at('other', 'ca.pem'), 'other')
  await rejects(restore(at('other')), 'DATA_DIR_NOT_EMPTY')
  expect(await verifyDataDir(at('other'), quiet, never)).toMatchObject({ records: 5 })
  const { aside } = await restore(at('other'), true)
  expect(await verifyDataDir(at('other'), quiet, never)).toMatchObject({ records: 2 })
  expect(readdirSync(at('other'))).not.toContain('ca.pem')
  expect(await verifyDataDir(aside ?? '', quiet, never)).toMatchObject({ records: 5 })
  expect(readFileSync(join(aside ?? '', 'ca.pem'), 'utf8')).toBe('other')
})

test('does not restore over a data directory in use', async () => {
  await keepState(at('data'))
  await take()
  const store = await openSqliteStore(at('data'))
  await rejects(restore(at('data'), true), 'DATA_DIR_IN_USE')
  await store.close()
})

test('detects any flipped bit and any truncation of a backup before touching anything', async () => {
  await keepState(at('data'), { nodes: 1, records: 1 })
  writeFileSync(at('data', 'ca.pem'), 'the certificate')
  await take()
  const whole = readFileSync(at('one.backup'))
  const refused = async (bytes: Buffer) => {
    writeFileSync(at('bad.backup'), bytes)
    await rejects(restore(at('new'), false, at('bad.backup')), 'BACKUP_UNUSABLE')
    await rejects(verifyBackup(at('bad.backup'), quiet, never), 'BACKUP_UNUSABLE')
    expect(readdirSync(at('new'))).toEqual(['lock.sqlite'])
  }
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 7 }), async (where, bit) => {
      const flipped = Buffer.from(whole)
      flipped[where] = (flipped[where] ?? 0) ^ (1 << bit)
      await refused(flipped)
    }),
    {
      numRuns: 40,
      examples: [...Array(120).keys()].map((back) => [whole.length - 1 - back * 7, 0] as [number, number]),
    },
  )
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: whole.length - 1 }), async (length) => refused(whole.subarray(0, length))),
    { numRuns: 20 },
  )
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => refused(Buffer.from(bytes))))
  expect(await verifyBackup(at('one.backup'), quiet, never)).toMatchObject({ records: 1 })
}, 60_000)

test('rejects a backup from a newer version, and a newer database', async () => {
  await keepState(at('data'))
  const manifest = await take()
  const database = readFileSync(at('one.backup')).subarray(0, manifest.database.bytes)
  const newer = formatManifest({ ...manifest, schema_version: migrations.length + 1 })
  writeFileSync(at('newer.backup'), Buffer.concat([database, Buffer.from(newer)]))
  await rejects(restore(at('new'), false, at('newer.backup')), 'DATABASE_TOO_NEW')
  await rejects(verifyBackup(at('newer.backup'), quiet, never), 'DATABASE_TOO_NEW')
  await (await openSqliteStore(at('data'), [...migrations, async () => {}])).close()
  await rejects(take(at('data'), at('two.backup')), 'DATABASE_TOO_NEW')
  await rejects(verifyDataDir(at('data'), quiet, never), 'DATABASE_TOO_NEW')
})

test.each([
  "create trigger t after insert on audit_events begin insert into own_keys values ('a', 'b'); end",
  'create view v as select token_hash from api_tokens',
  'create virtual table v using fts5(name)',
  // A revocation that such a rule ignores is answered as done.
  'create table t (id text, dead integer as (id is not null) unique)',
  'create table t (id text unique on conflict ignore)',
  'create table t (id text references clouds (id) on delete set null)',
  'create table t (id text references clouds (id) on update cascade)',
  'create table t (id text check (id is null))',
  'create table t (id text collate nocase)',
])('does not back up, verify or restore a database to which somebody added code that SQLite runs: %s', async (sql) => {
  await keepState(at('data'))
  const manifest = await take()
  const database = new DatabaseSync(databasePath(at('data')))
  database.exec(`${sql}; PRAGMA journal_mode = DELETE`)
  database.close()
  const bytes = readFileSync(databasePath(at('data')))
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const crafted = formatManifest({ ...manifest, database: { bytes: bytes.length, sha256 } })
  writeFileSync(at('crafted.backup'), Buffer.concat([bytes, Buffer.from(crafted)]))
  await rejects(restore(at('new'), false, at('crafted.backup')), 'DATABASE_DAMAGED')
  await rejects(verifyBackup(at('crafted.backup'), quiet, never), 'DATABASE_DAMAGED')
  await rejects(verifyDataDir(at('data'), quiet, never), 'DATABASE_DAMAGED')
  await rejects(take(at('data'), at('two.backup')), 'DATABASE_DAMAGED')
})

test('reports a damaged database, a dangling reference and an altered record by name', async () => {
  const [node] = await keepState(at('data'))
  const change = (sql: string) => {
    const database = new DatabaseSync(databasePath(at('data')), { enableForeignKeyConstraints: false })
    database.exec(sql)
    database.close()
  }
  change(`update pulls set record = replace(record, '"refused"', '"authenticated"') where sequence = 2`)
  await expect(verifyDataDir(at('data'), quiet, never)).rejects.toMatchObject({
    code: 'LEDGER_BROKEN',
    facts: { node, sequence: 2 },
    fields: [{ path: `${node}/2` }, { path: expect.stringMatching(/\/2$/) as string }],
  })
  change(`update pulls set record = replace(record, '"authenticated"', '"refused"')`)
  expect(await verifyDataDir(at('data'), quiet, never)).toMatchObject({ records: 6 })
  change('delete from clouds')
  await rejects(verifyDataDir(at('data'), quiet, never), 'DATABASE_DAMAGED')
  await rejects(take(), 'DATABASE_DAMAGED')
  const bytes = readFileSync(databasePath(at('data')))
  writeFileSync(databasePath(at('data')), bytes.fill(0x55, 4096, 40_960))
  await rejects(verifyDataDir(at('data'), quiet, never), 'DATABASE_DAMAGED')
  writeFileSync(databasePath(at('data')), 'no database at all, whatever its name says')
  await rejects(verifyDataDir(at('data'), quiet, never), 'DATABASE_DAMAGED')
})

test.each([
  ['drop table answered_challenges', 'the table answered_challenges is missing'],
  ['drop index clusters_changed', 'the index clusters_changed is missing'],
])('verify misses what somebody dropped: %s', async (statement, reason) => {
  await keepState(at('data'))
  const database = new DatabaseSync(databasePath(at('data')))
  database.exec(statement)
  database.close()
  await expect(verifyDataDir(at('data'), quiet, never)).rejects.toMatchObject({
    code: 'DATABASE_DAMAGED',
    facts: { reason },
  })
})

test('the next start finishes a restore that stopped at any point after it was committed', async () => {
  await keepState(at('data'), { records: 1 })
  await take()
  await restore(at('good'))
  const names = ['fairlead.sqlite-wal', 'fairlead.sqlite']
  for (const done of [0, 1, 2, 3]) {
    const place = at(`killed-${done}`)
    await keepState(place, { records: 7 })
    writeFileSync(join(place, 'fairlead.sqlite-wal'), '')
    const folder = join(place, done < 3 ? 'restore.decided' : 'restore.moving')
    mkdirSync(folder)
    copyFileSync(databasePath(at('good')), join(folder, 'fairlead.sqlite'))
    const aside = join(place, `replaced-${statSync(folder).mtime.toISOString().replaceAll(/[:.]/g, '-')}`)
    if (done > 0) mkdirSync(aside)
    for (const name of names.slice(0, done)) renameSync(join(place, name), join(aside, name))
    await (await openSqliteStore(place)).close()
    expect(await verifyDataDir(place, quiet, never), `${done}`).toMatchObject({ records: 2 })
    expect(await verifyDataDir(aside, quiet, never), `${done}`).toMatchObject({ records: 14 })
    expect(readdirSync(place).filter((name) => name.startsWith('re')).length, `${done}`).toBe(1)
  }
})
