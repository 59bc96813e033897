/** A cloud is edited and deleted over the API: what may change while nodes, clusters and environments use it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testControlPlane, type Caller, type TestControlPlane } from '../testing/test-control-plane.ts'
import { testNode } from '../testing/test-node.ts'

let running: TestControlPlane
let admin: Caller

beforeAll(async () => {
  running = await testControlPlane()
  admin = running.admin
})
afterAll(() => running[Symbol.asyncDispose]())

const aws = { provider: 'aws', join: 'token', account_id: '111122223333' }
const config_json = { docker_image: 'registry.example.com/team/app:1', ray_version: '2.55.1' }

async function cloud(name: string, part: object = {}): Promise<string> {
  const made = await admin.post('/clouds', { name, ...aws, ...part })
  expect(made.status).toBe(201)
  return made.body.result.id
}
const update = (id: string, change: object) => admin.post(`/clouds/${id}/update`, change)
const node = (cloudId: string, name: string) =>
  testNode(running.plane.origin, admin, { id: cloudId, provider: 'aws' }, { name })

test('an answer names the role of the nodes, whether or not it was given', async () => {
  const id = await cloud('roles')
  expect((await admin.get(`/clouds/${id}`)).body.result.node_role).toBe(`${id}-cluster_node_role`)
  expect((await update(id, { node_role: 'ml/nodes' })).body.result.node_role).toBe('ml/nodes')
})

test('a role is forgotten only where one is kept', async () => {
  expect((await admin.post(`/clouds/${await cloud('recreated')}/reset_role`)).status).toBe(200)
  const made = await admin.post('/clouds', { name: 'no-role', provider: 'local' })
  const { status, body } = await admin.post(`/clouds/${made.body.result.id}/reset_role`)
  expect({ status, code: body.code }).toEqual({ status: 409, code: 'CLOUD_KEEPS_NO_ROLE' })
})

test('what is absent stays, and the change is recorded', async () => {
  const id = await cloud('before', { allow_any_secret: true })
  const { status, body } = await update(id, { name: 'after', region: 'eu-west-1' })
  expect({ status, ...body.result }).toMatchObject({
    status: 200,
    name: 'after',
    region: 'eu-west-1',
    account_id: '111122223333',
    allow_any_secret: true,
  })
  expect((await admin.get(`/clouds/${id}`)).body).toEqual(body)
  const { results } = (await admin.get('/audit_events?act=cloud.update')).body
  expect(results[0]).toMatchObject({ cloud_id: id, outcome: 'done' })
})

test('a node that waits gets at once what is new about its cloud', async () => {
  const id = await cloud('moves')
  const one = await node(id, 'in-moves')
  const etag = (await one.desiredState()).headers.get('etag') ?? ''
  expect((await one.desiredState({ etag })).status).toBe(304)
  const waiting = one.desiredState({ wait: 20, etag })
  expect((await update(id, { region: 'eu-west-1' })).status).toBe(200)
  expect((await waiting).state).toMatchObject({ cloud: { region: 'eu-west-1' } })
})

test('another name must be free, and proof needs an account', async () => {
  const id = await cloud('mine', { account_id: undefined })
  await cloud('taken')
  expect((await update(id, { name: 'taken' })).body.code).toBe('NAME_IN_USE')
  expect((await update(id, { name: 'mine' })).status).toBe(200)
  expect((await update(id, { join: 'proof' })).body.fields).toMatchObject([{ path: 'account_id' }])
  expect((await update(id, { join: 'proof', account_id: '111122223333' })).status).toBe(200)
  expect((await update(id, { provider: 'gcp' })).body.code).toBe('REQUEST_INVALID')
})

test('a cloud with nodes does not become another place, but what was unknown may be added', async () => {
  const id = await cloud('lived-in')
  const { id: nodeId } = await node(id, 'resident')
  expect((await update(id, { account_id: '999999999999' })).body.code).toBe('CLOUD_HAS_NODES')
  expect((await update(id, { node_role: 'other' })).body.code).toBe('CLOUD_HAS_NODES')
  expect((await update(id, { node_role: `${id}-cluster_node_role`, region: 'eu-west-1' })).status).toBe(200)
  expect((await update(id, { region: 'eu-west-2' })).body.code).toBe('CLOUD_HAS_NODES')
  expect((await update(id, { name: 'renamed', allow_any_secret: true, join: 'proof' })).status).toBe(200)
  await admin.post(`/nodes/${nodeId}/revoke`, {})
  expect((await update(id, { region: 'eu-west-2', account_id: '999999999999' })).status).toBe(200)
})

const kubernetes = { issuer: 'https://oidc.example.com', service_accounts: ['fairlead/agent'], keys: null }

test('S31: a cloud whose pods may join takes no token, and one with nodes takes no pods of another cluster', async () => {
  const id = await cloud('with-pods')
  expect((await update(id, { kubernetes })).body.fields).toMatchObject([{ path: 'join' }])
  const { id: nodeId } = await node(id, 'by-token')
  const { body } = await update(id, { kubernetes, join: 'proof' })
  expect(body.result).toMatchObject({ kubernetes, join: 'proof' })
  expect((await admin.get(`/clouds/${id}`)).body).toEqual(body)
  expect((await admin.post(`/clouds/${id}/join_tokens`, {})).body.code).toBe('JOIN_BY_PROOF')
  const other = { ...kubernetes, issuer: 'https://oidc.example.org' }
  expect((await update(id, { kubernetes: other })).body.code).toBe('CLOUD_HAS_NODES')
  const more = { ...kubernetes, service_accounts: ['fairlead/agent', 'fairlead/checker'] }
  expect((await update(id, { kubernetes: more })).status).toBe(200)
  expect((await update(id, { kubernetes: null })).body.result.kubernetes).toBeNull()
  await admin.post(`/nodes/${nodeId}/revoke`, {})
})

test('a cloud is made for pods alone, and its command says where their token is', async () => {
  const made = await admin.post('/clouds', { name: 'pods', provider: 'local', kubernetes })
  expect(made.body.result).toMatchObject({ join: 'proof', kubernetes })
  const { command } = (await admin.get(`/clouds/${made.body.result.id}/join_command`)).body.result
  expect(command).toContain('--cloud pods --kubernetes-token /var/run/secrets/fairlead/token')
})

test('a cloud in use is not deleted, and the refusal says what uses it', async () => {
  const id = await cloud('busy')
  const { id: nodeId } = await node(id, 'worker')
  const environment = await admin.post('/cluster_environments', { name: 'busy-env', cloud_id: id, config_json })
  const made = await admin.post('/clusters', { name: 'busy-cluster', cluster_environment: 'busy-env', cloud_id: id })
  await admin.post(`/clusters/${made.body.result.id}/start`, {})
  const refused = await admin.remove(`/clouds/${id}`)
  expect(refused.body).toMatchObject({
    code: 'CLOUD_IN_USE',
    detail: 'the cloud busy still has 1 node, 1 cluster that has not ended and 1 environment',
  })
  await admin.post(`/clusters/${made.body.result.id}/terminate`, {})
  await admin.post(`/nodes/${nodeId}/revoke`, {})
  expect((await admin.remove(`/clouds/${id}`)).body.detail).toBe('the cloud busy still has 1 environment')
  await admin.post(`/cluster_environments/${environment.body.result.id}/archive`, {})
  expect((await admin.remove(`/clouds/${id}`)).status).toBe(204)
  // What ran in it can still be read, and cannot be started again.
  expect((await admin.get(`/clusters/${made.body.result.id}`)).body.result.cloud_id).toBe(id)
  expect((await admin.post(`/clusters/${made.body.result.id}/start`, {})).status).toBeGreaterThanOrEqual(404)
})

test('a deleted cloud is gone everywhere, admits no machine, and its name is free', async () => {
  const id = await cloud('gone')
  const { body } = await admin.post(`/clouds/${id}/join_tokens`, {})
  expect((await admin.remove(`/clouds/${id}`)).status).toBe(204)
  expect((await admin.get(`/clouds/${id}`)).body.code).toBe('CLOUD_NOT_FOUND')
  expect((await admin.remove(`/clouds/${id}`)).body.code).toBe('CLOUD_NOT_FOUND')
  expect((await admin.get(`/clouds?name=gone`)).body.results).toEqual([])
  expect((await admin.get(`/clouds/${id}/grants`)).body.code).toBe('CLOUD_NOT_FOUND')
  const joined = await fetch(`${running.plane.origin}/api/v1/nodes/join`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      token: body.result.token,
      name: 'late',
      checker: false,
      provider: 'aws',
      public_key: 'A'.repeat(43),
    }),
  })
  expect(((await joined.json()) as { code: string }).code).toBe('JOIN_TOKEN_INVALID')
  await cloud('gone')
  const { results } = (await admin.get('/audit_events?act=cloud.delete')).body
  expect(results.find((event: { cloud_id: string }) => event.cloud_id === id)).toMatchObject({ outcome: 'done' })
})
