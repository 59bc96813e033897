import { expect, test } from 'vitest'
import { freshStore } from '../testing/fresh-store.ts'
import { ensureAdmin } from './first-admin.ts'
import { TokenUsage } from './token-usage.ts'

const store = freshStore()
const now = Date.parse('2026-11-24T12:00:00.000Z')

test('when a token was used is kept until it is stored, also if the database refuses it once', async () => {
  await ensureAdmin(store(), now, { another: false })
  const tokens = () => store().reader.apiTokens.list({}, { before: null, limit: 10 })
  const usedAt = async () => (await tokens()).map((token) => token.last_used_at)
  const usage = new TokenUsage(() => now)
  for (const { id } of await tokens()) usage.note(id)
  const refused = store().write(async (transaction) => {
    await usage.writeTo(transaction)
    throw new RangeError('the disk is full')
  })
  await expect(refused).rejects.toThrow(RangeError)
  expect(await usedAt()).toEqual([null])
  await store().write((transaction) => usage.writeTo(transaction))
  expect(await usedAt()).toEqual(['2026-11-24T12:00:00.000Z'])
})
