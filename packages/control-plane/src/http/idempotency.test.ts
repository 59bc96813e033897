/** ADR 8: a stored answer is sealed under its caller's own token, which the database does not contain. */
import { newId } from '@fairlead/contract/names'
import { isProblem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { SealingToken, type ApiCaller } from '../identity/api-caller.ts'
import { mintToken } from '../identity/secret-token.ts'
import { openSqliteStore } from '../store/sqlite/sqlite.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { testClock } from '../testing/test-clock.ts'
import { thrown } from '../testing/thrown.ts'
import { answerOnce, readIdempotencyKey, requestHash, type KeyedRequest } from './idempotency.ts'

const { now } = testClock()
const caller = (token: string): ApiCaller => ({
  kind: 'token',
  id: newId('tok'),
  name: 'laptop',
  role: 'admin',
  clouds: null,
  expiresAt: null,
  identity: null,
  token: new SealingToken(token),
})

test('a key of 1 to 255 printable ASCII characters is read as it is; there may be none', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[!-~]{1,255}$/), (header) => {
      expect(readIdempotencyKey(header)).toBe(header)
    }),
  )
  expect(readIdempotencyKey(undefined)).toBeNull()
})

test('S9: any other key is REQUEST_INVALID, which does not repeat it', () => {
  const other = fc.tuple(fc.string(), fc.constantFrom(' ', '\n', '\u007f', '\u00e9', 'x'.repeat(256)), fc.string())
  fc.assert(
    fc.property(fc.oneof(fc.constant(['']), other), (parts) => {
      const error = thrown(() => readIdempotencyKey(parts.join('canary')))
      expect(isProblem(error, 'REQUEST_INVALID')).toBe(true)
      expect(JSON.stringify(error)).not.toContain('canary')
    }),
  )
})

test('S10: a stored answer can be opened with the token of its caller and with no other', async () => {
  using dir = tempDir()
  const store = await openSqliteStore(dir.path)
  try {
    const its = caller(mintToken('flt').text)
    const request: KeyedRequest = { caller: its, key: 'k', hash: requestHash('POST', '/api_tokens', Buffer.from('{}')) }
    const ask = (asked: KeyedRequest, body: string) =>
      store.write((transaction) => answerOnce(transaction, now, asked, async () => ({ status: 201, body })))
    await ask(request, 'shown once')
    expect(await ask(request, 'another')).toEqual({ status: 201, body: 'shown once' })
    // The database contains the row and the caller's id, but only a hash of the token.
    for (const guess of [mintToken('flt').text, its.id, '']) {
      const thief = { ...request, caller: { ...its, expiresAt: null, token: new SealingToken(guess) } }
      await expect(ask(thief, 'another')).rejects.toThrow('unable to authenticate')
    }
  } finally {
    await store.close()
  }
})
