import { expect, test } from 'vitest'
import { freshStore } from '../testing/fresh-store.ts'
import { ensureAdmin } from './first-admin.ts'
import { TokenUsage } from './token-usage.ts'

const store = freshStore()
const now = Date.parse('2026-11-24T12:00:00.000Z')

test('when a token was used is kept until it is stored, also if the database refuses it once', async () => {
  await ensureAdmin(store(), now, { another: false })
  const admin = async () => {
    const [token] = await store().reader.apiTokens.list({}, { before: null, limit: 1 })
    return token ?? expect.fail('there is no token')
  }
  const { id } = await admin()
  const usage = new TokenUsage(() => now)
  usage.note(id)
  const refused = store().write(async (transaction) => {
    await usage.writeTo(transaction)
    throw new RangeError('the disk is full')
  })
  await expect(refused).rejects.toThrow(RangeError)
  expect((await admin()).last_used_at).toBeNull()
  await store().write((transaction) => usage.writeTo(transaction))
  expect((await admin()).last_used_at).toBe('2026-11-24T12:00:00.000Z')
})
