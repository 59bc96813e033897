import { isProblem } from '@fairlead/contract'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { thrown } from '../testing/thrown.ts'
import { parseJsonBody, readBody } from './request-body.ts'

const json = 'application/json'

test('JSON is read whatever it holds; all else is one problem that quotes nothing', () => {
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

test('a body that lies about its length is cut at the limit', async () => {
  const body = new ReadableStream({
    pull(controller) {
      controller.enqueue(new Uint8Array(1000))
    },
  })
  const request = new Request('http://localhost/', { method: 'POST', body, duplex: 'half' })
  await expect(readBody(request, 5000)).rejects.toSatisfy((error) => isProblem(error, 'REQUEST_TOO_LARGE'))
})
