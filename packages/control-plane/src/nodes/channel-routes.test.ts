/** The agent’s channel over a real socket, with nodes that sign requests as agents do. */
import { setTimeout as sleep } from 'node:timers/promises'
import { newId, NodeId } from '@fairlead/contract/names'
import { chainStart, returnSpreadHeader, versionHeader, type PullRecord } from '@fairlead/contract/wire'
import { samplePullRecord } from '@fairlead/testkit/sample-pull-record'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TestFleet } from '../testing/test-fleet.ts'
import { eventReader } from '../testing/event-reader.ts'
import { facts, nodeKey, type TestNode } from '../testing/test-node.ts'
import { testRecord } from '../testing/test-records.ts'

// Real sockets and real commits, on a machine that may be busy.
let fleet: TestFleet
beforeAll(async () => {
  fleet = await TestFleet.start()
})
afterAll(() => fleet[Symbol.asyncDispose]())

describe('an agent and a control plane of different versions', () => {
  const report = (agent: string | null, body: object) =>
    node.send('POST', '/api/v1/nodes/me/reports', {
      body,
      headers: agent === null ? {} : { [versionHeader]: agent },
    })
  let node: TestNode
  beforeAll(async () => {
    node = await fleet.join(await fleet.makeCloud())
  })

  test('every answer says the version of the control plane, and so does that of a request that waited', async () => {
    for (const answer of [await node.openSession(), await node.desiredState(), await node.report()]) {
      expect(answer.headers.get(versionHeader)).toMatch(/^\d+\.\d+\.\d+/)
    }
  })

  test('a report that is not understood names both versions instead of fields, and which side to upgrade', async () => {
    expect((await report('99.1.0', { news: 1 })).body).toMatchObject({
      code: 'AGENT_TOO_NEW',
      status: 422,
      detail: expect.stringContaining('the agent is Fairlead 99.1.0') as string,
    })
    expect((await report('0.0.9', { news: 1 })).body.code).toBe('AGENT_TOO_OLD')
    const future = await node.send('POST', '/api/v1/nodes/me/news', { headers: { [versionHeader]: '99.1.0' } })
    expect(future.body.code).toBe('AGENT_TOO_NEW')
  })

  test('the same version, an unknown one and none leave the fields to speak', async () => {
    const own = (await node.desiredState()).headers.get(versionHeader)
    for (const agent of [own, 'new\u00e9', null])
      expect((await report(agent, { news: 1 })).body.code).toBe('REQUEST_INVALID')
  })

  test('what both understand works, however far the versions are apart', async () => {
    const state = await node.send('GET', '/api/v1/nodes/me/desired_state?wait=0', {
      headers: { [versionHeader]: '99.1.0' },
    })
    expect(state.status).toBe(200)
  })
})

describe('signed requests', () => {
  let node: TestNode
  beforeAll(async () => {
    node = await fleet.join(await fleet.makeCloud())
  })

  test('serves a request with the node’s signature', async () => {
    expect((await node.desiredState()).state).toMatchObject({ node_id: node.id, workload: null, checks: [] })
  })

  test('asks a small fleet to return within half a second after an outage', async () => {
    expect((await node.desiredState()).headers.get(returnSpreadHeader)).toBe('500')
  })

  test('rejects a signature by another key', async () => {
    const answer = await node.send('GET', '/api/v1/nodes/me/desired_state?wait=0', { key: nodeKey() })
    expect(answer.body).toMatchObject({ code: 'NODE_SIGNATURE_INVALID', status: 401 })
  })

  test('rejects a signature for another origin', async () => {
    const answer = await node.send('GET', '/api/v1/nodes/me/desired_state?wait=0', {
      origin: 'https://elsewhere.example',
    })
    expect(answer.body.code).toBe('NODE_SIGNATURE_INVALID')
  })

  test('rejects a timestamp that is six minutes off', async () => {
    const answer = await node.send('GET', '/api/v1/nodes/me/desired_state?wait=0', { timestamp: Date.now() - 360_000 })
    expect(answer.body.code).toBe('NODE_SIGNATURE_INVALID')
  })

  test('S9: reads a report of a mebibyte, but not a byte more', async () => {
    const report = (bytes: number) => node.send('POST', '/api/v1/nodes/me/reports', { body: 'x'.repeat(bytes - 2) })
    expect((await report(1024 * 1024)).body.code).toBe('REQUEST_INVALID')
    expect((await report(1024 * 1024 + 1)).body.code).toBe('REQUEST_TOO_LARGE')
  })

  test('rejects a recorded request that is sent again', async () => {
    const timestamp = Date.now()
    const path = '/api/v1/nodes/me/desired_state?wait=0'
    expect((await node.send('GET', path, { timestamp })).status).toBe(200)
    expect((await node.send('GET', path, { timestamp })).body).toMatchObject({ code: 'NODE_REQUEST_REPEATED' })
    const opening = { session: '-', timestamp }
    expect((await node.send('POST', '/api/v1/nodes/me/session', opening)).status).toBe(201)
    expect((await node.send('POST', '/api/v1/nodes/me/session', opening)).body.code).toBe('NODE_REQUEST_REPEATED')
  })

  test('reports an unknown session as expired', async () => {
    const answer = await node.send('GET', '/api/v1/nodes/me/desired_state?wait=0', { session: newId('nse') })
    expect(answer.body.code).toBe('NODE_SESSION_EXPIRED')
  })

  test('rejects the session of another node', async () => {
    const other = await fleet.join(await fleet.makeCloud())
    const session = (await other.openSession()).body.result.session_id
    const answer = await node.send('GET', '/api/v1/nodes/me/desired_state?wait=0', { session })
    expect(answer.body.code).toBe('NODE_SIGNATURE_INVALID')
  })

  test('only the request that opens a session comes without one', async () => {
    expect((await node.openSession()).status).toBe(201)
    const answer = await node.send('GET', '/api/v1/nodes/me/desired_state?wait=0', { session: '-' })
    expect(answer.body.code).toBe('NODE_SESSION_EXPIRED')
  })

  test('reports the revocation to a revoked node, including in its waiting request', async () => {
    const victim = await fleet.join(await fleet.makeCloud())
    const first = await victim.desiredState()
    const waiting = victim.desiredState({ wait: 20, etag: first.headers.get('etag') ?? '' })
    await sleep(100)
    expect((await fleet.running.admin.post(`/nodes/${victim.id}/revoke`)).body.result.state).toBe('revoked')
    expect((await waiting).body.code).toBe('NODE_REVOKED')
    for (const again of [await victim.desiredState(), await victim.report(), await victim.openSession()]) {
      expect(again.body.code).toBe('NODE_REVOKED')
    }
  })
})

