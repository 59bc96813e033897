import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { copyFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempDir } from '../../testing/temp-dir.ts'
import { kyselyOver } from './kysely-dialect.ts'

test('after a statement that took long, others get a turn before the next one', async () => {
  await using db = kyselyOver(new DatabaseSync(':memory:'))
  let turns = 0
  const turn = () => {
    turns += 1
    others = setImmediate(turn)
  }
  let others = setImmediate(turn)
  const count = (to: number) =>
    sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${to}) select max(i) from n`.execute(
      db,
    )
  // Opens the database.
  await count(1)
  const [afterLong, afterNext] = await Promise.all([count(1_000_000).then(() => turns), count(1).then(() => turns)])
  clearImmediate(others)
  expect(afterNext).toBeGreaterThan(afterLong)
})

describe('while another program has locked the database', () => {
  function lockedByAnother(folder: string) {
    const path = join(folder, 'x.sqlite')
    const database = new DatabaseSync(path, { timeout: 0 })
    database.exec('PRAGMA journal_mode = WAL; create table t (x)')
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    const db = kyselyOver(database)
    const write = () => db.transaction().execute((transaction) => sql`insert into t values (1)`.execute(transaction))
    return { path, db, other, write }
  }

  test('a write waits for it, and others get their turns', async () => {
    using dir = tempDir()
    const { db, other, write } = lockedByAnother(dir.path)
    // It ends only if this thread is free while the write waits.
    setTimeout(() => other.exec('ROLLBACK'), 50)
    await write()
    const { rows } = await sql`select x from t`.execute(db)
    expect(rows).toEqual([{ x: 1 }])
    other.close()
    await db.destroy()
  })

  test('a write that waited long is refused, and the next one succeeds once it is free', async () => {
    using dir = tempDir()
    const { path, db, other, write } = lockedByAnother(dir.path)
    await expect(write()).rejects.toMatchObject({
      code: 'DATABASE_UNUSABLE',
      facts: { path, reason: 'another program has locked it' },
    })
    other.exec('ROLLBACK')
    other.close()
    await write()
    await db.destroy()
  })
})

describe('a database whose file is no longer at its place', () => {
  const reason = expect.stringMatching(/^its file was moved, removed or replaced; put it back/) as string
  const removed = { code: 'DATABASE_UNUSABLE', facts: { reason } }

  test('takes no write, which nobody would find again, until the file is back', async () => {
    using dir = tempDir()
    const path = join(dir.path, 'x.sqlite')
    const database = new DatabaseSync(path)
    // Without such a log, SQLite notices it.
    database.exec('PRAGMA journal_mode = WAL; create table t (x)')
    const db = kyselyOver(database)
    const write = () => db.transaction().execute((transaction) => sql`insert into t values (1)`.execute(transaction))
    renameSync(path, `${path}.away`)
    await expect(write()).rejects.toMatchObject(removed)
    copyFileSync(`${path}.away`, path)
    await expect(write()).rejects.toMatchObject(removed)
    renameSync(`${path}.away`, path)
    await write()
    await db.destroy()
  })
})
