import type { IncomingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import { isProblem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import { thrown } from '../testing/thrown.ts'
import { parseJsonBody, readBody, type BodySource } from './request-body.ts'
import { UnverifiedBytes } from './unverified-bytes.ts'

const json = 'application/json'

afterEach(() => void vi.useRealTimers())

test('reads any JSON; everything else is one problem that quotes nothing', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.json().map((text) => new TextEncoder().encode(text)),
  )
  fc.assert(
    fc.property(bytes, (body) => {
      const error = thrown(() => parseJsonBody(body, json))
      return (
        error === null || (isProblem(error, 'REQUEST_MALFORMED') && error.message === 'the request body is not JSON')
      )
    }),
  )
})

test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;x=y'])('%s is JSON', (type) => {
  expect(parseJsonBody(Buffer.from('{"a":1}'), type)).toEqual({ a: 1 })
})

test.each(['text/plain', 'application/jsonx', 'application/x-www-form-urlencoded', undefined])('%s is not', (type) => {
  expect(() => parseJsonBody(Buffer.from('{}'), type)).toThrow('not JSON')
})

test('cuts off a body with a false length at the limit', async () => {
  const body = new Readable({
    read() {
      this.push(new Uint8Array(1000))
    },
  })
  await expect(readBody(sent(body), 5000, null)).rejects.toSatisfy((error) => isProblem(error, 'REQUEST_TOO_LARGE'))
})

test('S9: unpacks nothing: a body in an encoding is no request', async () => {
  const packed = sent(Readable.from([Buffer.from('{}')]), { 'content-encoding': 'gzip' })
  await expect(readBody(packed, 5000, null)).rejects.toSatisfy((error) => isProblem(error, 'REQUEST_MALFORMED'))
})

const sent = (body: Readable, headers: IncomingHttpHeaders = {}): BodySource => Object.assign(body, { headers })

/** Sends this many bytes, one every `everyMs`, and then nothing. */
function trickle(bytes: number, everyMs: number): BodySource {
  let count = 0
  return sent(
    new Readable({
      highWaterMark: 1,
      read() {
        if (count === bytes) return
        count += 1
        if (count === 1) this.push(new Uint8Array(1))
        else setTimeout(() => this.push(new Uint8Array(1)), everyMs)
      },
    }),
  )
}

test.each([
  ['stops', trickle(3, 100), 5_300],
  ['never ends', trickle(1000, 1000), 30_100],
])('drops a body that %s, and releases its bytes', async (_, body, afterMs) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const held = new UnverifiedBytes({ all: 5000, each: 5000 })
  const read = (async () => {
    using room = held.room('10.0.0.1')
    return await readBody(body, 5000, room)
  })().catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(1000)
  expect(held.size).toBeGreaterThan(0)
  await vi.advanceTimersByTimeAsync(afterMs - 1000)
  expect(isProblem(await read, 'REQUEST_TOO_SLOW')).toBe(true)
  expect(held.size).toBe(0)
})