describe('desired state', () => {
  test('an unchanged state returns 304 at the end of the wait', async () => {
    const node = await fleet.join(await fleet.makeCloud())
    const etag = (await node.desiredState()).headers.get('etag') ?? ''
    const answer = await node.desiredState({ wait: 0, etag })
    expect(answer.status).toBe(304)
    expect(answer.headers.get('etag')).toBe(etag)
  })

  test('a change wakes the waiting node at once', async () => {
    const cloud = await fleet.makeCloud()
    const node = await fleet.join(cloud)
    await node.report()
    const etag = (await node.desiredState()).headers.get('etag') ?? ''
    const waiting = node.desiredState({ wait: 25, etag })
    await sleep(200)
    const build = await fleet.makeBuild(cloud.id)
    // Had nothing woken it, it would be told after 25 s that nothing changed.
    const answer = await waiting
    expect(answer.status).toBe(200)
    expect(answer.state.checks).toEqual([
      {
        build_id: build.id,
        attempt: 1,
        docker_image: 'registry.example.com/team/app:1',
        ray_version: '2.55.1',
        registry_login_secret: null,
      },
    ])
  })
})

describe('a node that falsifies its pull records', () => {
  const record = (part: Partial<PullRecord>) => samplePullRecord({ hash: 'f'.repeat(64), ...part })

  test('is shown as the reporter, whichever node it names', async () => {
    const cloud = await fleet.makeCloud()
    const [liar, other] = [await fleet.join(cloud), await fleet.join(cloud)]
    const forged = record({ node_id: NodeId.parse(other.id) })
    expect((await liar.report({ pulls: [forged] })).status).toBe(200)
    const { admin } = fleet.running
    expect((await admin.get(`/pulls/${forged.id}`)).body.result.node_id).toBe(liar.id)
    expect((await admin.get(`/pulls?node_id=${liar.id}`)).body.results).toMatchObject([{ node_id: liar.id }])
    expect((await admin.get(`/nodes/${liar.id}`)).body.result.pull_chain).toBe('altered')
    const listed = async (query: string) => (await admin.get(`/nodes?${query}`)).body.results
    expect(await listed('has_broken_chain=true&state=online')).toMatchObject([{ id: liar.id, pull_chain: 'altered' }])
    expect(await listed('has_broken_chain=false')).not.toContainEqual(expect.objectContaining({ id: liar.id }))
  })

  test('needs attention until it is revoked', async () => {
    const { admin } = fleet.running
    const broken = async () => (await admin.get('/overview')).body.result.attention.broken_chains
    const { total } = await broken()
    const liar = await fleet.join(await fleet.makeCloud())
    await liar.report({ pulls: [record({ node_id: null })] })
    const { total: more, newest } = await broken()
    expect([more, newest[0]]).toEqual([total + 1, { id: liar.id, name: liar.name }])
    await admin.post(`/nodes/${liar.id}/revoke`)
    expect((await broken()).total).toBe(total)
  })

  test('with text that has no canonical form is accepted, and flagged as altered', async () => {
    const liar = await fleet.join(await fleet.makeCloud())
    expect((await liar.report({ pulls: [record({ node_id: NodeId.parse(liar.id), image: '\ud800' })] })).status).toBe(
      200,
    )
    expect((await fleet.running.admin.get(`/nodes/${liar.id}`)).body.result.pull_chain).toBe('altered')
  })
})

