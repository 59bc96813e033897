import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { tempDir } from '../../testing/temp-dir.ts'
import { databasePath } from '../data-dir.ts'
import { sqliteFault } from './fault.ts'
import { kyselyOver } from './kysely-dialect.ts'
import { openSqliteStore } from './sqlite.ts'

const unusable = (path: string, reason: string) =>
  expect.objectContaining({ code: 'DATABASE_UNUSABLE', facts: { path, reason } })

/** SQLite fails as on a full disk: with the same code, after rolling back by itself. */
async function fullDatabase(path: string) {
  const database = new DatabaseSync(path)
  const db = kyselyOver(database)
  await sql`create table t (x blob)`.execute(db)
  database.exec('PRAGMA max_page_count = 10')
  const fill = (bytes: number) =>
    db.transaction().execute((transaction) => sql`insert into t values (zeroblob(${bytes}))`.execute(transaction))
  return { db, fill, free: () => database.exec('PRAGMA max_page_count = 1000') }
}

test('a write on a full disk says so, keeps nothing of it, and the next one with room succeeds', async () => {
  using dir = tempDir()
  const path = join(dir.path, 'x.sqlite')
  const { db, fill, free } = await fullDatabase(path)
  await expect(fill(1_000_000)).rejects.toEqual(unusable(path, 'the disk is full'))
  await fill(100)
  free()
  await fill(1_000_000)
  const { rows } = await sql<{ count: number }>`select count(*) as count from t`.execute(db)
  expect(rows).toEqual([{ count: 2 }])
  await db.destroy()
})

test.each([
  ['fairlead.sqlite', 'DATABASE_DAMAGED'],
  // No backup is needed for what holds no data.
  ['lock.sqlite', 'FILE_UNUSABLE'],
])('a damaged %s is named: %s', async (name, code) => {
  using dir = tempDir()
  writeFileSync(join(dir.path, name), 'this is not a database, and long enough to be taken for one'.repeat(100))
  await expect(openSqliteStore(dir.path)).rejects.toMatchObject({ code, facts: { path: join(dir.path, name) } })
})

test('a database cut off in its middle is damaged', async () => {
  using dir = tempDir()
  await (await openSqliteStore(dir.path)).close()
  truncateSync(databasePath(dir.path), 20_000)
  await expect(openSqliteStore(dir.path)).rejects.toMatchObject({ code: 'DATABASE_DAMAGED' })
})

test.each(['lock.sqlite', 'fairlead.sqlite'])(
  'a folder in place of %s is named, and the data directory is free afterwards',
  async (name) => {
    using dir = tempDir()
    mkdirSync(join(dir.path, name))
    const path = join(dir.path, name)
    for (let time = 0; time < 2; time++) {
      await expect(openSqliteStore(dir.path)).rejects.toEqual(unusable(path, 'it is a folder'))
    }
  },
)

test.each([
  [13, 'the disk is full'],
  [4874, 'the disk is full'],
  [8, 'nothing can be written to it'],
  [264, 'nothing can be written to it'],
  [778, 'the disk has a fault'],
])('the code %d means: %s', (errcode, reason) => {
  expect(sqliteFault(Object.assign(new Error('text'), { errcode }), '/x')).toEqual(unusable('/x', reason))
})

test('an error in a statement of ours stays what it is', () => {
  const error = Object.assign(new Error('UNIQUE constraint failed'), { errcode: 2067 })
  expect(sqliteFault(error, '/x')).toBe(error)
})
