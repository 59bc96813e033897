/** A join over a real socket; the control plane checks the signature of every request that follows. */
import { createHash, X509Certificate } from 'node:crypto'
import {
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  chmod,
  symlink,
  writeFile,
  type FileHandle,
} from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { createCa, listen, type TestCa } from '@fairlead/testkit'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { lockStateDir } from '@fairlead/credential-path/process/state-dir-lock'
import { connectTo } from './connection.ts'
import { parseControlPlaneAddress } from './control-plane-address.ts'
import { joinNode, type JoinOptions } from './join.ts'
import { openChannel, type NodeChannel } from './node-channel.ts'
import { identityFile, loadIdentity } from './node-identity.ts'
import { problemAnswer, ScriptedControlPlane } from '../testing/scripted-control-plane.ts'

const token = `fjt_${'a'.repeat(43)}`
const quiet = new AbortController().signal

let plane: ScriptedControlPlane
let stateDir: string
beforeEach(async () => {
  plane = await ScriptedControlPlane.start()
  stateDir = await mkdtemp(join(tmpdir(), 'fairlead-join-'))
})
afterEach(async () => {
  vi.restoreAllMocks()
  await plane.stop()
  await rm(stateDir, { recursive: true })
})

const byToken = (text: string) => ({ kind: 'token', token: text, provider: 'local' }) as const

const options = (over: Partial<JoinOptions> = {}): JoinOptions => ({
  host: plane.origin,
  admission: byToken(token),
  name: 'node-1',
  checker: false,
  stateDir,
  caFile: null,
  ...over,
})

/** Only the sync of a file finds out, as where the disk's blocks are handed out late. */
async function fillDisk(): Promise<void> {
  await using any = await open(join(stateDir, 'any'), 'w')
  await rm(join(stateDir, 'any'))
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
  vi.spyOn(Object.getPrototypeOf(any) as FileHandle, 'sync').mockRejectedValueOnce(full)
}

