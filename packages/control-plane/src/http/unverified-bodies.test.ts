/** S9: what an unknown client can make a control plane hold in memory: nothing under a node's name, and little of what anyone may send. */
import { connect, type Socket } from 'node:net'
import { newId } from '@fairlead/contract/names'
import { nodeHeaders } from '@fairlead/contract/wire'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testControlPlane, type TestControlPlane } from '../testing/test-control-plane.ts'
import { nodeKey } from '../testing/test-node.ts'

let running: TestControlPlane
const sockets: Socket[] = []
const mebibyte = 1024 * 1024

beforeAll(async () => {
  running = await testControlPlane()
  await running.admin.post('/clouds', { name: 'c', provider: 'local' })
})
afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  await running[Symbol.asyncDispose]()
})

/** A joined node, by its ids; its key is not used. */
async function joined(name: string): Promise<{ id: string; session: string }> {
  const [cloud] = (await running.admin.get('/clouds')).body.results
  const token = (await running.admin.post(`/clouds/${cloud.id}/join_tokens`)).body.result.token
  const body = { token, name, checker: false, provider: 'local', public_key: nodeKey().publicKey }
  const { result } = (await running.as(null).post('/nodes/join', body)).body
  return { id: result.node_id, session: result.session.session_id }
}

/** The headers of a request that announces `length` bytes. */
function begin(path: string, length: number, headers: Record<string, string> = {}): Socket {
  const socket = connect(Number(running.plane.address.split(':')[1]), '127.0.0.1')
  sockets.push(socket)
  const fields = Object.entries({
    host: 'localhost',
    'content-type': 'application/json',
    ...headers,
    'content-length': length,
  })
  socket.write(`POST ${path} HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`)
  return socket
}

async function answerOf(socket: Socket): Promise<string> {
  let text = ''
  for await (const chunk of socket.setEncoding('utf8')) {
    text += chunk
    const code = /"code":"([A-Z_]+)"/.exec(text)?.[1]
    if (code !== undefined) return code
  }
  return text
}

const signedBy = (id: string, session: string, change: Record<string, string> = {}) => ({
  [nodeHeaders.node]: id,
  [nodeHeaders.session]: session,
  [nodeHeaders.timestamp]: String(Date.now()),
  [nodeHeaders.signature]: 'A'.repeat(86),
  ...change,
})

const reports = '/api/v1/nodes/me/reports'

test('rejects a request without a valid node, session and fresh time before any byte of the body arrives', async () => {
  const { id, session } = await joined('known')
  const wrong: [string, Record<string, string>][] = [
    ['NODE_SIGNATURE_INVALID', {}],
    ['NODE_SIGNATURE_INVALID', signedBy(newId('node'), session)],
    ['NODE_SIGNATURE_INVALID', signedBy(id, session, { [nodeHeaders.signature]: 'A'.repeat(85) })],
    ['NODE_SIGNATURE_INVALID', signedBy(id, session, { [nodeHeaders.timestamp]: String(Date.now() - 3600_000) })],
    ['NODE_SESSION_EXPIRED', signedBy(id, newId('nse'))],
    ['NODE_SIGNATURE_INVALID', signedBy((await joined('other')).id, session)],
  ]
  for (const [code, headers] of wrong) expect(await answerOf(begin(reports, mebibyte, headers))).toBe(code)
  expect(await answerOf(begin('/api/v1/nodes/me/session', 1024, signedBy(id, session)))).toBe('NODE_SIGNATURE_INVALID')
})

test('holds no more than four reports of one node until their signatures can be checked, and does not delay other nodes', async () => {
  const { id, session } = await joined('flooding')
  const flood = () => {
    const socket = begin(reports, mebibyte, signedBy(id, session))
    socket.write(Buffer.alloc(mebibyte - 1))
    return answerOf(socket)
  }
  expect(await Promise.race(Array.from({ length: 5 }, flood))).toBe('SERVER_BUSY')
  const { id: other, session: own } = await joined('quiet')
  const socket = begin(reports, 2, signedBy(other, own))
  socket.write('{}')
  expect(await answerOf(socket)).toBe('NODE_SIGNATURE_INVALID')
})

test('keeps little of a request for a session, so that whoever knows the id of a node cannot keep it from reporting', async () => {
  const { id, session } = await joined('named')
  const flood = () => {
    const socket = begin('/api/v1/nodes/me/session', mebibyte / 4, signedBy(id, '-'))
    socket.write(Buffer.alloc(mebibyte / 4 - 1))
    return answerOf(socket)
  }
  const floods = await Promise.all(Array.from({ length: 17 }, flood))
  expect(new Set(floods)).toEqual(new Set(['REQUEST_TOO_LARGE']))
  const socket = begin(reports, 2, signedBy(id, session))
  socket.write('{}')
  expect(await answerOf(socket)).toBe('NODE_SIGNATURE_INVALID')
})

test('holds no more than a mebibyte of join requests from one network', async () => {
  const flood = () => {
    const socket = begin('/api/v1/nodes/join/proof', 16 * 1024)
    socket.write(Buffer.alloc(16 * 1024 - 1))
    return answerOf(socket)
  }
  expect(await Promise.race(Array.from({ length: 66 }, flood))).toBe('SERVER_BUSY')
})
