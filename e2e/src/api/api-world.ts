/** A control plane with one of everything for schemathesis to find, and a token for each role. */
import { newId } from '@fairlead/contract/names'
import { nodeHeaders } from '@fairlead/contract/wire'
import { postToApi, startFairleadServe, type FairleadServe } from '@fairlead/testkit'
import { nodeFacts } from '../../../packages/agent/src/channel/node-facts.ts'
import { makeNodeKey } from '../../../packages/agent/src/channel/node-key.ts'
import { startSigningRelay, type SigningRelay } from './signing-relay.ts'

export interface ApiWorld extends AsyncDisposable {
  readonly origin: string
  readonly tokens: readonly RoleToken[]
  /** Signs as a node that has joined and has a cluster to run. */
  readonly node: SigningRelay
  /** The ids that exist, by the name of their path parameter. */
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
  const post = (path: string, body?: object) => postToApi<Made>(serve, path, body)
  const token = async (role: RoleToken['role']): Promise<RoleToken> => {
    const made = await post('/api_tokens', { name: `of-${role}`, role })
    return { role, id: made.id, text: made.token }
  }

  const cloud = await post('/clouds', { name: 'lab', provider: 'aws', join: 'token' })
  const grant = await post(`/clouds/${cloud.id}/grants`, { reference: 'team/' })
  const joinNode = async (name: string, publicKey: string): Promise<string> => {
    const { token: joinToken } = await post(`/clouds/${cloud.id}/join_tokens`)
    const joining = { token: joinToken, name, checker: false, provider: 'aws', public_key: publicKey }
    return (await post('/nodes/join', joining)).node_id
  }
  // One that any caller may revoke, and one that signs what it sends.
  const nodeId = await joinNode('node-1', makeNodeKey().publicKey)
  const key = makeNodeKey()
  const node = await startSigningRelay({ origin: serve.origin, nodeId: await joinNode('node-2', key.publicKey), key })
  const config_json = { docker_image: 'registry.example.com/team/app:1', ray_version: '2.55.1' }
  const environment = await post('/cluster_environments', { name: 'env', config_json })
  const cluster = await post('/clusters', { name: 'cluster', cluster_environment: 'env' })
  await reportOnce(node)
  return {
    origin: serve.origin,
    tokens: [await token('admin'), await token('developer'), await token('viewer')],
    ids: {
      cloud_id: cloud.id,
      grant_id: grant.id,
      node_id: nodeId,
      environment_id: environment.id,
      build_id: environment.latest_build.id,
      cluster_id: cluster.id,
    },
    environmentName: 'env',
    node,
    serve,
    async [Symbol.asyncDispose]() {
      await node[Symbol.asyncDispose]()
      await serve.stop()
    },
  }
}

/** A node gets work once it has described itself. */
async function reportOnce({ origin, mark }: SigningRelay): Promise<void> {
  const node = nodeFacts('0.1.0', {
    engineVersion: '29.0.0',
    diskFreeBytes: 10_000_000_000,
    advertiseAddress: '10.0.0.1',
  })
  const report = { report_id: newId('rep'), at: new Date().toISOString(), node, workload: null, checks: [], pulls: [] }
  const answer = await fetch(`${origin}/api/v1/nodes/me/reports`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [nodeHeaders.signature]: mark },
    body: JSON.stringify(report),
  })
  if (!answer.ok) throw new Error(`the first report: ${answer.status} ${await answer.text()}`)
}
