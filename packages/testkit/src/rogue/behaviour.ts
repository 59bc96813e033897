/** The ways to misbehave in one answer, to be combined in the tables. */
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { ServerResponse } from 'node:http'
import type { Behaviour, Exchange, World } from './rogue-case.ts'

type Text = string | ((world: World) => string)

const textOf = (text: Text, world: World): string => (typeof text === 'string' ? text : text(world))

/** Header names are sent verbatim; a list is sent as several headers. */
export function answer(
  status: number,
  headers: Readonly<Record<string, Text | readonly Text[]>> = {},
  body = '',
): Behaviour {
  return ({ response, world }) => {
    for (const [name, value] of Object.entries(headers)) {
      response.setHeader(
        name,
        Array.isArray(value) ? value.map((text: Text) => textOf(text, world)) : textOf(value as Text, world),
      )
    }
    response.writeHead(status).end(body)
  }
}

/** For a request without a login; one with a login is let in. */
export function challenge(...values: readonly Text[]): Behaviour {
  const ask = answer(401, { 'www-authenticate': values }, '{"errors":[{"code":"UNAUTHORIZED"}]}')
  return (exchange) => (exchange.isAuthorized ? exchange.honest() : ask(exchange))
}

export const redirect = (location: Text, status = 307): Behaviour =>
  answer(status, { location, 'set-cookie': 'session=of-the-registry' })

/** To the same path at the villain, below this one. */
export const elsewhere =
  (path: string, status?: number): Behaviour =>
  (exchange) =>
    redirect(({ villain }) => `https://${villain}${path}${exchange.request.url ?? ''}`, status)(exchange)

export const token = (document: unknown): Behaviour => answer(200, {}, JSON.stringify(document))

/** Behaves this way the first few times, up to this count. */
export const first =
  (times: number, behaviour: Behaviour, then: Behaviour = ({ honest }) => honest()): Behaviour =>
  (exchange) =>
    exchange.attempt <= times ? behaviour(exchange) : then(exchange)

/** A `HEAD` gets an honest answer. */
export const whenRead =
  (behaviour: Behaviour): Behaviour =>
  (exchange) =>
    exchange.request.method === 'HEAD' ? exchange.honest() : behaviour(exchange)

export const silence: Behaviour = () => undefined

export const reset: Behaviour = (exchange) => exchange.reset()

export const hangUp: Behaviour = ({ response }) => void response.socket?.destroy()

/** This many bytes, as fast as they are read. */
export function flood(status: number, bytes: number, headers: Readonly<Record<string, string>> = {}): Behaviour {
  return async ({ response }) => {
    response.writeHead(status, headers)
    const piece = Buffer.alloc(64 * 1024, ' ')
    for (let sent = 0; sent < bytes && (await write(response, piece)); sent += piece.length);
    response.end()
  }
}

/** One byte now and then, forever. */
export function drip(status: number, headers: Readonly<Record<string, string>> = {}, everyMs = 200): Behaviour {
  return async ({ response }) => {
    response.writeHead(status, headers)
    while (await write(response, Buffer.from(' '))) await sleep(everyMs)
  }
}

/** A head that never ends. */
export const dripHead: Behaviour = async ({ response }) => {
  await writeRaw(response, 'HTTP/1.1 200 OK\r\n')
  while (await writeRaw(response, 'x: y\r\n')) await sleep(200)
}

/** Bytes that are not HTTP, or that should not be read. */
export function raw(text: Text): Behaviour {
  return ({ response, world }) => void response.socket?.end(textOf(text, world))
}

/** A header of this many bytes. */
export function vastHeader(status: number, start: string, bytes: number): Behaviour {
  return async ({ response }) => {
    await writeRaw(response, `HTTP/1.1 ${status} Vast\r\n${start}`)
    const piece = 'a'.repeat(64 * 1024)
    for (let sent = 0; sent < bytes && (await writeRaw(response, piece)); sent += piece.length);
    await writeRaw(response, '"\r\ncontent-length: 0\r\n\r\n')
  }
}

/** 256 MiB in a quarter of one: a gzip file may have many members. */
export const gzipBomb: Behaviour = ({ response }) => {
  const member = gzipSync(Buffer.alloc(1024 * 1024, ' '))
  const bomb = Buffer.concat(Array.from({ length: 256 }, () => member))
  response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': bomb.length }).end(bomb)
}

/** Announces the full length, then sends only this much; no ranges, so that each try starts from the beginning. */
export const truncated = (bytes: number): Behaviour =>
  served(async ({ response }, content) => {
    response.writeHead(200, { 'content-length': content.length })
    await write(response, content.subarray(0, bytes))
    response.socket?.destroy()
  })

/** Less than the manifest says, as if that were everything. */
export const shortened = (bytes: number): Behaviour =>
  served(
    ({ response }, content) =>
      void response.writeHead(200, { 'content-length': bytes }).end(content.subarray(0, bytes)),
  )

export const lengthened: Behaviour = served(({ response }, content) => {
  response.writeHead(200).end(Buffer.concat([content, content]))
})

/** One bit is flipped. */
export const corrupted: Behaviour = served(({ response }, content) => {
  const copy = Buffer.from(content)
  const middle = copy.length >> 1
  copy[middle] = (copy[middle] ?? 0) ^ 1
  response.writeHead(200, { 'content-length': copy.length }).end(copy)
})

/** The beginning of the content, then a byte now and then. */
export const dribbled: Behaviour = served(async ({ response }, content) => {
  response.writeHead(200, { 'content-length': content.length })
  const begun = Math.min(1000, content.length >> 2)
  await write(response, content.subarray(0, begun))
  for (let at = begun; await write(response, content.subarray(at, at + 1)); at += 1) await sleep(200)
})

/** Honest to a request that is not let in, and where there is no content. */
function served(behaviour: (exchange: Exchange, content: Buffer) => void | Promise<void>): Behaviour {
  return (exchange) =>
    exchange.content === null || !exchange.isAuthorized
      ? exchange.honest()
      : behaviour(exchange, exchange.content.bytes)
}

/** False if the other side is gone. */
async function write(response: ServerResponse, bytes: Uint8Array): Promise<boolean> {
  if (response.destroyed || response.socket === null) return false
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const gone = (): void => resolve(false)
  response.once('close', gone)
  response.write(bytes, (error) => resolve(!error))
  const written = await promise
  response.off('close', gone)
  return written
}

/** Directly on the connection, past the HTTP server. */
async function writeRaw({ socket }: ServerResponse, text: string): Promise<boolean> {
  if (socket === null || !socket.writable) return false
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const gone = (): void => resolve(false)
  socket.once('close', gone)
  socket.write(text, (error) => resolve(!error))
  const written = await promise
  socket.off('close', gone)
  return written
}
