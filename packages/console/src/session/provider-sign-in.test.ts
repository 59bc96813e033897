/** What a tab keeps while it is at the identity provider, and what it does with what comes back. */
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { finishSignIn, keepQuestion, readArrival } from './provider-sign-in.ts'

const question = { state: 's'.repeat(16), nonce: 'n'.repeat(16), code_verifier: 'v'.repeat(43) }
const started = { authorization_url: 'https://login.example.com/authorize?state=x', ...question }
const at = (pathname: string, search = '', hash = '') => ({ pathname, search, hash })
const callback = at('/sign-in/callback', '?code=canary&state=x')

const kept = new Map<string, string>()
beforeEach(() => {
  kept.clear()
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  })
})
afterEach(() => vi.unstubAllGlobals())

test('returns to the page that was wanted, with the answer, and forgets what it kept', () => {
  keepQuestion(started, at('/pulls', '?decision=refused', '#top'))
  const urls: string[] = []
  expect(readArrival(callback, (url) => urls.push(url))).toEqual({
    kind: 'answered',
    answer: { callback: '?code=canary&state=x', ...question },
  })
  expect(urls).toEqual(['/pulls?decision=refused#top'])
  expect(kept.size).toBe(0)
})

test('an answer that this tab did not ask for is sent nowhere, and leaves the address bar as well', async () => {
  const urls: string[] = []
  const arrival = readArrival(callback, (url) => urls.push(url))
  expect(arrival).toEqual({ kind: 'unasked' })
  expect(urls).toEqual(['/'])
  await expect(finishSignIn({ kind: 'unasked' })).rejects.toMatchObject({ code: 'SIGN_IN_ANSWER_INVALID' })
})

test('the answer of a sign-in is taken once', () => {
  keepQuestion(started, at('/clusters'))
  readArrival(callback, () => undefined)
  expect(readArrival(callback, () => undefined)).toEqual({ kind: 'unasked' })
})

test('a sign-in that begins at the callback returns to the first page', () => {
  keepQuestion(started, callback)
  const urls: string[] = []
  readArrival(callback, (url) => urls.push(url))
  expect(urls).toEqual(['/'])
})

test.each(['//evil.example.com/', '/\\evil.example.com', 'https://evil.example.com/', '', 'null', '{'])(
  'never leaves for %j, whatever the storage holds',
  (page) => {
    kept.set('fairlead.sign-in', page === '{' ? '{' : JSON.stringify({ ...question, page }))
    const urls: string[] = []
    expect(readArrival(callback, (url) => urls.push(url))).toEqual({ kind: 'unasked' })
    expect(urls).toEqual(['/'])
  },
)

describe('wherever a tab was', () => {
  const origin = 'https://console.example.com'
  const head = fc.constantFrom('', '/', '//', '/\\', '/\t/', '/\n/', '\t//', '/.//', '/..//', ' //')
  const part = fc.constantFrom('/', '\\', '.', '?', '#', '%2f', '\t', ' ', 'clusters', 'evil.example.com', ':', '@')
  const text = fc.tuple(head, fc.string({ unit: part })).map((parts) => parts.join(''))
  /** Where a browser would be then. */
  const ends = (urls: readonly string[]) => urls.map((url) => URL.parse(url, origin)?.origin)

  test('it returns to a page of the console, with the answer', () => {
    fc.assert(
      fc.property(text, (left) => {
        const { pathname, search, hash } = Object.assign(new URL(origin), { pathname: left, search: left, hash: left })
        keepQuestion(started, { pathname, search, hash })
        const urls: string[] = []
        expect(readArrival(callback, (url) => urls.push(url))).toMatchObject({ kind: 'answered' })
        expect(ends(urls)).toEqual([origin])
      }),
    )
  })

  test('S9: whatever the storage holds, it stays in the console', () => {
    const page = fc.oneof(text, fc.jsonValue()).map((it) => JSON.stringify({ ...question, page: it }))
    fc.assert(
      fc.property(fc.oneof(page, fc.json(), fc.string()), (held) => {
        kept.set('fairlead.sign-in', held)
        const urls: string[] = []
        readArrival(callback, (url) => urls.push(url))
        expect([ends(urls), kept.size]).toEqual([[origin], 0])
      }),
    )
  })
})

test('any other page is no arrival', () => {
  keepQuestion(started, at('/'))
  expect(readArrival(at('/clusters', '?code=x'), () => expect.unreachable())).toBeNull()
  expect(kept.size).toBe(1)
})
