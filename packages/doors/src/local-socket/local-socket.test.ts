/** The agent's login socket: who may ask, what is answered, and what happens if nothing answers. */
import { chownSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '@fairlead/testkit'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { DoorQuestion } from '../door.ts'
import { GivenTime } from '../testing/given-time.ts'
import { askAgent } from './ask-agent.ts'
import { parseQuestion, serveLogins, type AnswerQuestion } from './serve-logins.ts'

const uid = process.getuid?.() ?? 0
const question: DoorQuestion = { door: 'docker', input: 'a.example.com', maps: ['/etc/fairlead/map.yaml'] }
const answer = { stdout: 'x'.repeat(100_000), stderr: '', status: 0 }

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-socket-'))
  path = join(folder, 'logins.sock')
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('a running agent', () => {
  test('answers one question after another, and many at once', async () => {
    const asked: DoorQuestion[] = []
    await using _server = await serveLogins(path, async (got) => {
      asked.push(got)
      return { ...answer, stderr: got.input }
    })
    const inputs = Array.from({ length: 20 }, (_, index) => `r${index}.example.com`)
    const answers = await Promise.all(inputs.map((input) => askAgent(path, { ...question, input }, uid)))
    expect(answers.map((got) => got?.stderr)).toEqual(inputs)
    expect(answers[0]?.stdout).toBe(answer.stdout)
    expect(asked[0]).toMatchObject({ door: 'docker', maps: question.maps })
  })

  test('lets only its own user connect', async () => {
    await using _server = await serveLogins(path, () => Promise.resolve(answer))
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('replaces a socket left behind by a killed agent', async () => {
    writeFileSync(path, '')
    await using _server = await serveLogins(path, () => Promise.resolve(answer))
    expect(await askAgent(path, question, uid)).toEqual(answer)
  })

  test('says so if it cannot answer', async () => {
    await using _server = await serveLogins(path, () => Promise.resolve(null))
    expect(await askAgent(path, question, uid)).toBeNull()
  })

  test('S9: is believed up to 512 KiB, and not one byte more', async () => {
    const fixed = JSON.stringify({ ...answer, stdout: '' }).length
    const long = 'x'.repeat(512 * 1024 - fixed)
    let more = ''
    await using _server = await serveLogins(path, () => Promise.resolve({ ...answer, stdout: long + more }))
    expect((await askAgent(path, question, uid))?.stdout).toBe(long)
    more = 'x'
    expect(await askAgent(path, question, uid)).toBeNull()
  })

  test('S9: hangs up on a client that has not asked within 10 s', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    await using _server = await serveLogins(path, () => Promise.resolve(answer))
    const client = connect(path)
    let ended = false
    client.on('close', () => (ended = true)).resume()
    await vi.waitUntil(() => vi.getTimerCount() > 0)
    vi.advanceTimersByTime(9_999)
    await nextTurn()
    expect(ended).toBe(false)
    vi.advanceTimersByTime(1)
    await vi.waitUntil(() => ended)
  })

  test('S9: answers 64 clients at once, and another only once one of them is gone', async () => {
    let asked = 0
    await using _server = await serveLogins(path, ({ input }) => {
      asked += 1
      return input === '' ? Promise.resolve(answer) : new Promise(() => {})
    })
    const held = Array.from({ length: 64 }, () => connect(path).resume())
    for (const client of held) client.write(`${JSON.stringify(question)}\n`)
    await eventually(() => asked === 64 || undefined, { what: 'all of them have asked' })
    const quick = { ...question, input: '' }
    expect(await askAgent(path, quick, uid)).toBeNull()
    held[0]?.destroy()
    await eventually(async () => (await askAgent(path, quick, uid)) ?? undefined, { what: 'there is room for another' })
    for (const client of held) client.destroy()
  })

  test('S9: keeps no more than 128 KiB of a client, even of one that sends on after its question', async () => {
    const { promise: over, resolve } = Promise.withResolvers<void>()
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    await using _server = await serveLogins(path, (_, signal) => {
      signal.addEventListener('abort', () => resolve())
      begin()
      return new Promise(() => {})
    })
    const client = connect(path).on('error', () => {})
    client.write(`${JSON.stringify(question)}\n`)
    await begun
    client.write('x'.repeat(128 * 1024))
    await over
  })

  test('S9: works on an answer for 50 s, and not longer', async () => {
    const over = new AbortController()
    using limits = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(over.signal)
    const { promise: begun, resolve: begin } = Promise.withResolvers<AbortSignal>()
    await using _server = await serveLogins(path, (_, signal) => {
      begin(signal)
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(null)))
    })
    const asked = askAgent(path, question, uid)
    const signal = await begun
    expect([limits.mock.calls, signal.aborted]).toEqual([[[50_000]], false])
    over.abort()
    expect(await asked).toBeNull()
  })

  test('S9: that says nothing is waited for for 60 s, and not longer', async () => {
    using given = new GivenTime()
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    await using _server = await serveLogins(path, () => {
      begin()
      return new Promise(() => {})
    })
    const asked = askAgent(path, question, uid)
    await begun
    expect(given.socketWith(60_000)?.emit('timeout')).toBe(true)
    expect(await asked).toBeNull()
  })

  test('stops the work for a client that disconnected', async () => {
    const { promise: stopped, resolve } = Promise.withResolvers<void>()
    const waits: AnswerQuestion = (_, signal) =>
      new Promise((done) => {
        signal.addEventListener('abort', () => {
          resolve()
          done(null)
        })
      })
    await using _server = await serveLogins(path, waits)
    const client = connect(path)
    client.write(`${JSON.stringify(question)}\n`)
    setTimeout(() => client.destroy(), 50)
    await stopped
  })

  test('closes its connections when it ends', async () => {
    const server = await serveLogins(path, () => new Promise(() => {}))
    const asked = askAgent(path, question, uid)
    await sleep(50)
    await server[Symbol.asyncDispose]()
    expect(await asked).toBeNull()
  })
})

