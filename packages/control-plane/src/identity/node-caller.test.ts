/** What is remembered about nodes between requests, when another replica may revoke them. */
import { createHash, sign } from 'node:crypto'
import { newId } from '@fairlead/contract/names'
import { isProblem } from '@fairlead/contract/problems'
import { nodeHeaders, nodeRequestText } from '@fairlead/contract/wire'
import { expect, test } from 'vitest'
import type { Store } from '../store/store.ts'
import { nodeKey } from '../testing/test-node.ts'
import { NodeRecogniser } from './node-caller.ts'

const origin = 'http://127.0.0.1:1'
const body = new Uint8Array()

function world() {
  const key = nodeKey()
  const id = newId('node')
  const session = newId('nse')
  let revoked = false
  let remembers = true
  let looks = 0
  let onLook = () => {}
  const nodes = {
    keys: async () => {
      onLook()
      return [{ id, public_key: key.publicKey }]
    },
    byId: async () => {
      looks += 1
      const found = { public_key: key.publicKey, revoked_at: revoked ? '2026' : null }
      onLook()
      return found
    },
  }
  const stored = { id: session, node_id: id, expires_at: '9999-01-01' }
  const sessions = { byId: async () => (revoked ? null : stored), valid: async () => [stored] }
  const recogniser = new NodeRecogniser({
    store: { reader: { nodes, sessions } } as unknown as Store,
    clock: Date.now,
    origin,
    onHeard: () => undefined,
    mayRemember: () => remembers,
  })
  let last = Date.now()
  const ask = () => {
    const timestamp = (last += 1)
    const path = '/api/v1/nodes/me/desired_state'
    const bodySha256 = createHash('sha256').update(body).digest('hex')
    const text = nodeRequestText({ method: 'GET', origin, path, bodySha256, session, timestamp })
    const headers = new Map<string, string>([
      [nodeHeaders.node, id],
      [nodeHeaders.session, session],
      [nodeHeaders.timestamp, String(timestamp)],
      [nodeHeaders.signature, sign(null, Buffer.from(text), key.privateKey).toString('base64url')],
    ])
    return recogniser.recognise({ method: 'GET', path, body, header: (name) => headers.get(name) }, 'node')
  }
  return {
    recogniser,
    id,
    ask,
    looks: () => looks,
    revoke: () => (revoked = true),
    deafen: () => (remembers = false),
    onLook: (work: () => void) => (onLook = work),
  }
}

const isRefused = expect.toSatisfy((error: unknown) => isProblem(error, 'NODE_REVOKED'))

test('looks up a node once, until it is forgotten', async () => {
  const { ask, looks, revoke, recogniser, id } = world()
  await ask()
  await ask()
  expect(looks()).toBe(1)
  revoke()
  recogniser.forget(id)
  await expect(ask()).rejects.toEqual(isRefused)
})

test('a revocation that arrives during a lookup is not overwritten by its result', async () => {
  const { ask, revoke, recogniser, id, onLook } = world()
  onLook(() => {
    revoke()
    recogniser.forget(id)
  })
  await ask().catch(() => undefined)
  await expect(ask()).rejects.toEqual(isRefused)
})

test('a revocation that arrives while a fleet is recalled is not overwritten by what was read', async () => {
  const { ask, revoke, recogniser, id, onLook } = world()
  onLook(() => {
    revoke()
    recogniser.forget(id)
  })
  await recogniser.recall()
  await expect(ask()).rejects.toEqual(isRefused)
})

test('a replica that receives no revocations asks the store every time', async () => {
  const { ask, revoke, deafen } = world()
  await ask()
  deafen()
  revoke()
  await expect(ask()).rejects.toEqual(isRefused)
})

test('remembers nothing once messages may have been missed', async () => {
  const { ask, revoke, recogniser } = world()
  await ask()
  revoke()
  recogniser.forgetAll()
  await expect(ask()).rejects.toEqual(isRefused)
})

test('a fleet that was recalled is not looked up, and can be forgotten like any other', async () => {
  const { ask, looks, revoke, recogniser, id } = world()
  await recogniser.recall()
  await ask()
  expect(looks()).toBe(0)
  revoke()
  recogniser.forget(id)
  await expect(ask()).rejects.toEqual(isRefused)
})

test('a replica that receives no revocations recalls nothing', async () => {
  const { ask, looks, deafen, recogniser } = world()
  deafen()
  await recogniser.recall()
  await ask()
  expect(looks()).toBe(1)
})
