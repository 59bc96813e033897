/** Whether the agent serves the doors, asked as an engine would ask: only the mirror that has this machine's keys counts. */
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:https'
import { freePort, newFolder } from '@fairlead/testkit'
import { problem } from '@fairlead/contract/problems'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { keysOf } from '../engines/mirror-place.ts'
import { openMirrorKeys } from '../mirror/keys.ts'
import { serveMirror } from '../mirror/serve-mirror.ts'
import { askMirror } from './ask-mirror.ts'
import { proofOf } from './probe.ts'

let stateDir: string
let port: number
let server: AsyncDisposable

beforeEach(async () => {
  stateDir = newFolder('ask-mirror')
  port = await freePort()
  server = await serve(stateDir, stateDir)
})
afterEach(() => server[Symbol.asyncDispose]())

/** With the keys of one folder, and proofs made with those of another. */
async function serve(identityDir: string, proofDir: string): Promise<AsyncDisposable> {
  const identity = await openMirrorKeys(identityDir, Date.now())
  const key = await readFile(keysOf('docker', proofDir).key)
  return serveMirror(
    { port, identity, engineUser: process.getuid?.() ?? 0 },
    {
      doorFor: () => {
        throw problem('INTERNAL')
      },
      requireDoor: () => undefined,
      proofOf: (_, nonce) => proofOf(key, nonce),
    },
  )
}

const ask = (engine: 'docker' | 'podman' = 'docker') =>
  askMirror({ registry: 'r.example.com:5000', engine, mirror: { port, stateDir } }, new AbortController().signal)

test('the agent with this machine’s keys serves the doors', async () => {
  expect(await ask()).toBe(true)
})

test('without a proof that needs the engine’s own key, nothing is shown', async () => {
  expect(await ask('podman')).toBe(false)
})

test('where nothing listens, nobody serves', async () => {
  await server[Symbol.asyncDispose]()
  expect(await ask()).toBe(false)
})

test('before the agent has made its keys, nobody serves', async () => {
  await rm(stateDir, { recursive: true })
  expect(await ask()).toBe(false)
})

test('a server with keys of its own is not the agent', async () => {
  await server[Symbol.asyncDispose]()
  await using _impostor = await serve(newFolder('impostor'), stateDir)
  expect(await ask()).toBe(false)
})

test('a server that answers with another protocol is not the agent', async () => {
  await server[Symbol.asyncDispose]()
  const { ca, certificate, key } = await openMirrorKeys(stateDir, Date.now())
  const other = createServer({ ca, cert: certificate, key }, (_request, response) => {
    response.writeHead(101, { connection: 'upgrade', upgrade: 'other' }).end()
  }).listen(port, '127.0.0.1')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  expect(await ask()).toBe(false)
})