test('S21: root’s agent also answers other users', async () => {
  await using _server = await serveLogins(path, () => Promise.resolve(answer))
  expect(await askAgent(path, question, uid === 0 ? 65_534 : uid)).toEqual(answer)
})

test('S9: whatever answers on the socket, it is an answer of the door, or none', async () => {
  let said: Uint8Array | string = ''
  await using server = createServer((socket) =>
    socket
      .on('error', () => undefined)
      .resume()
      .end(said),
  )
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const near = fc.record(
    { stdout: fc.jsonValue(), stderr: fc.jsonValue(), status: fc.jsonValue() },
    { requiredKeys: [] },
  )
  const right = fc.record({ stdout: fc.string(), stderr: fc.string(), status: fc.integer() })
  const other = fc.oneof(right, near).map((value) => JSON.stringify({ ...value, more: 1 }))
  const field = fc.constantFrom('stdout', 'stderr', 'status')
  const changed = fc
    .tuple(right, field, fc.constantFrom<unknown>({}, [], null, 'x', 7))
    .map(([value, name, its]) => JSON.stringify({ ...value, [name]: its }))
  await fc.assert(
    fc.asyncProperty(fc.oneof(other, changed, fc.string(), fc.json(), fc.uint8Array()), async (bytes) => {
      said = bytes
      const { stdout, stderr, status, ...rest } = (await askAgent(path, question, uid)) ?? {
        stdout: '',
        stderr: '',
        status: 0,
      }
      expect([typeof stdout, typeof stderr, typeof status, rest]).toEqual(['string', 'string', 'number', {}])
    }),
  )
  await fc.assert(
    fc.asyncProperty(right, async (value) => {
      said = JSON.stringify(value)
      expect(await askAgent(path, question, uid)).toEqual(value)
    }),
  )
})

describe('asks no agent', () => {
  test('if there is no socket', async () => {
    expect(await askAgent(path, question, uid)).toBeNull()
  })

  // As for whoever may not look into the folder of root's agent; root may look into all of them.
  test('if its folder cannot be looked into', async () => {
    const loop = join(folder, 'loop')
    symlinkSync(loop, loop)
    expect(await askAgent(join(loop, 'logins.sock'), question, uid)).toBeNull()
  })

  test('if a file is in its place', async () => {
    writeFileSync(path, JSON.stringify(answer))
    expect(await askAgent(path, question, uid)).toBeNull()
  })

  test('if the socket belongs to another user, who could hand out a different login', async () => {
    let asked = 0
    await using _server = await serveLogins(path, () => {
      asked += 1
      return Promise.resolve(answer)
    })
    // Everybody may trust root's own socket, so when root runs this test the socket is given to another user.
    if (uid === 0) chownSync(path, 65_534, 65_534)
    expect(await askAgent(path, question, uid + 1)).toBeNull()
    expect(asked).toBe(0)
  })
})

describe('S9: an invalid question', () => {
  test.each([
    ['another door', { ...question, door: 'ssh' }],
    ['a field more', { ...question, policy: '/tmp/x' }],
    ['a map without a full path', { ...question, maps: ['map.yaml'] }],
    ['too many maps', { ...question, maps: Array.from({ length: 9 }, () => '/m') }],
  ])('has %s', (_, given) => {
    expect(parseQuestion(JSON.stringify(given))).toBeNull()
  })

  test('includes any arbitrary text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(parseQuestion(text)).toBeNull()
      }),
    )
  })

  test('gets no answer, and the agent survives', async () => {
    await using _server = await serveLogins(path, () => Promise.resolve(answer))
    const say = (text: string) =>
      new Promise<string>((resolve) => {
        let heard = ''
        const client = connect(path)
        client.on('data', (part) => (heard += part.toString()))
        client.on('error', () => {})
        client.on('close', () => resolve(heard))
        client.write(`${text}\n`)
      })
    expect(await say('GET / HTTP/1.1\r\n\r\n')).toBe('')
    expect(await say(JSON.stringify({ ...question, input: 'x'.repeat(200_000) }))).toBe('')
    expect(await askAgent(path, question, uid)).toEqual(answer)
  })
})
