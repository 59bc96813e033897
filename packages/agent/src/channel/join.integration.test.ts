/** A join to a control plane with its own CA: the hash in the token makes a single paste both sufficient and safe. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startControlPlane, type ControlPlane } from '@fairlead/control-plane'
import { createNetwork, postToApi, type TestNetwork } from '@fairlead/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { connectTo } from './connection.ts'
import { parseControlPlaneAddress } from './control-plane-address.ts'
import { joinNode } from './join.ts'
import { openChannel } from './node-channel.ts'
import { loadIdentity } from './node-identity.ts'

let dir: string
let plane: ControlPlane
let network: TestNetwork

// On loopback, an https origin means that a proxy terminates TLS, so this server listens on an address that other machines can reach.
beforeAll(async () => {
  network = await createNetwork()
})
afterAll(() => network.stop())
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fairlead-tls-'))
  const listen = `${network.hostAddress}:0`
  plane = await startControlPlane({ listen, dataDir: join(dir, 'p'), logLevel: 'silent' })
})
afterEach(async () => {
  await plane.close()
  await rm(dir, { recursive: true })
})

async function joinToken(): Promise<string> {
  const { id } = await postToApi(plane, '/clouds', { name: 'trial', provider: 'local' })
  return (await postToApi<{ token: string }>(plane, `/clouds/${id}/join_tokens`)).token
}

const options = (token: string) => ({
  host: plane.origin,
  admission: { kind: 'token', token, provider: 'local' } as const,
  name: 'node-1',
  checker: false,
  stateDir: join(dir, 'node'),
  caFile: null,
})

describe('a join over TLS', () => {
  test('the token names the CA, which is stored and used from then on', async () => {
    await joinNode(options(await joinToken()))
    const identity = (await loadIdentity(join(dir, 'node')))!
    expect(identity.caPem).toContain('BEGIN CERTIFICATE')
    await using connection = connectTo(parseControlPlaneAddress(identity.host), identity.caPem)
    const answer = await openChannel(identity, connection).desiredState(null, 0, new AbortController().signal)
    expect(answer.status).toBe(200)
  })

  test('a token that names another CA is not sent', async () => {
    const token = (await joinToken()).replace(/\.[0-9a-f]{64}$/, `.${'0'.repeat(64)}`)
    await expect(joinNode(options(token))).rejects.toMatchObject({ code: 'CONTROL_PLANE_TLS' })
    expect(await loadIdentity(join(dir, 'node'))).toBeNull()
  })

  test('a token without a hash relies on the system’s CAs, which do not know this one', async () => {
    const token = (await joinToken()).split('.')[0] ?? ''
    await expect(joinNode(options(token))).rejects.toMatchObject({ code: 'CONTROL_PLANE_TLS' })
  })

  test('a CA file works too, and a missing one has its own problem', async () => {
    const token = await joinToken()
    await expect(joinNode({ ...options(token), caFile: join(dir, 'none.pem') })).rejects.toMatchObject({
      code: 'CONFIG_FILE_UNREADABLE',
    })
    await joinNode({ ...options(token.split('.')[0] ?? ''), caFile: plane.caFile })
    expect(await loadIdentity(join(dir, 'node'))).not.toBeNull()
  })
})
