/** A control plane on a free port with its own folder, and a caller with its admin token. */
import { startControlPlane, type ControlPlane } from '../main.ts'
import type { ControlPlaneConfig } from '../config.ts'
import type { Clock } from '../clock.ts'
import { tempDir } from './temp-dir.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // The tests declare what they expect of it.
  readonly body: any // oxlint-disable-line typescript/no-explicit-any
}

export interface Caller {
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  remove(path: string): Promise<Answer>
}

export interface TestControlPlane extends AsyncDisposable {
  readonly plane: ControlPlane
  readonly dataDir: string
  readonly admin: Caller
  as(token: string | null): Caller
  withRole(role: 'developer' | 'viewer'): Promise<Caller>
}

export async function testControlPlane(
  config: Partial<ControlPlaneConfig> = {},
  clock?: Clock,
): Promise<TestControlPlane> {
  const dir = tempDir()
  const plane = await startControlPlane(
    { listen: '127.0.0.1:0', dataDir: dir.path, logLevel: 'silent', ...config },
    clock,
  )
  const as = (token: string | null) => callerOf(plane.origin, token)
  const admin = as(plane.adminToken)
  return {
    plane,
    dataDir: dir.path,
    admin,
    as,
    async withRole(role) {
      const made = await admin.post('/api_tokens', { name: `${role}-${Math.random()}`, role })
      return as(made.body.result.token)
    },
    async [Symbol.asyncDispose]() {
      await plane.close()
      dir[Symbol.dispose]()
    },
  }
}

export function callerOf(origin: string, token: string | null): Caller {
  const call = async (method: string, path: string, body: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${origin}${path.startsWith('/-') ? path.slice(2) : `/api/v1${path}`}`, {
      method,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await answer.text()
    const isJson = /json/.test(answer.headers.get('content-type') ?? '')
    return { status: answer.status, headers: answer.headers, text, body: isJson ? JSON.parse(text) : null }
  }
  return {
    get: (path, headers) => call('GET', path, undefined, headers),
    post: (path, body, headers) => call('POST', path, body, headers),
    remove: (path) => call('DELETE', path, undefined),
  }
}
