/** S15: the address is checked when the socket connects, whatever the name resolved to before. */
import type { lookup } from 'node:dns'
import { createServer, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problem } from '@fairlead/contract/problems'
import type { JudgeUser } from '../../loopback/trusted-server.ts'
import { guardedConnector } from './guarded-connect.ts'

let server: Server
let connections = 0
let port = ''

beforeAll(async () => {
  server = createServer(() => {
    connections += 1
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  port = String((server.address() as AddressInfo).port)
})
afterAll(() => server.close())

/** A resolver with answers set by the test. */
function resolver(...answers: string[][]): typeof lookup {
  return ((_: string, __: object, callback: (error: null, found: object[]) => void) => {
    const addresses = answers.length > 1 ? answers.shift() : answers[0]
    callback(
      null,
      (addresses ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  }) as unknown as typeof lookup
}

async function connect(
  hostname: string,
  allowLoopback: boolean,
  resolve?: typeof lookup,
  judgeUser: JudgeUser = () => null,
): Promise<string> {
  const connector = guardedConnector({
    ca: null,
    allowLoopback,
    timeoutMs: 1000,
    judgeUser,
    ...(resolve && { resolve }),
  })
  const { promise, resolve: settle } = Promise.withResolvers<string>()
  connector({ hostname, host: `${hostname}:${port}`, protocol: 'http:', port }, (error, socket) => {
    socket?.destroy()
    settle(error ? ((error as NodeJS.ErrnoException).code ?? error.name) : 'connected')
  })
  return promise
}

describe('S15: a socket connects', () => {
  test('to loopback if the file of the node lists it', async () => {
    expect(await connect('127.0.0.1', true)).toBe('connected')
    expect(await connect('registry.example.com', true, resolver(['127.0.0.1']))).toBe('connected')
  })

  test.each(['127.0.0.1', '0.0.0.0', '169.254.169.254', '::1', '::ffff:127.0.0.1', '::', 'fe80::1'])(
    'not to %s elsewhere, whether written or resolved',
    async (address) => {
      const before = connections
      expect(await connect(address, false)).toBe('FAIRLEAD_ADDRESS_REFUSED')
      expect(await connect('registry.example.com', false, resolver([address]))).toBe('FAIRLEAD_ADDRESS_REFUSED')
      expect(connections).toBe(before)
    },
  )

  test('never to the metadata service, listed or not', async () => {
    expect(await connect('169.254.169.254', true)).toBe('FAIRLEAD_ADDRESS_REFUSED')
    expect(await connect('registry.example.com', true, resolver(['169.254.169.254']))).toBe('FAIRLEAD_ADDRESS_REFUSED')
  })

  test('not if one of several addresses is refused', async () => {
    expect(await connect('registry.example.com', true, resolver(['127.0.0.1', '169.254.169.254']))).toBe(
      'FAIRLEAD_ADDRESS_REFUSED',
    )
  })

  test('not if a name resolves to another address between two connections', async () => {
    const turning = resolver(['127.0.0.1'], ['169.254.169.254'])
    expect(await connect('registry.example.com', true, turning)).toBe('connected')
    expect(await connect('registry.example.com', true, turning)).toBe('FAIRLEAD_ADDRESS_REFUSED')
  })

  test('S23: to loopback over plain http only if the user who owns the server may have a login', async () => {
    const judge = (uid: number) =>
      uid === process.getuid?.() ? problem('REGISTRY_OF_ANOTHER_USER', { registry: 'localhost', uid }) : null
    expect(await connect('127.0.0.1', true, undefined, judge)).toBe('REGISTRY_OF_ANOTHER_USER')
    expect(await connect('registry.example.com', true, resolver(['127.0.0.1']), judge)).toBe('REGISTRY_OF_ANOTHER_USER')
  })
})
