/** What the SDK gets from Node's http client: the answer, and nothing from anywhere else. */
import { once } from 'node:events'
import { createServer, request, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FetchRequest } from '@fairlead/sdk'
import { expect, test } from 'vitest'
import { httpFetch } from './http-fetch.ts'

const fetch = httpFetch(request)

test('sends what it is given, and gives status, headers and body', async () => {
  await using server = await listen(async (asked, response) => {
    const chunks = await asked.toArray()
    const { authorization, 'content-length': length } = asked.headers
    response.writeHead(201, { 'retry-after': '7' })
    response.end([asked.method, asked.url, authorization, length, Buffer.concat(chunks).toString()].join(' '))
  })
  const headers = { authorization: 'Bearer x' }
  const answer = await fetch(`${server.origin}/a?b=c`, { ...get, method: 'POST', headers, body: 'é' })
  expect([answer.status, answer.headers.get('Retry-After'), answer.headers.get('other')]).toEqual([201, '7', null])
  expect(await textOf(answer)).toBe('POST /a?b=c Bearer x 2 é')
})

test('does not follow a redirect', async () => {
  let asked = 0
  await using server = await listen((_request, response) => {
    asked += 1
    response.writeHead(302, { location: '/elsewhere' }).end()
  })
  expect((await fetch(server.origin, get)).status).toBe(302)
  expect(asked).toBe(1)
})

test('closes the connection of an answer that its reader leaves', async () => {
  const { promise: closed, resolve } = Promise.withResolvers<string>()
  await using server = await listen((_request, response) => {
    response.write('first')
    response.on('close', () => resolve('closed'))
  })
  const reader = (await fetch(server.origin, get)).body?.getReader()
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('first')
  await reader?.cancel()
  expect(await closed).toBe('closed')
})

test('is refused by a server that answers with another protocol', async () => {
  await using server = await listen((_request, response) => {
    response.writeHead(101, { connection: 'upgrade', upgrade: 'other' }).end()
  })
  await expect(fetch(server.origin, get)).rejects.toThrow('without an answer')
})

test('ends with the signal, before the answer and within it', async () => {
  await using silent = await listen(() => undefined)
  const before = new AbortController()
  const waiting = fetch(silent.origin, { ...get, signal: before.signal })
  before.abort()
  await expect(waiting).rejects.toThrow('aborted')

  await using slow = await listen((_request, response) => response.write('first'))
  const within = new AbortController()
  const answer = await fetch(slow.origin, { ...get, signal: within.signal })
  const reading = textOf(answer)
  within.abort()
  await expect(reading).rejects.toThrow('aborted')
})

const get: FetchRequest = { method: 'GET', headers: {}, signal: new AbortController().signal, redirect: 'manual' }

async function textOf({ body }: Awaited<ReturnType<typeof fetch>>): Promise<string> {
  const reader = body?.getReader()
  const chunks: Uint8Array[] = []
  for (;;) {
    const { done = true, value } = (await reader?.read()) ?? {}
    if (done) return Buffer.concat(chunks).toString()
    if (value) chunks.push(value)
  }
}

async function listen(answer: (...asked: Parameters<RequestListener>) => unknown) {
  const server = createServer((...asked) => void answer(...asked)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
