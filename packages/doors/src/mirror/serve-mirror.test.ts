/** How many connections the mirror keeps, and for how long: whoever holds more, or longer, keeps no engine out. */
import { readFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls'
import { eventually, freePort, newFolder } from '@fairlead/testkit'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { keysOf } from '../engines/mirror-place.ts'
import { GivenTime } from '../testing/given-time.ts'
import { openMirrorKeys } from './keys.ts'
import { serveMirror, type RunningMirror } from './serve-mirror.ts'

let port: number
let mirror: RunningMirror
let docker: SecureContext
let session: Buffer | undefined

beforeEach(async () => {
  port = await freePort()
  session = undefined
  const folder = newFolder('serve-mirror')
  const identity = await openMirrorKeys(folder, Date.now())
  const { ca, certificate, key } = keysOf('docker', folder)
  docker = createSecureContext({ ca: readFileSync(ca), cert: readFileSync(certificate), key: readFileSync(key) })
  const notAsked = () => {
    throw new Error('a ping asks for nothing')
  }
  const parts = { doorFor: notAsked, requireDoor: notAsked, proofOf: notAsked }
  mirror = await serveMirror({ port, identity, engineUser: process.getuid?.() ?? 0 }, parts)
})
afterEach(() => mirror[Symbol.asyncDispose]())

/** Asks once and stays; null if it was cut off instead of served. */
function stay(): Promise<TLSSocket | null> {
  // Resumed, after the first: a whole handshake costs milliseconds.
  const resumed = session === undefined ? {} : { session }
  const place = { host: '127.0.0.1', port, secureContext: docker, checkServerIdentity: () => undefined }
  const socket = connect({ ...place, ...resumed })
  onTestFinished(() => void socket.destroy())
  socket.once('session', (ticket) => (session ??= ticket))
  socket.write(`GET /v2/ HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`)
  return new Promise((resolve) => {
    socket.once('data', () => resolve(socket))
    socket.on('close', () => resolve(null)).on('error', () => undefined)
  })
}

test(
  'S9: engines have 1,024 connections at once; another one is cut off as it asks, until one of them ends',
  { timeout: 120_000 },
  async () => {
    const held = [await stay()]
    while (held.length < 1024) {
      // Few enough that all of them may still be in their handshakes.
      const more = Array.from({ length: Math.min(64, 1024 - held.length) }, stay)
      held.push(...(await Promise.all(more)))
    }
    expect(held).not.toContain(null)
    expect(await stay()).toBeNull()
    held[0]?.destroy()
    await eventually(async () => (await stay()) ?? undefined, { what: 'there is room for another' })
  },
)

test('S9: whoever has not finished the handshake within 10 s is cut off', async () => {
  using given = new GivenTime()
  const client = new Socket().connect(port, '127.0.0.1').resume()
  const closed = new Promise((resolve) => client.once('close', resolve))
  const server = await eventually(() => given.socketWith(10_000), { what: 'the handshake has a limit' })
  server.emit('timeout')
  await closed
})

test('S9: a connection without a byte for five minutes is cut off', async () => {
  using given = new GivenTime()
  const engine = await stay()
  const closed = new Promise((resolve) => engine?.once('close', resolve))
  expect(given.socketWith(300_000)?.emit('timeout')).toBe(true)
  await closed
})
