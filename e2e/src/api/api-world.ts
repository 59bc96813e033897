/** A control plane with one of everything, for schemathesis to find, and a token of each role. */
import { generateKeyPairSync } from 'node:crypto'
import { startFairleadServe, type FairleadServe } from '@fairlead/testkit'

export interface ApiWorld extends AsyncDisposable {
  readonly origin: string
  readonly tokens: readonly RoleToken[]
  /** What there is: ids by the name of their parameter in a path. */
  readonly ids: Readonly<Record<string, string>>
  readonly environmentName: string
  readonly serve: FairleadServe
}

export interface RoleToken {
  readonly role: 'admin' | 'developer' | 'viewer'
  readonly id: string
  readonly text: string
}

interface Made {
  readonly id: string
  readonly token: string
  readonly node_id: string
  readonly latest_build: { readonly id: string }
}

export async function startApiWorld(): Promise<ApiWorld> {
  const serve = await startFairleadServe()
  const call = async (method: string, path: string, body?: unknown): Promise<Made> => {
    const answer = await fetch(`${serve.origin}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${serve.adminToken}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return ((await answer.json()) as { result: Made }).result
  }
  const token = async (role: RoleToken['role']): Promise<RoleToken> => {
    const made = await call('POST', '/api_tokens', { name: `of-${role}`, role })
    return { role, id: made.id, text: made.token }
  }

  const cloud = await call('POST', '/clouds', { name: 'lab', provider: 'aws', join: 'token' })
  const grant = await call('POST', `/clouds/${cloud.id}/grants`, { reference: 'team/' })
  const join = await call('POST', `/clouds/${cloud.id}/join_tokens`, {})
  const { publicKey } = generateKeyPairSync('ed25519')
  const node = await call('POST', '/nodes/join', {
    token: join.token,
    name: 'node-1',
    checker: false,
    provider: 'aws',
    public_key: publicKey.export({ format: 'jwk' }).x,
  })
  const config_json = { docker_image: 'registry.example.com/team/app:1', ray_version: '2.55.1' }
  const environment = await call('POST', '/cluster_environments', { name: 'env', config_json })
  const cluster = await call('POST', '/clusters', { name: 'cluster', cluster_environment: 'env' })
  return {
    origin: serve.origin,
    tokens: [await token('admin'), await token('developer'), await token('viewer')],
    ids: {
      cloud_id: cloud.id,
      grant_id: grant.id,
      node_id: node.node_id,
      environment_id: environment.id,
      build_id: environment.latest_build.id,
      cluster_id: cluster.id,
    },
    environmentName: 'env',
    serve,
    [Symbol.asyncDispose]: () => serve.stop(),
  }
}