describe('joinNode', () => {
  test('creates a key that never leaves the machine, and an identity file that only its owner can read', async () => {
    const joined = await joinNode(options())
    expect(joined).toMatchObject({ nodeId: plane.nodeId, cloudId: plane.cloudId, name: 'node-1' })
    const identity = await loadIdentity(stateDir)
    expect(identity?.key.publicKey).toBe(plane.publicKey)
    expect(plane.received[0]?.body).not.toContain(identity?.key.exportPrivate())
    expect((await stat(identityFile(stateDir))).mode & 0o777).toBe(0o600)
    expect(await readFile(identityFile(stateDir), 'utf8')).not.toContain(token)
  })

  test('creates an identity that signs requests the control plane accepts', async () => {
    await joinNode(options())
    const identity = (await loadIdentity(stateDir))!
    await using connection = connectTo(parseControlPlaneAddress(identity.host), identity.caPem)
    const answer = await openChannel(identity, connection).desiredState(null, 1, quiet)
    expect(answer.status).toBe(200)
  })

  test('refuses a second join of the same folder while the first node exists, after asking only that', async () => {
    await joinNode(options())
    const before = plane.received.length
    await expect(joinNode(options())).rejects.toMatchObject({
      code: 'AGENT_ALREADY_JOINED',
      fix: expect.stringContaining('--replace') as string,
    })
    expect(plane.received.slice(before).map(({ path }) => path)).toEqual(['/api/v1/nodes/me/session'])
  })

  test('refuses a second join if it cannot find out whether the first node still exists', async () => {
    await joinNode(options())
    await plane.stop()
    await expect(joinNode(options())).rejects.toMatchObject({ code: 'AGENT_ALREADY_JOINED' })
    await plane.listen()
    plane.script = ({ path }) => (path.endsWith('/session') ? problemAnswer('NODE_SIGNATURE_INVALID') : undefined)
    await expect(joinNode(options())).rejects.toMatchObject({ code: 'AGENT_ALREADY_JOINED' })
  })

  test.each(['NODE_REVOKED', 'NODE_FORGOTTEN'] as const)(
    'joins a machine whose node ended (%s) as a new node with a new key',
    async (code) => {
      const first = await joinNode(options())
      const key = (await loadIdentity(stateDir))?.key.publicKey
      plane.script = ({ path }) => (path.endsWith('/session') ? problemAnswer(code) : undefined)
      const joined = await joinNode(options({ name: 'node-2' }))
      expect(joined.earlier).toEqual({ name: first.name, host: plane.origin, isTold: true })
      const identity = await loadIdentity(stateDir)
      expect(identity).toMatchObject({ name: 'node-2' })
      expect(identity?.key.publicKey).not.toBe(key)
    },
  )

  test('can retry a join that failed after the first node ended', async () => {
    await joinNode(options())
    plane.script = ({ path }) => (path.endsWith('/join') ? problemAnswer('JOIN_TOKEN_USED') : undefined)
    await expect(joinNode(options({ replace: true }))).rejects.toMatchObject({ code: 'JOIN_TOKEN_USED' })
    plane.script = ({ path }) => (path.endsWith('/session') ? problemAnswer('NODE_FORGOTTEN') : undefined)
    expect((await joinNode(options())).earlier?.isTold).toBe(true)
  })

  test('with --replace, the first node leaves before the second joins', async () => {
    await joinNode(options())
    const before = plane.received.length
    const { earlier } = await joinNode(options({ replace: true }))
    expect(earlier?.isTold).toBe(true)
    expect(plane.received.slice(before).map(({ path }) => path.split('/').at(-1))).toEqual(['session', 'leave', 'join'])
  })

  test('with --replace, joins even if the control plane does not know the first node, and says so', async () => {
    await joinNode(options())
    plane.script = ({ path }) => (path.endsWith('/session') ? problemAnswer('NODE_SIGNATURE_INVALID') : undefined)
    expect((await joinNode(options({ replace: true }))).earlier?.isTold).toBe(false)
  })

  test('with --replace, refuses while a cluster depends on the first node or its agent runs', async () => {
    await joinNode(options())
    plane.script = ({ path }) => (path.endsWith('/leave') ? problemAnswer('NODE_HOLDS_CLUSTER') : undefined)
    await expect(joinNode(options({ replace: true }))).rejects.toMatchObject({ code: 'NODE_HOLDS_CLUSTER' })
    plane.script = () => undefined
    using _agent = lockStateDir(stateDir)
    await expect(joinNode(options({ replace: true }))).rejects.toMatchObject({ code: 'STATE_DIR_IN_USE' })
    expect(await loadIdentity(stateDir)).toMatchObject({ name: 'node-1' })
  })

  test('with a token, the node gets the name it was given, since nothing vouches for another', async () => {
    await expect(joinNode(options({ name: null }))).rejects.toMatchObject({ code: 'NAME_INVALID' })
  })

  test('shows the control plane’s own fix for a refusal, since it knows the facts', async () => {
    const document = problem('INSTANCE_ALREADY_JOINED', { node: 'gpu-3' }).toDocument()
    plane.script = () => ({ status: document.status, json: document })
    await expect(joinNode(options())).rejects.toMatchObject({ what: document.detail, fix: document.fix })
    expect(document.fix).toContain('fairlead node revoke gpu-3')
  })

  test.each(['JOIN_TOKEN_USED', 'JOIN_TOKEN_EXPIRED', 'JOIN_TOKEN_INVALID'] as const)(
    'passes on the refusal %s and leaves no identity behind',
    async (code) => {
      plane.script = () => problemAnswer(code)
      await expect(joinNode(options())).rejects.toMatchObject({ code })
      expect(await loadIdentity(stateDir)).toBeNull()
    },
  )

  test('reports a folder that cannot be created or that others can write before using the token', async () => {
    const file = join(stateDir, 'file')
    await writeFile(file, '')
    await expect(joinNode(options({ stateDir: join(file, 'node') }))).rejects.toMatchObject({
      code: 'STATE_DIR_NOT_WRITABLE',
      facts: { path: join(file, 'node') },
    })
    await chmod(stateDir, 0o777)
    await expect(joinNode(options())).rejects.toMatchObject({ code: 'AGENT_STATE_UNREADABLE' })
    expect(plane.received).toEqual([])
  })

  test('on a full disk, uses no token, ends no earlier node and leaves no draft behind', async () => {
    await joinNode(options())
    const before = { requests: plane.received.length, files: await readdir(stateDir) }
    await fillDisk()
    await expect(joinNode(options({ replace: true }))).rejects.toMatchObject({
      code: 'STATE_DIR_NOT_WRITABLE',
      what: expect.stringContaining('the disk is full') as string,
    })
    expect({ requests: plane.received.length, files: await readdir(stateDir) }).toEqual(before)
  })

  test('refuses a device as a CA file, which might never end', async () => {
    await expect(joinNode(options({ host: 'https://127.0.0.1:1', caFile: '/dev/zero' }))).rejects.toMatchObject({
      code: 'CONFIG_FILE_UNREADABLE',
      facts: { reason: 'it is not a regular file' },
    })
  })

  test('reports a CA file that no identity can hold before using the token', async () => {
    const caFile = join(stateDir, 'ca.pem')
    await writeFile(caFile, 'x'.repeat(256 * 1024))
    await expect(joinNode(options({ host: 'https://127.0.0.1:1', caFile }))).rejects.toMatchObject({
      code: 'FILE_TOO_LARGE',
      facts: { path: caFile },
    })
  })

  test('makes one node of two joins at once in one folder, and the other keeps its token', async () => {
    const ended = await Promise.allSettled([joinNode(options()), joinNode(options({ name: 'node-2' }))])
    const refused = { status: 'rejected', reason: expect.objectContaining({ code: 'STATE_DIR_IN_USE' }) as unknown }
    expect(ended.toSorted((a, b) => a.status.localeCompare(b.status))).toMatchObject([{ status: 'fulfilled' }, refused])
    expect(plane.received.map(({ path }) => path)).toEqual(['/api/v1/nodes/join'])
    expect((await loadIdentity(stateDir))?.key.publicKey).toBe(plane.publicKey)
  })

  test('refuses plain http off loopback before sending the token', async () => {
    await expect(joinNode(options({ host: 'http://10.0.0.1:8470' }))).rejects.toMatchObject({
      code: 'PLAIN_HTTP_REFUSED',
    })
  })

  test('over TLS, sends the token only to a server that the CA it names or the file vouches for', async () => {
    const [ca, other] = await Promise.all([createCa(), createCa()])
    let requests = 0
    const count = (_: IncomingMessage, response: ServerResponse) => {
      requests += 1
      response.writeHead(500).end()
    }
    await using server = await listen(count, { tls: ca })
    const joinNaming = (named: TestCa, over: Partial<JoinOptions> = {}) => {
      const hash = createHash('sha256').update(new X509Certificate(named.caPem).raw).digest('hex')
      return joinNode(options({ host: server.origin, admission: byToken(`${token}.${hash}`), ...over }))
    }
    await expect(joinNaming(other)).rejects.toMatchObject({ code: 'CONTROL_PLANE_TLS' })
    await expect(joinNaming(ca, { caFile: other.caFile })).rejects.toMatchObject({ code: 'CONTROL_PLANE_TLS' })
    expect(requests).toBe(0)
    await expect(joinNaming(ca)).rejects.toMatchObject({ code: 'CONTROL_PLANE_UNREACHABLE' })
    expect(requests).toBe(1)
  })

  test.each(['x', 'fjt_short', `${token}.abc`, `fjt_${'a'.repeat(42)}\n`])(
    'does not send an invalid join token (%j)',
    async (bad) => {
      await expect(joinNode(options({ admission: byToken(bad) }))).rejects.toMatchObject({ code: 'JOIN_TOKEN_INVALID' })
      expect(plane.received).toEqual([])
    },
  )

  test('S9: reads 64 KiB of an answer to a join, and not one byte more', async () => {
    let size = 64 * 1024 + 1
    plane.script = ({ path, body }) => {
      if (!path.endsWith('/join')) return undefined
      plane.publicKey = (JSON.parse(body) as { public_key: string }).public_key
      const session = { session_id: newId('nse'), expires_at: new Date(Date.now() + 900_000).toISOString() }
      const { nodeId: node_id, cloudId: cloud_id, origin } = plane
      const result = { node_id, name: 'node-1', cloud_id, origin, session }
      return { status: 201, bytes: Buffer.from(JSON.stringify({ result }).padEnd(size)) }
    }
    await expect(joinNode(options())).rejects.toMatchObject({ code: 'CONTROL_PLANE_ANSWER_INVALID' })
    size -= 1
    expect((await joinNode(options())).nodeId).toBe(plane.nodeId)
  })

  test.each([
    ['the desired state', 1024 * 1024, (channel: NodeChannel) => channel.desiredState(null, 1, quiet)],
    ['any other answer', 64 * 1024, (channel: NodeChannel) => channel.leave(quiet)],
  ])('S9: reads of %s %i bytes, and not one more', async (_, limit, ask) => {
    await joinNode(options())
    const identity = (await loadIdentity(stateDir))!
    await using connection = connectTo(parseControlPlaneAddress(plane.origin), null)
    const channel = openChannel(identity, connection)
    let size = limit + 1
    plane.script = ({ path }) =>
      path.endsWith('/session') ? undefined : { status: 200, bytes: Buffer.from('{}'.padEnd(size)) }
    await expect(ask(channel)).rejects.toMatchObject({ code: 'CONTROL_PLANE_ANSWER_INVALID' })
    size -= 1
    await ask(channel)
  })

  test('refuses an answer that breaks the contract or names an origin that cannot be signed for', async () => {
    plane.script = () => ({ status: 200, json: { result: { hello: 'world' } } })
    await expect(joinNode(options())).rejects.toMatchObject({ code: 'CONTROL_PLANE_ANSWER_INVALID' })
    plane.script = undefined as never
    plane.script = (request) =>
      request.path.endsWith('/join')
        ? {
            status: 201,
            json: {
              result: {
                node_id: plane.nodeId,
                name: 'node-1',
                cloud_id: plane.cloudId,
                origin: 'http://127.0.0.1:1/\nx',
                session: { session_id: `nse_${'0'.repeat(26)}`, expires_at: new Date().toISOString() },
              },
            },
          }
        : undefined
    await expect(joinNode(options())).rejects.toMatchObject({ code: 'CONTROL_PLANE_ANSWER_INVALID' })
  })

  test('throws CONTROL_PLANE_UNREACHABLE if nothing listens at the address', async () => {
    await plane.stop()
    await expect(joinNode(options())).rejects.toMatchObject({ code: 'CONTROL_PLANE_UNREACHABLE' })
    await plane.listen()
  })
})

describe('loadIdentity', () => {
  test.each(['0640', '0620', '0604', '0602'])(
    'S5: uses no file of mode %s, which others can read or write',
    async (mode) => {
      await joinNode(options())
      const path = identityFile(stateDir)
      expect((await stat(path)).mode & 0o777).toBe(0o600)
      await chmod(path, mode)
      await expect(loadIdentity(stateDir)).rejects.toMatchObject({ code: 'AGENT_STATE_UNREADABLE' })
    },
  )

  test('reports a link and a damaged file as problems, not as "not joined"', async () => {
    const path = identityFile(stateDir)
    await writeFile(join(stateDir, 'elsewhere'), '{}', { mode: 0o600 })
    await symlink(join(stateDir, 'elsewhere'), path)
    await expect(loadIdentity(stateDir)).rejects.toMatchObject({ code: 'AGENT_STATE_UNREADABLE' })
    await rm(path)
    await writeFile(path, '{"private_key":"canary"', { mode: 0o600 })
    const error = await loadIdentity(stateDir).catch((problem: unknown) => problem)
    expect(error).toMatchObject({ code: 'AGENT_STATE_UNREADABLE' })
    expect(JSON.stringify(error) + String(error)).not.toContain('canary')
  })
})
