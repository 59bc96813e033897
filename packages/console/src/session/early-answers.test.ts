/** Early answers, with a `fetch` that answers when told to. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { askEarly, askOrTake } from './early-answers.ts'

const origin = 'https://fairlead.example.com'
const url = (path: string) => `${origin}/api/v1${path}`
const never = new AbortController().signal
const get = (token: string, signal = never) => ({
  method: 'GET',
  headers: { authorization: `Bearer ${token}` },
  signal,
})

let asked: { url: string; answer: PromiseWithResolvers<Response> }[]

beforeEach(() => {
  asked = []
  vi.stubGlobal('location', { origin })
  vi.stubGlobal('fetch', (address: string) => {
    const answer = Promise.withResolvers<Response>()
    asked.push({ url: address, answer })
    return answer.promise
  })
})
afterEach(() => vi.unstubAllGlobals())

test('gives an early answer once, to the first that asks the same with the same token', async () => {
  askEarly('/once', 'mine')
  const first = askOrTake(url('/once'), get('mine'))
  const second = askOrTake(url('/once'), get('mine'))
  asked[0]?.answer.resolve(new Response('early'))
  asked[1]?.answer.resolve(new Response('asked'))
  expect(await (await first).text()).toBe('early')
  expect(await (await second).text()).toBe('asked')
  expect(asked.map((one) => one.url)).toEqual([url('/once'), url('/once')])
})

test('asks anew for another token, another address, or a write', () => {
  askEarly('/other', 'mine')
  void askOrTake(url('/other'), get('theirs'))
  void askOrTake(url('/others'), get('mine'))
  void askOrTake(url('/other'), { ...get('mine'), method: 'POST' })
  expect(asked).toHaveLength(4)
})

test('a failure is met by whoever takes the answer, and by nobody else', async () => {
  askEarly('/failing', 'mine')
  asked[0]?.answer.reject(new TypeError('no connection'))
  await expect(askOrTake(url('/failing'), get('mine'))).rejects.toThrow('no connection')
  void askOrTake(url('/failing'), get('mine'))
  expect(asked).toHaveLength(2)
})

test('whoever gives up waits no longer', async () => {
  askEarly('/slow', 'mine')
  const leaving = new AbortController()
  const answer = askOrTake(url('/slow'), get('mine', leaving.signal))
  leaving.abort(new Error('left'))
  await expect(answer).rejects.toThrow('left')
})
