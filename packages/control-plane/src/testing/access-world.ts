/** A control plane with one resource of every kind in a cloud named `home`, and another cloud that a token may be limited to. */
import { NodeId } from '@fairlead/contract/names'
import { testControlPlane, type Caller, type TestControlPlane } from './test-control-plane.ts'
import { joinToken, nodeKey, testNode, type TestNode } from './test-node.ts'
import { testRecord } from './test-records.ts'

/** If it appears in an answer, an env var's value leaked. */
export const envVarCanary = 'canary-7f3a91c4e8b25d60'

export interface AccessWorld extends AsyncDisposable {
  readonly running: TestControlPlane
  readonly admin: Caller
  readonly home: { readonly id: string; readonly name: string }
  /** The cloud where machines join by proof. */
  readonly proven: { readonly id: string; readonly name: string }
  readonly other: { readonly id: string; readonly name: string }
  readonly environment: { readonly id: string; readonly name: string }
  readonly buildId: string
  readonly clusterId: string
  readonly node: TestNode
  readonly pullId: string
  /** An unused name. */
  unique(): string
  make(path: string, body?: object): Promise<{ id: string; token: string }>
}

export const envConfig = {
  docker_image: 'registry.example.com/team/app:1',
  ray_version: '2.55.1',
  registry_login_secret: 'team/login',
  // The second also causes a warning, which must not repeat the value.
  env_vars: { GREETING: envVarCanary, API_KEY: envVarCanary },
}

export async function accessWorld(): Promise<AccessWorld> {
  const running = await testControlPlane()
  const { admin } = running
  let count = 0
  const unique = () => `thing-${++count}`
  const make: AccessWorld['make'] = async (path, body = {}) => {
    const made = await admin.post(path, body)
    if (made.status >= 300) throw new TypeError(`${path}: ${made.text}`)
    return made.body.result
  }
  const aws = { provider: 'aws', region: 'eu-central-1', account_id: '111122223333' }
  const home = { name: 'home', ...(await make('/clouds', { name: 'home', join: 'token', ...aws })) }
  const proven = {
    name: 'proven',
    ...(await make('/clouds', { name: 'proven', provider: 'gcp', project_id: 'my-project' })),
  }
  const other = { name: 'other', ...(await make('/clouds', { name: 'other', provider: 'local' })) }
  await make(`/clouds/${home.id}/grants`, { reference: 'team/' })
  const name = 'home-environment'
  const config = { name, cloud_id: home.id, config_json: envConfig }
  const environment = { name, ...(await make('/cluster_environments', config)) }
  const cluster = await make('/clusters', { name: 'home-cluster', cluster_environment: name })
  const build = await admin.get(`/cluster_environment_builds/by_identifier?identifier=${name}`)
  const node = await testNode(running.plane.origin, admin, { id: home.id, provider: 'aws' }, { name: 'home-node' })
  const record = testRecord(NodeId.parse(node.id), 1, '0'.repeat(64))
  await node.report({ pulls: [record] })
  return {
    running,
    admin,
    home,
    proven,
    other,
    environment,
    buildId: build.body.result.id,
    clusterId: cluster.id,
    node,
    pullId: record.id,
    unique,
    make,
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  }
}

export async function joinBody(world: AccessWorld): Promise<object> {
  return {
    token: await joinToken(world.admin, world.home.id),
    name: world.unique(),
    checker: true,
    provider: 'aws',
    public_key: nodeKey().publicKey,
  }
}
