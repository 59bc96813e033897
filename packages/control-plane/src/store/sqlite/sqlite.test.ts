/** SQLite meets the requirements of every store, and the additional guarantees of a data directory (R8, R9). */
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isProblem } from '@fairlead/contract/problems'
import { expect, test } from 'vitest'
import { tempDir } from '../../testing/temp-dir.ts'
import { databasePath } from '../data-dir.ts'
import { migrations } from '../migrate.ts'
import { openSqliteStore } from './sqlite.ts'
import { describeStore } from '../store.conformance.ts'

describeStore('SQLite', async () => {
  const dir = tempDir()
  let store = await openSqliteStore(dir.path)
  return {
    store,
    async reopen() {
      await store.close()
      store = await openSqliteStore(dir.path)
      return store
    },
    async dispose() {
      await store.close()
      dir[Symbol.dispose]()
    },
  }
})

test('rejects a second control plane on a data directory, and lets it start once the first has gone', async () => {
  using dir = tempDir()
  const store = await openSqliteStore(dir.path)
  const second = openSqliteStore(dir.path)
  await expect(second).rejects.toSatisfy((error) => isProblem(error, 'DATA_DIR_IN_USE'))
  await store.close()
  await (await openSqliteStore(dir.path)).close()
})

test('migrates a database once, step by step', async () => {
  using dir = tempDir()
  await (await openSqliteStore(dir.path)).close()
  const ran: string[] = []
  const more = [...migrations, async () => void ran.push('second')]
  await (await openSqliteStore(dir.path, more)).close()
  await (await openSqliteStore(dir.path, more)).close()
  expect(ran).toEqual(['second'])
})

test('a failed migration does not change the database', async () => {
  using dir = tempDir()
  await (await openSqliteStore(dir.path)).close()
  const broken = [
    ...migrations,
    async () => {
      throw new RangeError('no')
    },
  ]
  await expect(openSqliteStore(dir.path, broken)).rejects.toThrow(RangeError)
  const store = await openSqliteStore(dir.path)
  expect(await store.reader.clouds.count()).toBe(0)
  await store.close()
})

test('rejects a database from a newer version, and does not change it', async () => {
  using dir = tempDir()
  await (await openSqliteStore(dir.path, [...migrations, async () => {}])).close()
  await expect(openSqliteStore(dir.path)).rejects.toSatisfy((error) => isProblem(error, 'DATABASE_TOO_NEW'))
  await (await openSqliteStore(dir.path, [...migrations, async () => {}])).close()
})

test('the database has a write-ahead log', async () => {
  using dir = tempDir()
  const store = await openSqliteStore(dir.path)
  const other = new DatabaseSync(databasePath(dir.path), { readOnly: true })
  expect(other.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
  other.close()
  await store.close()
})

test('the database, its log and its lock are private to their user, even in a copy that others could read', async () => {
  using dir = tempDir()
  using copy = tempDir()
  const modesIn = (folder: string) =>
    ['.', ...readdirSync(folder)].map((name) => [name, statSync(join(folder, name)).mode & 0o777])
  const privateFiles = [
    ['.', 0o755],
    ['fairlead.sqlite', 0o600],
    ['fairlead.sqlite-shm', 0o600],
    ['fairlead.sqlite-wal', 0o600],
    ['lock.sqlite', 0o600],
  ]
  for (const { path } of [dir, copy]) chmodSync(path, 0o755)
  const store = await openSqliteStore(dir.path)
  expect(modesIn(dir.path)).toEqual(privateFiles)
  for (const name of readdirSync(dir.path)) {
    copyFileSync(join(dir.path, name), join(copy.path, name))
    chmodSync(join(copy.path, name), 0o644)
  }
  const storeOfCopy = await openSqliteStore(copy.path)
  expect(modesIn(copy.path)).toEqual(privateFiles)
  await Promise.all([store.close(), storeOfCopy.close()])
})

test('a database that is no regular file is refused at once, a pipe among them', async () => {
  using dir = tempDir()
  execFileSync('mkfifo', [databasePath(dir.path)])
  await expect(openSqliteStore(dir.path)).rejects.toMatchObject({
    code: 'DATABASE_UNUSABLE',
    facts: { reason: 'it is not a regular file' },
  })
})
