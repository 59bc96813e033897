import { problem } from '@fairlead/contract/problems'
import { expect, test } from 'vitest'
import { openSqliteStore } from './sqlite/sqlite.ts'
import type { Store, Transaction } from './store.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { GroupCommit } from './group-commit.ts'

const tokenNamed =
  (name: string) =>
  (transaction: Transaction): Promise<void> =>
    transaction.apiTokens.insert({
      id: `tok_${name.padStart(26, '0')}` as never,
      name,
      role: 'viewer',
      cloud_ids: null,
      token_hash: name,
      created_at: '2026-11-24T12:00:00.000Z',
      last_used_at: null,
      expires_at: null,
      revoked_at: null,
      identity: null,
    })

test('writes that arrive together are committed together, and each is answered once durable', async () => {
  using dir = tempDir()
  const store = await openSqliteStore(dir.path)
  const sizes: number[] = []
  const group = new GroupCommit(store, (size) => sizes.push(size))
  await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      await group.add(tokenNamed(`t${index}`))
      expect(await store.reader.apiTokens.byHash(`t${index}`)).not.toBeNull()
    }),
  )
  expect(sizes).toEqual([50])
  await store.close()
})

test('a failed write is reported as such, and the others are still committed', async () => {
  using dir = tempDir()
  const store = await openSqliteStore(dir.path)
  const group = new GroupCommit(store, () => {})
  const answers = await Promise.allSettled([
    group.add(tokenNamed('a')),
    group.add(tokenNamed('a')),
    group.add(tokenNamed('b')),
  ])
  expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await store.reader.apiTokens.count()).toBe(2)
  await store.close()
})

test('if the database does not answer, all fail at once, and none is retried separately', async () => {
  let writes = 0
  const write = async () => {
    writes += 1
    throw problem('DATABASE_UNREACHABLE', { host: 'db:5432' })
  }
  const group = new GroupCommit({ write } as unknown as Store, () => {})
  const answers = await Promise.allSettled(Array.from({ length: 50 }, () => group.add(async () => {})))
  expect(answers.every((answer) => answer.status === 'rejected')).toBe(true)
  expect(writes).toBe(1)
})

test('what several writes of a group ask for is done once, after all of them', async () => {
  using dir = tempDir()
  const store = await openSqliteStore(dir.path)
  const group = new GroupCommit(store, () => {})
  const done: string[] = []
  const write = (name: string, key: string) =>
    group.add(async (_, atEnd) => {
      done.push(name)
      atEnd(key, async () => {
        done.push(key)
        atEnd('last', async () => void done.push('last'))
      })
    })
  await Promise.all([write('1', 'a'), write('2', 'b'), write('3', 'a')])
  expect(done).toEqual(['1', '2', '3', 'a', 'b', 'last'])
  await store.close()
})

test('what is asked for again once it was done is done again', async () => {
  using dir = tempDir()
  const store = await openSqliteStore(dir.path)
  const group = new GroupCommit(store, () => {})
  const done: string[] = []
  await group.add(async (_, atEnd) => {
    const schedule = () => atEnd('schedule', async () => void done.push('schedule'))
    schedule()
    atEnd('judge', async () => {
      done.push('judge')
      schedule()
    })
  })
  expect(done).toEqual(['schedule', 'judge', 'schedule'])
  await store.close()
})

test('if what follows fails, the writes fail with it', async () => {
  using dir = tempDir()
  const store = await openSqliteStore(dir.path)
  const group = new GroupCommit(store, () => {})
  const added = group.add(async (transaction, atEnd) => {
    await tokenNamed('a')(transaction)
    atEnd('k', async () => {
      throw new RangeError('no')
    })
  })
  await expect(added).rejects.toThrow(RangeError)
  expect(await store.reader.apiTokens.count()).toBe(0)
  await store.close()
})
