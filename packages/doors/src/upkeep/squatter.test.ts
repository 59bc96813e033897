import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { squatterAt } from './squatter.ts'

let stateDir: string
beforeEach(() => (stateDir = mkdtempSync(join(tmpdir(), 'fairlead-state-'))))
afterEach(() => rmSync(stateDir, { recursive: true }))

async function listen(host: string) {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const { port } = server.address() as AddressInfo
  return { port, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) }
}

test.each(['127.0.0.1', '0.0.0.0', '::'])('whoever listens on %s in the agent’s place is named', async (host) => {
  await using server = await listen(host)
  expect(await squatterAt({ port: server.port, stateDir })).toEqual({
    host: `127.0.0.1:${server.port}`,
    uid: process.getuid?.(),
  })
})

test('the user who made the keys is the agent’s, and nobody is in its place', async () => {
  mkdirSync(join(stateDir, 'door'))
  await using server = await listen('127.0.0.1')
  expect(await squatterAt({ port: server.port, stateDir })).toBeNull()
})

test('a port on which nobody listens has no one', async () => {
  const { port } = await (async () => {
    await using server = await listen('127.0.0.1')
    return { port: server.port }
  })()
  expect(await squatterAt({ port, stateDir })).toBeNull()
})
