import { newId } from '@fairlead/contract/names'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { eventReader } from '../testing/event-reader.ts'
import { testControlPlane, type TestControlPlane } from '../testing/test-control-plane.ts'
import { OpenStreams } from './open-streams.ts'

vi.setConfig({ testTimeout: 60_000 })

let running: TestControlPlane
beforeAll(async () => {
  running = await testControlPlane()
})
afterAll(() => running[Symbol.asyncDispose]())

const aToken = () => ({ id: newId('tok'), identity: null })
const aSession = (subject: string) => ({
  id: newId('tok'),
  identity: { issuer: 'https://login.example.com', subject },
})

test('limits the open streams of a token, and has room again once one has ended', async () => {
  const streams = new OpenStreams(2)
  const [mine, other] = [aToken(), aToken()]
  async function* texts() {
    yield 'a'
    yield 'b'
  }
  const first = streams.counted(mine, texts())
  const second = streams.counted(mine, texts())
  streams.requireRoom(mine)
  expect([(await first.next()).value, (await second.next()).value]).toEqual(['a', 'a'])
  expect(() => streams.requireRoom(mine)).toThrow(expect.objectContaining({ code: 'TOO_MANY_STREAMS' }))
  // Requested before the others were counted.
  expect(await streams.counted(mine, texts()).next()).toEqual({ done: true, value: undefined })
  streams.requireRoom(other)
  await first.return(undefined)
  streams.requireRoom(mine)
})

test('limits the open streams of all sessions of one person together', async () => {
  const streams = new OpenStreams(1)
  async function* texts() {
    yield 'a'
  }
  const open = streams.counted(aSession('ada'), texts())
  await open.next()
  expect(() => streams.requireRoom(aSession('ada'))).toThrow(expect.objectContaining({ code: 'TOO_MANY_STREAMS' }))
  expect(await streams.counted(aSession('ada'), texts()).next()).toEqual({ done: true, value: undefined })
  streams.requireRoom(aSession('bob'))
  await open.return(undefined)
  streams.requireRoom(aSession('ada'))
})

test('a token with hundreds of open streams cannot open more, but can do everything else', async () => {
  const token = (await running.admin.post('/api_tokens', { name: 'many', role: 'viewer' })).body.result.token as string
  const { origin } = running.plane
  const open = await Promise.all(Array.from({ length: 200 }, () => eventReader(origin, token)))
  await Promise.all(open.map((stream) => stream.until('hello')))
  const caller = running.as(token)
  const refused = await fetch(`${origin}/api/v1/events`, { headers: { authorization: `Bearer ${token}` } })
  expect(refused.status).toBe(429)
  expect(refused.headers.get('retry-after')).toBe('5')
  expect(await refused.json()).toMatchObject({ code: 'TOO_MANY_STREAMS' })
  expect((await caller.get('/clouds')).status).toBe(200)
  const another = await eventReader(origin, running.plane.adminToken ?? '')
  await another.until('hello')
  // Notices when a client closes its stream.
  open[0]?.close()
  await vi.waitFor(
    async () => {
      const again = await eventReader(origin, token)
      open.push(again)
      expect(await again.until('hello')).toContain('hello')
    },
    { timeout: 20_000, interval: 200 },
  )
  for (const stream of [...open, another]) stream.close()
})
