/**
 * The API of the Kubernetes cluster that this pod runs in: with the pod's own service account, whose token the kubelet renews, and with the
 * cluster's CA alone. Two questions and one change are all that an agent has for it.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { problem } from '@fairlead/contract/problems'
import { Client } from 'undici'

export interface ClusterAnswer {
  readonly status: number
  /** Null if it is not JSON. */
  readonly body: unknown
}

export interface ClusterApi {
  /** Of this pod. */
  readonly namespace: string
  readonly get: (path: string, signal: AbortSignal) => Promise<ClusterAnswer>
  /** As RFC 6902. */
  readonly patch: (path: string, changes: JsonPatch, signal: AbortSignal) => Promise<ClusterAnswer>
}

export type JsonPatch = readonly { readonly op: 'test' | 'replace'; readonly path: string; readonly value: unknown }[]

type Environment = Readonly<Record<string, string | undefined>>

const folderInPod = '/var/run/secrets/kubernetes.io/serviceaccount'
const answerWithinMs = 5000
const largest = 4 * 1024 * 1024

/** Throws NOT_IN_A_POD. */
export function openClusterApi(env: Environment, folder = folderInPod): ClusterApi {
  const read = (name: string): string => {
    const path = join(folder, name)
    try {
      return readFileSync(path, 'utf8').trim()
    } catch {
      throw problem('NOT_IN_A_POD', { path })
    }
  }
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '443' } = env
  const origin = `https://${host.includes(':') ? `[${host}]` : host}:${port}`
  if (host === '' || !URL.canParse(origin)) throw problem('NOT_IN_A_POD', { path: 'KUBERNETES_SERVICE_HOST' })

  const ask = async (method: 'GET' | 'PATCH', path: string, body: string | null, signal: AbortSignal) => {
    // Each time: both change while the pod lives.
    const [token, ca] = [read('token'), read('ca.crt')]
    const client = new Client(origin, { connect: { ca }, maxResponseSize: largest, allowH2: false })
    try {
      const { statusCode, body: answer } = await client.request({
        method,
        path,
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${token}`,
          ...(body !== null && { 'content-type': 'application/json-patch+json' }),
        },
        body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]),
      })
      return { status: statusCode, body: parsed(await answer.text()) }
    } finally {
      await client.destroy()
    }
  }
  return {
    namespace: read('namespace'),
    get: (path, signal) => ask('GET', path, null, signal),
    patch: (path, changes, signal) => ask('PATCH', path, JSON.stringify(changes), signal),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
