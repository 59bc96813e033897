/** A node as the control plane sees it: a key, a session, signed requests. It does no work; the test decides what it reports. */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { newId } from '@fairlead/contract/names'
import {
  nodeHeaders,
  nodeRequestText,
  type DesiredState,
  type NodeFacts,
  type Report,
  type WorkloadReport,
} from '@fairlead/contract/wire'
import type { Answer, Caller } from './test-control-plane.ts'

export const facts: NodeFacts = {
  agent_version: '0.1.0',
  engine_version: '29.0.0',
  platform: 'linux/amd64',
  cpus: 2,
  memory_bytes: 4_000_000_000,
  disk_free_bytes: 10_000_000_000,
  advertise_address: '10.0.0.1',
}

export interface NodeKey {
  readonly privateKey: KeyObject
  readonly publicKey: string
}

export function nodeKey(): NodeKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return { privateKey, publicKey: publicKey.export({ format: 'jwk' }).x ?? '' }
}

export interface TestNode {
  readonly id: string
  readonly name: string
  send(method: string, path: string, options?: SendOptions): Promise<Answer>
  openSession(): Promise<Answer>
  /** The same node calling another replica, in the same session. */
  at(origin: string): TestNode
  desiredState(options?: { wait?: number; etag?: string }): Promise<Answer & { state: DesiredState }>
  report(part?: Partial<Report>): Promise<Answer>
}

interface TestNodeOptions {
  name: string
  checker?: boolean
  clock?: () => number
}

interface SendOptions {
  body?: unknown
  headers?: Record<string, string>
  session?: string
  timestamp?: number
  key?: NodeKey
  origin?: string
}

export async function joinToken(admin: Caller, cloudId: string): Promise<string> {
  return (await admin.post(`/clouds/${cloudId}/join_tokens`)).body.result.token
}

export async function testNode(
  origin: string,
  admin: Caller,
  cloud: { id: string; provider: string },
  options: TestNodeOptions,
): Promise<TestNode> {
  const key = nodeKey()
  const joined = await fetch(`${origin}/api/v1/nodes/join`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      token: await joinToken(admin, cloud.id),
      name: options.name,
      checker: options.checker ?? false,
      provider: cloud.provider,
      public_key: key.publicKey,
    }),
  })
  const { result } = (await joined.json()) as { result: { node_id: string; session: { session_id: string } } }
  return nodeWith(origin, key, result.node_id, result.session.session_id, options)
}

function nodeWith(origin: string, key: NodeKey, id: string, firstSession: string, options: TestNodeOptions): TestNode {
  let session = firstSession
  let last = 0
  /** Two identical requests in the same millisecond would count as a replay. */
  const stamp = () => (last = Math.max(last + 1, (options.clock ?? Date.now)()))
  const send = async (method: string, path: string, sending: SendOptions = {}): Promise<Answer> => {
    const body = sending.body === undefined ? '' : JSON.stringify(sending.body)
    const used = sending.session ?? session
    const timestamp = sending.timestamp ?? stamp()
    const text = nodeRequestText({
      method,
      origin: sending.origin ?? origin,
      path,
      bodySha256: createHash('sha256').update(body).digest('hex'),
      session: used,
      timestamp,
    })
    const answer = await fetch(origin + path, {
      method,
      headers: {
        ...(body !== '' && { 'content-type': 'application/json' }),
        [nodeHeaders.node]: id,
        [nodeHeaders.session]: used,
        [nodeHeaders.timestamp]: String(timestamp),
        [nodeHeaders.signature]: sign(null, Buffer.from(text), (sending.key ?? key).privateKey).toString('base64url'),
        ...sending.headers,
      },
      ...(body !== '' && { body }),
    })
    const answered = await answer.text()
    return {
      status: answer.status,
      headers: answer.headers,
      text: answered,
      body: answered === '' ? null : JSON.parse(answered),
    }
  }
  return {
    id,
    name: options.name,
    send,
    at: (other) => nodeWith(other, key, id, session, options),
    async openSession() {
      const answer = await send('POST', '/api/v1/nodes/me/session', { session: '-' })
      if (answer.status === 201) session = answer.body.result.session_id
      return answer
    },
    async desiredState({ wait = 0, etag } = {}) {
      const answer = await send('GET', `/api/v1/nodes/me/desired_state?wait=${wait}`, {
        headers: etag === undefined ? {} : { 'if-none-match': etag },
      })
      return { ...answer, state: answer.body?.result }
    },
    report: (part = {}) =>
      send('POST', '/api/v1/nodes/me/reports', {
        body: {
          report_id: newId('rep'),
          at: new Date().toISOString(),
          node: options.checker === true ? { ...facts, engine_version: null } : facts,
          workload: null,
          checks: [],
          pulls: [],
          ...part,
        },
      }),
  }
}

export function workloadReport(part: Partial<WorkloadReport> & Pick<WorkloadReport, 'cluster_id'>): WorkloadReport {
  return {
    generation: 1,
    phase: 'pulling',
    steps: [],
    problem: null,
    warnings: [],
    digest: null,
    ray_version: null,
    head_address: null,
    dashboard_address: null,
    alive_nodes: null,
    ...part,
  }
}
