/** Other users' servers on loopback, in place of a control plane or registry that is down: they are sent nothing. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseImageReference } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { startServerOfAnotherUser, type ServerOfAnotherUser } from '@fairlead/testkit'
import { buildConnector } from 'undici'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { agentStatus } from '../process/agent-status.ts'
import { connectAs, connectTo } from './connection.ts'
import { parseControlPlaneAddress } from './control-plane-address.ts'
import { joinNode } from './join.ts'
import { loadIdentity } from './node-identity.ts'
import { bindTo } from '@fairlead/credential-path/match/bind-to'
import { Redacted } from '@fairlead/credential-path/match/redacted'
import { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import { openRegistryClient } from '@fairlead/credential-path/registry/registry-client'
import { trustedServerConnector } from '@fairlead/credential-path/loopback/trusted-server'

const nobody = 65_534
const daemon = 1
const quiet = new AbortController().signal

const health = {
  method: 'GET',
  path: '/healthz',
  headers: { authorization: 'canary-7f3a' },
  body: null,
  limitBytes: 4096,
  timeoutMs: 5_000,
} as const

async function ask(host: string): Promise<unknown> {
  await using connection = connectTo(parseControlPlaneAddress(host), null)
  return await connection.send(health, quiet)
}

describe('in place of a control plane', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['127.0.0.1', 'localhost'],
    ['::1', '[::1]'],
    ['::', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.1'],
  ])('S2: a server of another user at %s gets no byte of a request to %s', async (address, name) => {
    await using server = await startServerOfAnotherUser({ uid: nobody, address })
    await expect(ask(`http://${name}:${server.port}`)).rejects.toMatchObject({
      code: 'CONTROL_PLANE_OF_ANOTHER_USER',
      facts: { uid: nobody },
    })
    expect(await server.sent(1)).toEqual([''])
  })

  test('a server that root runs is used', async () => {
    await using server = await startServerOfAnotherUser({ uid: 0, answer: {} })
    await expect(ask(`http://127.0.0.1:${server.port}`)).resolves.toMatchObject({ status: 200 })
  })

  test('S2: a server of another user that has not accepted the connection yet gets no byte', async () => {
    await using server = await startServerOfAnotherUser({ uid: nobody })
    server.kill('SIGSTOP')
    const judge = (uid: number) => problem('CONTROL_PLANE_OF_ANOTHER_USER', { host: 'x', uid })
    const open = trustedServerConnector(buildConnector({}), judge, 200)
    const { promise, resolve } = Promise.withResolvers<unknown>()
    const port = String(server.port)
    open({ hostname: '127.0.0.1', host: `127.0.0.1:${port}`, protocol: 'http:', port }, (...[error]) => resolve(error))
    expect(await promise).toMatchObject({ name: 'TimeoutError' })
    server.kill('SIGCONT')
    expect(await server.sent(1)).toEqual([''])
  })

  describe('running as another user', () => {
    let stateDir: string
    beforeEach(async () => {
      stateDir = await mkdtemp(join(tmpdir(), 'fairlead-other-user-'))
    })
    afterEach(() => rm(stateDir, { recursive: true }))

    const joinAt = (server: ServerOfAnotherUser) => {
      const admission = { kind: 'token', token: `fjt_${'a'.repeat(43)}`, provider: 'local' } as const
      const host = `http://127.0.0.1:${server.port}`
      return joinNode({ host, admission, name: 'node-1', checker: false, stateDir, caFile: null })
    }
    const joined = {
      result: {
        node_id: `node_${'0'.repeat(26)}`,
        name: 'node-1',
        cloud_id: `cld_${'0'.repeat(26)}`,
        origin: 'http://127.0.0.1:8470',
        session: { session_id: `nse_${'0'.repeat(26)}`, expires_at: '2026-11-24T12:00:00.000Z' },
      },
    }

    test('the user that served at the join is recorded and obeyed from then on, and no other user except root', async () => {
      const noted = await startServerOfAnotherUser({ uid: daemon, answer: joined })
      const { port } = noted
      await expect(joinAt(noted)).resolves.toMatchObject({ strangerTrusted: daemon })
      const identity = (await loadIdentity(stateDir))!
      expect(identity.hostUser).toBe(daemon)
      await using connection = connectAs(identity)
      await expect(connection.send(health, quiet)).resolves.toMatchObject({ status: 200 })
      expect((await agentStatus({ stateDir })).controlPlane).toBeNull()
      await noted[Symbol.asyncDispose]()

      await using other = await startServerOfAnotherUser({ uid: nobody, port, answer: joined })
      await expect(connection.send(health, quiet)).rejects.toMatchObject({ code: 'CONTROL_PLANE_OF_ANOTHER_USER' })
      expect(await other.sent(1)).toEqual([''])
      const { controlPlane } = await agentStatus({ stateDir })
      expect(controlPlane).toMatchObject({ code: 'CONTROL_PLANE_OF_ANOTHER_USER', facts: { uid: nobody } })
    })
  })
})

describe('in place of a registry listed in the node’s file', () => {
  const password = 'canary-hunter2-55ab'

  async function pullFrom(host: string, extra: object = {}): Promise<unknown> {
    const policy = NodePolicy.parse({ loopback_registries: [`http://${host}`], ...extra })
    const timing = { connectMs: 5_000, silenceMs: 500, wholeMs: 2_000 }
    await using client = openRegistryClient(policy, { timing, retry: { tries: 1, pauseMs: 1, patienceMs: 500 } })
    const image = parseImageReference(`${host}/team/app:v1`)
    const secret = { username: new Redacted('robot'), password: new Redacted(password), server: new Redacted(host) }
    const platform = { os: 'linux', arch: 'amd64', variant: null }
    return await client.admit(
      { image, login: bindTo(image, secret), digest: null, platform },
      { onStep: () => {} },
      quiet,
    )
  }

  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['127.0.0.1', 'localhost'],
    ['::1', '[::1]'],
  ])(
    'S23: a server of another user at %s gets neither the login nor any byte of a pull from %s',
    async (address, name) => {
      await using server = await startServerOfAnotherUser({ uid: nobody, address })
      const registry = `${name}:${server.port}`
      await expect(pullFrom(registry)).rejects.toMatchObject({
        code: 'REGISTRY_OF_ANOTHER_USER',
        facts: { registry, uid: nobody },
      })
      expect(await server.sent(1)).toEqual([''])
    },
  )

  test('S23: only the user whose id the file names is used', async () => {
    await using server = await startServerOfAnotherUser({ uid: daemon })
    const registry = `127.0.0.1:${server.port}`
    await expect(pullFrom(registry, { loopback_users: [nobody] })).rejects.toMatchObject({
      code: 'REGISTRY_OF_ANOTHER_USER',
    })
    await expect(pullFrom(registry, { loopback_users: [daemon] })).rejects.not.toMatchObject({
      code: 'REGISTRY_OF_ANOTHER_USER',
    })
    const [first, second] = await server.sent(2)
    expect(first).toBe('')
    expect(second).toContain('GET /v2/')
  })
})

test('our own server is used', async () => {
  const own = createServer((_, response) => response.end())
  await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve))
  const { port } = own.address() as AddressInfo
  await expect(ask(`http://127.0.0.1:${port}`)).resolves.toMatchObject({ status: 200 })
  own.close()
})
