import { problem } from '@fairlead/contract/problems'
import { expect, test } from 'vitest'
import { openSqliteStore } from './sqlite/sqlite.ts'
import type { Transaction } from './store.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { GroupCommit } from './group-commit.ts'

async function insertTokens(transaction: Transaction, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await transaction.apiTokens.insert({
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
  }
}

test('writes that arrive together are committed together, and each is answered once durable', async () => {
  using dir = tempDir()
  const store = await openSqliteStore(dir.path)
  const sizes: number[] = []
  const group = new GroupCommit(store, insertTokens, (size) => sizes.push(size))
  await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      await group.add(`t${index}`)
      expect(await store.reader.apiTokens.byHash(`t${index}`)).not.toBeNull()
    }),
  )
  expect(sizes).toEqual([50])
  await store.close()
})

test('a failed write is reported as such, and the others are still committed', async () => {
  using dir = tempDir()
  const store = await openSqliteStore(dir.path)
  const group = new GroupCommit(store, insertTokens, () => {})
  const answers = await Promise.allSettled([group.add('a'), group.add('a'), group.add('b')])
  expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await store.reader.apiTokens.count()).toBe(2)
  await store.close()
})

test.each([
  problem('DATABASE_UNREACHABLE', { host: 'db:5432' }),
  problem('DATABASE_LOGIN_REFUSED', { host: 'db:5432', name: 'fairlead' }),
])('if the database takes no write ($code), all fail at once, and none is retried separately', async (outage) => {
  let writes = 0
  const write = async () => {
    writes += 1
    throw outage
  }
  const group = new GroupCommit<string>({ write }, insertTokens, () => {})
  const answers = await Promise.allSettled(Array.from({ length: 50 }, () => group.add('a')))
  expect(answers.every((answer) => answer.status === 'rejected')).toBe(true)
  expect(writes).toBe(1)
})