test('serves how far a login got as the node recorded it, and nothing if it did not', async () => {
  const node = await fleet.join(await fleet.makeCloud())
  const older = testRecord(NodeId.parse(node.id), 1, chainStart)
  const newer = testRecord(NodeId.parse(node.id), 2, older.hash, { login: 'sent' })
  expect((await node.report({ pulls: [older, newer] })).status).toBe(200)
  const { admin } = fleet.running
  expect((await admin.get(`/pulls/${older.id}`)).body.result).toStrictEqual(older)
  expect((await admin.get(`/pulls/${newer.id}`)).body.result).toStrictEqual(newer)
  expect((await admin.get(`/nodes/${node.id}`)).body.result.pull_chain).toBe('intact')
  const unknown = { ...testRecord(NodeId.parse(node.id), 3, newer.hash), login: 'somewhere' as never }
  expect((await node.report({ pulls: [unknown] })).status).toBe(422)
})

test('serves and finds what engines pulled through their doors, and refuses an engine without a door', async () => {
  const node = await fleet.join(await fleet.makeCloud())
  const id = NodeId.parse(node.id)
  const own = testRecord(id, 1, chainStart)
  const door = testRecord(id, 2, own.hash, { purpose: 'door', engine: 'containerd' })
  expect((await node.report({ pulls: [own, door] })).status).toBe(200)
  const { admin } = fleet.running
  const found = async (purpose: string) =>
    (await admin.get(`/pulls?node_id=${node.id}&purpose=${purpose}`)).body.results as unknown
  expect(await found('door')).toStrictEqual([door])
  expect(await found('cluster')).toStrictEqual([own])
  expect(await found('once')).toEqual([])
  expect((await admin.get('/pulls?purpose=window')).body).toMatchObject({ code: 'REQUEST_INVALID' })
  expect((await admin.get(`/nodes/${node.id}`)).body.result.pull_chain).toBe('intact')
  for (const part of [
    { purpose: 'door' },
    { engine: 'podman' },
    { purpose: 'door', engine: 'window' as never },
  ] as const) {
    expect((await node.report({ pulls: [testRecord(id, 3, door.hash, part)] })).status).toBe(422)
  }
})

const head = { namespace: 'team', name: 'train-head', owner: { kind: 'RayCluster', name: 'train' } }

test('finds what was pulled for the pods of a RayCluster, and refuses names that Kubernetes would not allow', async () => {
  const node = await fleet.join(await fleet.makeCloud())
  const id = NodeId.parse(node.id)
  const door = { purpose: 'door', engine: 'containerd' } as const
  const without = testRecord(id, 1, chainStart, door)
  const record = testRecord(id, 2, without.hash, { ...door, pods: [head] })
  expect((await node.report({ pulls: [without, record] })).status).toBe(200)
  const { admin } = fleet.running
  const found = async (owner: string) => (await admin.get(`/pulls?pod_owner=${owner}`)).body.results as unknown
  expect(await found('team/RayCluster/train')).toStrictEqual([record])
  expect(await found('other/RayCluster/train')).toEqual([])
  expect((await admin.get('/pulls?pod_owner=train')).body).toMatchObject({ code: 'REQUEST_INVALID' })
  for (const pod of [
    { ...head, name: 'a password' },
    { ...head, namespace: '' },
    { ...head, owner: 'train' },
  ]) {
    const pulls = [testRecord(id, 3, record.hash, { ...door, pods: [pod as never] })]
    expect((await node.report({ pulls })).status).toBe(422)
  }
})

test('shows which pods of a node wait for an image, and tells readers only if others wait', async () => {
  const node = await fleet.join(await fleet.makeCloud())
  const { admin, plane } = fleet.running
  const since = '2026-11-30T10:00:00.000Z'
  const pod = { pod: head, image: 'registry.example.com/app:1', since, code: 'CREDENTIAL_SERVER_MISMATCH' } as const
  const shown = async () => (await admin.get(`/nodes/${node.id}`)).body.result.facts.waiting_pods as unknown
  await node.report()
  const stream = await eventReader(plane.origin, plane.adminToken ?? '')
  await stream.until('hello')
  await node.report({ node: { ...facts, waiting_pods: [pod] } })
  expect(await shown()).toEqual([pod])
  await node.report({ node: { ...facts, waiting_pods: [pod] } })
  await node.report()
  expect(await shown()).toBeUndefined()
  const { id } = await fleet.makeCloud()
  const told = await stream.until(id)
  stream.close()
  expect([...told.matchAll(/^event: node$/gm)]).toHaveLength(2)
})

test('finds the record of a check by the checked build', async () => {
  const node = await fleet.join(await fleet.makeCloud())
  const build_id = newId('bld')
  const check = testRecord(NodeId.parse(node.id), 1, chainStart, { purpose: 'check', build_id })
  expect((await node.report({ pulls: [check] })).status).toBe(200)
  const { admin } = fleet.running
  expect((await admin.get(`/pulls?build_id=${build_id}`)).body.results).toMatchObject([{ id: check.id }])
  expect((await admin.get(`/pulls?build_id=${newId('bld')}`)).body.results).toEqual([])
  expect((await admin.get('/pulls?build_id=x')).body).toMatchObject({ code: 'REQUEST_INVALID' })
})
