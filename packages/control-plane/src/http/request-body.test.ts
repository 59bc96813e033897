import type { IncomingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import { isProblem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
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

describe('a Content-Type', () => {
  const isJson = (type: string) => thrown(() => parseJsonBody(Buffer.from('{}'), type)) === null

  /** RFC 9110, section 5.6. */
  const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/)
  const quoted = fc.stringMatching(/^"(?:[\t !\u0023-\u005b\u005d-\u007e]|\\[\t -~]){0,12}"$/)
  const white = fc.stringMatching(/^[ \t]{0,3}$/)
  const parameter = fc.tuple(token, fc.oneof(token, quoted)).map((pair) => pair.join('='))
  const parameters = fc
    .array(fc.tuple(white, white, fc.oneof(parameter, fc.constant(''))))
    .map((all) => all.map(([before, after, text]) => `${before};${after}${text}`).join(''))

  test('of JSON may have any parameters, in any case and with any white space (RFC 9110, section 8.3.1)', () => {
    fc.assert(
      fc.property(fc.mixedCase(fc.constant(json)), parameters, (type, rest) => {
        expect(isJson(type + rest)).toBe(true)
      }),
    )
  })

  test('of any other type is not of JSON, whatever its parameters name', () => {
    const type = fc.tuple(token, token).map((pair) => pair.join('/'))
    const other = fc.oneof(
      type,
      token,
      fc.constantFrom('', `x${json}`, `${json}x`, ` ${json}`, `${json} x`, `${json},`),
    )
    fc.assert(
      fc.property(other, parameters, (name, rest) => {
        fc.pre(name.toLowerCase() !== json)
        expect([isJson(name + rest), isJson(`${name}; ${json}`)]).toEqual([false, false])
      }),
    )
  })

  test('S9: is of JSON or REQUEST_MALFORMED for any text', () => {
    fc.assert(
      fc.property(fc.constantFrom('', json), fc.uint8Array(), (head, tail) => {
        const error = thrown(() => parseJsonBody(Buffer.from('{}'), head + Buffer.from(tail).toString('latin1')))
        expect(error === null || isProblem(error, 'REQUEST_MALFORMED')).toBe(true)
      }),
    )
  })

  test.each([' ', '\t', ';', '; ', '"', 'a='])('S9: with a mebibyte of %j is read in linear time', (unit) => {
    const tail = unit.repeat(2 ** 20 / unit.length)
    expect([isJson(`${tail}x`), isJson(`${json}${tail}x`), isJson(`${json};${tail}x`)]).toEqual([
      false,
      unit.startsWith(';'),
      true,
    ])
  })
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
