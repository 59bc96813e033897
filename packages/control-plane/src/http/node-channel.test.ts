/** The agent's channel on a real socket, with nodes that sign as agents do. */
import { randomBytes } from 'node:crypto'
import { newId, NodeId, type PullRecord } from '@fairlead/contract'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { testControlPlane, type TestControlPlane } from '../testing/test-control-plane.ts'
import { joinToken, nodeKey, testNode, workloadReport, type TestNode } from '../testing/test-node.ts'

// Real sockets and real commits, on a machine that may have other work.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

let running: TestControlPlane
const digest = `sha256:${'a'.repeat(64)}`

beforeAll(async () => {
  running = await testControlPlane()
})
afterAll(() => running[Symbol.asyncDispose]())

const unique = (name: string) => `${name}-${randomBytes(4).toString('hex')}`
const makeCloud = async (): Promise<{ id: string; provider: string }> =>
  (await running.admin.post('/clouds', { name: unique('cloud'), provider: 'local' })).body.result
const join = (cloud: { id: string; provider: string }, options: { name?: string; checker?: boolean } = {}) =>
  testNode(running.plane.origin, running.admin, cloud, { name: unique('node'), ...options })
const makeBuild = async (cloudId: string) =>
  (
    await running.admin.post('/cluster_environments', {
      name: unique('env'),
      config_json: { docker_image: 'registry.example.com/team/app:1', ray_version: '2.55.1', env_vars: { A: 'b' } },
      cloud_id: cloudId,
    })
  ).body.result.latest_build as { id: string }
const buildNow = async (id: string) => (await running.admin.get(`/cluster_environment_builds/${id}`)).body.result
const clusterNow = async (id: string) => (await running.admin.get(`/clusters/${id}`)).body.result
const startCluster = async (buildId: string, workers: number, extra: object = {}) => {
  const made = await running.admin.post('/clusters', {
    name: unique('cluster'),
    cluster_environment_build_id: buildId,
    worker_count: workers,
    ...extra,
  })
  return (await running.admin.post(`/clusters/${made.body.result.id}/start`)).body.result
}

describe('joining', () => {
  const request = (origin: string, body: object) =>
    fetch(`${origin}/api/v1/nodes/join`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const joinBody = (token: string, part: object = {}) => ({
    token,
    name: unique('node'),
    checker: false,
    provider: 'local',
    public_key: nodeKey().publicKey,
    ...part,
  })

  test('of two machines with one token one joins, and the other learns who did', async () => {
    const cloud = await makeCloud()
    const token = await joinToken(running.admin, cloud.id)
    const answers = await Promise.all(
      ['first', 'second'].map((name) => request(running.plane.origin, joinBody(token, { name: unique(name) }))),
    )
    expect(answers.map((answer) => answer.status).sort((a, b) => a - b)).toEqual([201, 409])
    const loser = answers.find((answer) => answer.status === 409)
    expect(await loser?.json()).toMatchObject({
      code: 'JOIN_TOKEN_USED',
      detail: expect.stringMatching(/by node (first|second)-/),
    })
  })

  test('a token that nobody made is refused', async () => {
    const answer = await request(running.plane.origin, joinBody(`fjt_${'A'.repeat(43)}`))
    expect(await answer.json()).toMatchObject({ code: 'JOIN_TOKEN_INVALID', status: 401 })
  })

  test('a token that was refused for another reason is not burnt', async () => {
    const cloud = await makeCloud()
    const token = await joinToken(running.admin, cloud.id)
    const wrong = await request(running.plane.origin, joinBody(token, { provider: 'aws' }))
    expect(wrong.status).toBe(409)
    expect((await request(running.plane.origin, joinBody(token))).status).toBe(201)
  })

  test('S9: nobody without a token has more read than a join has', async () => {
    const answer = await request(running.plane.origin, joinBody(`fjt_${'A'.repeat(43)}`, { more: 'x'.repeat(4096) }))
    expect(await answer.json()).toMatchObject({ code: 'REQUEST_TOO_LARGE', status: 413 })
  })

  test('what follows the dot of a token is for the node, not for us', async () => {
    const cloud = await makeCloud()
    const token = await joinToken(running.admin, cloud.id)
    expect((await request(running.plane.origin, joinBody(`${token}.${'0'.repeat(64)}`))).status).toBe(201)
  })
})

describe('S13: a grant that is taken back', () => {
  test('also stops a start and a check that wait for nodes', async () => {
    const cloud = await makeCloud()
    const { admin } = running
    const grant = (await admin.post(`/clouds/${cloud.id}/grants`, { reference: 'jfrog' })).body.result
    const image = { docker_image: 'registry.example.com/team/app:1', ray_version: '2.55.1' }
    const config = { ...image, registry_login_secret: 'jfrog' }
    const made = await admin.post('/cluster_environments', {
      name: unique('env'),
      config_json: config,
      cloud_id: cloud.id,
    })
    const cluster = await startCluster(made.body.result.latest_build.id, 0)
    expect(cluster.state).toBe('AwaitingStartup')
    await admin.remove(`/clouds/${cloud.id}/grants/${grant.id}`)
    const node = await join(cloud)
    await node.report()
    expect(await clusterNow(cluster.id)).toMatchObject({
      state: 'StartupErrored',
      problem: { code: 'REFERENCE_NOT_ALLOWED' },
      nodes: [],
    })
    expect((await node.desiredState()).state).toMatchObject({ workload: null, checks: [] })
    expect(await buildNow(made.body.result.latest_build.id)).toMatchObject({
      status: 'failed',
      problem: { code: 'REFERENCE_NOT_ALLOWED' },
    })
  })
})

describe('signed requests', () => {
  let node: TestNode
  beforeAll(async () => {
    node = await join(await makeCloud())
  })

  test('a request with the node’s signature is served', async () => {
    expect((await node.desiredState()).state).toMatchObject({ node_id: node.id, workload: null, checks: [] })
  })

  test('a signature by another key is refused', async () => {
    const answer = await node.send('GET', '/api/v1/nodes/me/desired_state?wait=0', { key: nodeKey() })
    expect(answer.body).toMatchObject({ code: 'NODE_SIGNATURE_INVALID', status: 401 })
  })

  test('a signature for another origin is refused', async () => {
    const answer = await node.send('GET', '/api/v1/nodes/me/desired_state?wait=0', {
      origin: 'https://elsewhere.example',
    })
    expect(answer.body.code).toBe('NODE_SIGNATURE_INVALID')
  })

  test('a timestamp that is six minutes off is refused', async () => {
    const answer = await node.send('GET', '/api/v1/nodes/me/desired_state?wait=0', { timestamp: Date.now() - 360_000 })
    expect(answer.body.code).toBe('NODE_SIGNATURE_INVALID')
  })

  test('a request that was recorded and is sent again is refused', async () => {
    const timestamp = Date.now()
    const path = '/api/v1/nodes/me/desired_state?wait=0'
    expect((await node.send('GET', path, { timestamp })).status).toBe(200)
    expect((await node.send('GET', path, { timestamp })).body).toMatchObject({ code: 'NODE_REQUEST_REPEATED' })
    const opening = { session: '-', timestamp }
    expect((await node.send('POST', '/api/v1/nodes/me/session', opening)).status).toBe(201)
    expect((await node.send('POST', '/api/v1/nodes/me/session', opening)).body.code).toBe('NODE_REQUEST_REPEATED')
  })

  test('a session that nobody opened is told to be ended', async () => {
    const answer = await node.send('GET', '/api/v1/nodes/me/desired_state?wait=0', { session: newId('nse') })
    expect(answer.body.code).toBe('NODE_SESSION_EXPIRED')
  })

  test('the session of another node is refused', async () => {
    const other = await join(await makeCloud())
    const session = (await other.openSession()).body.result.session_id
    const answer = await node.send('GET', '/api/v1/nodes/me/desired_state?wait=0', { session })
    expect(answer.body.code).toBe('NODE_SIGNATURE_INVALID')
  })

  test('only the request that opens a session goes without one', async () => {
    expect((await node.openSession()).status).toBe(201)
    const answer = await node.send('GET', '/api/v1/nodes/me/desired_state?wait=0', { session: '-' })
    expect(answer.body.code).toBe('NODE_SESSION_EXPIRED')
  })

  test('a revoked node is told so, also by its waiting request', async () => {
    const victim = await join(await makeCloud())
    const first = await victim.desiredState()
    const waiting = victim.desiredState({ wait: 20, etag: first.headers.get('etag') ?? '' })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect((await running.admin.post(`/nodes/${victim.id}/revoke`)).body.result.state).toBe('revoked')
    expect((await waiting).body.code).toBe('NODE_REVOKED')
    expect((await victim.desiredState()).body.code).toBe('NODE_REVOKED')
  })
})

describe('desired state', () => {
  test('an unchanged state is 304 at the end of the wait', async () => {
    const node = await join(await makeCloud())
    const etag = (await node.desiredState()).headers.get('etag') ?? ''
    const answer = await node.desiredState({ wait: 0, etag })
    expect(answer.status).toBe(304)
    expect(answer.headers.get('etag')).toBe(etag)
  })

  test('a change wakes the waiting node at once', async () => {
    const cloud = await makeCloud()
    const node = await join(cloud)
    await node.report()
    const etag = (await node.desiredState()).headers.get('etag') ?? ''
    const waiting = node.desiredState({ wait: 25, etag })
    await new Promise((resolve) => setTimeout(resolve, 200))
    const started = performance.now()
    const build = await makeBuild(cloud.id)
    const answer = await waiting
    expect(performance.now() - started).toBeLessThan(1000)
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

describe('a node that lies in its pull records', () => {
  const record = (part: Partial<PullRecord>): PullRecord => {
    const open: PullRecord = {
      id: newId('pull'),
      node_id: null,
      sequence: 1,
      purpose: 'cluster',
      cluster_id: null,
      build_id: null,
      image: 'registry.example.com/team/app:1',
      registry: 'registry.example.com',
      repository: 'team/app',
      digest: null,
      secret_reference: null,
      secret_version: null,
      decision: 'authenticated',
      code: null,
      bytes: 0,
      total_bytes: null,
      started_at: '2026-11-24T12:00:00.000Z',
      duration_ms: 1.5,
      steps: [],
      previous_hash: '0'.repeat(64),
      hash: 'f'.repeat(64),
      ...part,
    }
    return open
  }

  test('is shown as the one who told it, whomever it names', async () => {
    const cloud = await makeCloud()
    const [liar, other] = [await join(cloud), await join(cloud)]
    const forged = record({ node_id: NodeId.parse(other.id) })
    expect((await liar.report({ pulls: [forged] })).status).toBe(200)
    const { admin } = running
    expect((await admin.get(`/pulls/${forged.id}`)).body.result.node_id).toBe(liar.id)
    expect((await admin.get(`/pulls?node_id=${liar.id}`)).body.results).toMatchObject([{ node_id: liar.id }])
    expect((await admin.get(`/nodes/${liar.id}`)).body.result.pull_chain).toBe('altered')
  })

  test('with text that has no canonical form is taken, as altered', async () => {
    const liar = await join(await makeCloud())
    expect((await liar.report({ pulls: [record({ node_id: NodeId.parse(liar.id), image: '\ud800' })] })).status).toBe(
      200,
    )
    expect((await running.admin.get(`/nodes/${liar.id}`)).body.result.pull_chain).toBe('altered')
  })
})

describe('checks of builds', () => {
  const checkReport = (buildId: string, part: object = {}) => ({
    build_id: buildId,
    attempt: 1,
    status: 'succeeded',
    steps: [],
    problem: null,
    digest,
    platform: 'linux/amd64',
    size_bytes: 123,
    ...part,
  })

  test('a checker is asked before a node that runs clusters, and its word decides the build', async () => {
    const cloud = await makeCloud()
    const [worker, checker] = [await join(cloud), await join(cloud, { checker: true })]
    await worker.report()
    await checker.report()
    const build = await makeBuild(cloud.id)
    expect((await worker.desiredState()).state.checks).toEqual([])
    expect((await checker.desiredState()).state.checks).toHaveLength(1)
    await checker.report({ checks: [checkReport(build.id, { status: 'in_progress', digest: null }) as never] })
    expect(await buildNow(build.id)).toMatchObject({ status: 'in_progress' })
    await checker.report({ checks: [checkReport(build.id) as never] })
    expect(await buildNow(build.id)).toMatchObject({ status: 'succeeded', digest, checked_by: checker.id })
    expect((await checker.desiredState()).state.checks).toEqual([])
  })

  test('a report of a node that does not hold the check is ignored', async () => {
    const cloud = await makeCloud()
    const [a, b] = [await join(cloud, { checker: true }), await join(cloud)]
    await a.report()
    await b.report()
    const build = await makeBuild(cloud.id)
    await b.report({ checks: [checkReport(build.id) as never] })
    expect(await buildNow(build.id)).toMatchObject({ status: 'pending', digest: null })
    await a.report({ checks: [checkReport(build.id, { attempt: 2 }) as never] })
    expect(await buildNow(build.id)).toMatchObject({ status: 'pending' })
  })

  test('a failed build tells its problem, starts no cluster, and can be checked again', async () => {
    const cloud = await makeCloud()
    const node = await join(cloud)
    await node.report()
    const build = await makeBuild(cloud.id)
    const reported = { code: 'REGISTRY_LOGIN_REJECTED', facts: { registry: 'registry.example.com' } }
    await node.report({
      checks: [checkReport(build.id, { status: 'failed', problem: reported, digest: null }) as never],
    })
    expect(await buildNow(build.id)).toMatchObject({
      status: 'failed',
      problem: { code: 'REGISTRY_LOGIN_REJECTED' },
      error_message: expect.stringContaining('registry.example.com'),
    })
    const refused = await running.admin.post('/clusters', { name: unique('c'), cluster_environment_build_id: build.id })
    expect(refused.body.code).toBe('BUILD_FAILED')
    const again = await running.admin.post(`/cluster_environment_builds/${build.id}/verify`)
    expect(again.status).toBe(202)
    expect((await node.desiredState()).state.checks).toMatchObject([{ build_id: build.id, attempt: 2 }])
  })

  test('S7: what a node says of a problem names the secret that was ordered, and lets nobody in who is not of the cloud’s nodes', async () => {
    const { admin } = running
    const place = { provider: 'gcp', project_id: 'our-project', join: 'token', allow_any_secret: true }
    const cloud = (await admin.post('/clouds', { name: unique('cloud'), ...place })).body.result
    const node = await join(cloud)
    await node.report()
    const image = { docker_image: 'registry.example.com/team/app:1', ray_version: '2.55.1' }
    const config_json = { ...image, registry_login_secret: 'team-login' }
    const made = await admin.post('/cluster_environments', { name: unique('env'), config_json, cloud_id: cloud.id })
    const { id } = made.body.result.latest_build
    const fixOf = async (attempt: number, code: string, facts: object) => {
      const told = { attempt, status: 'failed', problem: { code, facts }, digest: null }
      await node.report({ checks: [checkReport(id, told) as never] })
      const { problem } = await buildNow(id)
      await admin.post(`/cluster_environment_builds/${id}/verify`)
      return problem.fix as string
    }
    const villain = { role: 'v@villains.iam.gserviceaccount.com', account: 'villains' }
    const theirs = { provider: 'gcp', reference: 'projects/our-project/secrets/payroll/versions/1' }
    expect(await fixOf(1, 'SECRET_ACCESS_DENIED', { ...theirs, ...villain })).not.toMatch(/villains|payroll/)
    const ours = { role: 'n@our-project.iam.gserviceaccount.com', account: 'our-project' }
    expect(await fixOf(2, 'SECRET_ACCESS_DENIED', { ...theirs, ...ours })).toMatch(
      /add-iam-policy-binding team-login --project=our-project --member=serviceAccount:n@our-project\./,
    )
    expect(await fixOf(3, 'CREDENTIAL_SERVER_MISMATCH', { registry: 'villains.example.com' })).toContain(
      'Set `server` in the secret to registry.example.com',
    )
    const cluster = await startCluster(id, 0)
    const failed = { code: 'SECRET_ACCESS_DENIED', facts: { ...theirs, ...villain } }
    await node.report({
      workload: workloadReport({ cluster_id: cluster.id, phase: 'failed', problem: failed as never }),
    })
    const told = await clusterNow(cluster.id)
    expect(told).toMatchObject({ state: 'StartupErrored', problem: { code: 'SECRET_ACCESS_DENIED' } })
    expect(JSON.stringify(told)).not.toMatch(/villains|payroll/)
  })

  test('what a check noticed is among the warnings of the build, until it is checked again', async () => {
    const cloud = await makeCloud()
    const node = await join(cloud)
    await node.report()
    const build = await makeBuild(cloud.id)
    await node.report({ checks: [checkReport(build.id, { advice: ['LOGIN_MAY_PUSH'] }) as never] })
    const warning = { code: 'LOGIN_MAY_PUSH', path: 'registry_login_secret' }
    expect((await buildNow(build.id)).warnings).toContainEqual(expect.objectContaining(warning))
    await running.admin.post(`/cluster_environment_builds/${build.id}/verify`)
    expect((await buildNow(build.id)).warnings).not.toContainEqual(expect.objectContaining(warning))
  })

  test('a report that comes twice counts once', async () => {
    const cloud = await makeCloud()
    const node = await join(cloud)
    await node.report()
    const build = await makeBuild(cloud.id)
    const report = { report_id: newId('rep'), checks: [checkReport(build.id, { status: 'in_progress' }) as never] }
    expect((await node.report(report)).body).toEqual({ acknowledged: report.report_id })
    await running.admin.post(`/cluster_environment_builds/${build.id}/verify`)
    expect((await node.report(report)).status).toBe(200)
    expect(await buildNow(build.id)).toMatchObject({ status: 'pending' })
  })
})

describe('clusters', () => {
  test('the head resolves the digest, the workers get the same one and the head’s address, and all run', async () => {
    const cloud = await makeCloud()
    const nodes = [await join(cloud), await join(cloud)]
    for (const node of nodes) await node.report()
    const build = await makeBuild(cloud.id)
    const cluster = await startCluster(build.id, 1)
    expect(cluster.state).toBe('StartingUp')
    const of = (role: string) => {
      const id = cluster.nodes.find((node: { role: string }) => node.role === role).node_id
      return nodes.find((node) => node.id === id)!
    }
    const [head, worker] = [of('head'), of('worker')]
    const cluster_id = cluster.id

    expect((await head.desiredState()).state.workload).toMatchObject({ role: 'head', digest: null, node_count: 2 })
    const before = await worker.desiredState()
    expect(before.state.workload).toBeNull()

    const waiting = worker.desiredState({ wait: 20, etag: before.headers.get('etag') ?? '' })
    await head.report({ workload: workloadReport({ cluster_id, digest }) })
    expect((await waiting).state.workload).toMatchObject({
      role: 'worker',
      digest,
      head_address: null,
      env_vars: { A: 'b' },
    })
    expect(await buildNow(build.id)).toMatchObject({ status: 'succeeded', digest, checked_by: head.id })

    const running1 = { cluster_id, digest, phase: 'running' as const, ray_version: '2.55.1' }
    const headReport = { ...running1, head_address: '10.0.0.1:6379', dashboard_address: '127.0.0.1:8265' }
    await head.report({ workload: workloadReport({ ...headReport, alive_nodes: 1 }) })
    expect((await worker.desiredState()).state.workload?.head_address).toBe('10.0.0.1:6379')
    await worker.report({ workload: workloadReport(running1) })
    expect((await clusterNow(cluster_id)).state).toBe('StartingUp')
    await head.report({ workload: workloadReport({ ...headReport, alive_nodes: 2 }) })
    expect(await clusterNow(cluster_id)).toMatchObject({
      state: 'Running',
      problem: null,
      digest,
      alive_nodes: 2,
      ray_address: 'ray://10.0.0.1:10001',
      dashboard_url: 'http://127.0.0.1:8265',
      nodes: [
        { role: 'head', phase: 'running' },
        { role: 'worker', phase: 'running' },
      ],
    })
    expect(await buildNow(build.id)).toMatchObject({ byod_ray_version: '2.55.1' })

    expect((await running.admin.post(`/clusters/${cluster_id}/start`)).body.code).toBe('CLUSTER_BUSY')
    expect((await running.admin.post(`/clusters/${cluster_id}/terminate`)).body.result.state).toBe('Terminating')
    expect((await head.desiredState()).state.workload).toBeNull()
    await head.report()
    expect((await clusterNow(cluster_id)).state).toBe('Terminating')
    await worker.report()
    expect(await clusterNow(cluster_id)).toMatchObject({ state: 'Terminated', nodes: [], alive_nodes: null })

    const again = await running.admin.post(`/clusters/${cluster_id}/start`)
    expect(again.body.result).toMatchObject({ state: 'StartingUp', generation: 2, digest })
  })

  test('too few nodes: it waits, says why, and is placed by itself when one comes free', async () => {
    const cloud = await makeCloud()
    const checker = await join(cloud, { checker: true })
    await checker.report()
    const build = await makeBuild(cloud.id)
    const cluster = await startCluster(build.id, 0)
    expect(cluster).toMatchObject({
      state: 'AwaitingStartup',
      problem: { code: 'NOT_ENOUGH_NODES', detail: 'the cluster needs 1 nodes and 0 are free' },
    })
    const node = await join(cloud)
    await node.report()
    expect(await clusterNow(cluster.id)).toMatchObject({ state: 'StartingUp', problem: null })
    expect((await node.desiredState()).state.workload).toMatchObject({ cluster_id: cluster.id, generation: 1 })
  })

  test('what each node did is kept after the end, until the next start', async () => {
    const cloud = await makeCloud()
    const node = await join(cloud)
    await node.report()
    const cluster = await startCluster((await makeBuild(cloud.id)).id, 0)
    const steps = [{ step: 'secret', status: 'done', started_at: new Date().toISOString(), duration_ms: 5 }] as const
    const part = (of: object) => ({ workload: workloadReport({ cluster_id: cluster.id, steps: [...steps], ...of }) })
    await node.report(part({ phase: 'running' }))
    await running.admin.post(`/clusters/${cluster.id}/terminate`)
    const nodes = async () => (await running.admin.get(`/clusters/${cluster.id}/nodes`)).body.results
    // While it clears up, an agent tells no steps.
    await node.report(part({ phase: 'stopping', steps: [] }))
    expect(await nodes()).toMatchObject([{ role: 'head', phase: 'stopping', steps }])
    await node.report()
    expect(await clusterNow(cluster.id)).toMatchObject({ state: 'Terminated', nodes: [] })
    expect(await nodes()).toMatchObject([{ node_id: node.id, role: 'head', phase: 'stopped', steps }])
    await running.admin.post(`/clusters/${cluster.id}/start`)
    expect(await nodes()).toMatchObject([{ phase: 'assigned', steps: [] }])
  })

  test('a node that fails makes the start fail with its problem and steps, frees the nodes, and fails an unchecked build', async () => {
    const cloud = await makeCloud()
    const node = await join(cloud)
    await node.report()
    const build = await makeBuild(cloud.id)
    const cluster = await startCluster(build.id, 0)
    const steps = [{ step: 'match', status: 'failed', started_at: new Date().toISOString(), duration_ms: 1 }] as const
    const reported = { code: 'CREDENTIAL_SERVER_MISMATCH', facts: { registry: 'registry.example.com' } } as const
    await node.report({
      workload: workloadReport({ cluster_id: cluster.id, phase: 'failed', steps: [...steps], problem: reported }),
    })
    const failed = await clusterNow(cluster.id)
    expect(failed).toMatchObject({
      state: 'StartupErrored',
      problem: { code: 'CREDENTIAL_SERVER_MISMATCH' },
      nodes: [{ phase: 'failed', steps: [{ step: 'match' }], problem: { code: 'CREDENTIAL_SERVER_MISMATCH' } }],
    })
    expect(await buildNow(build.id)).toMatchObject({
      status: 'failed',
      problem: { code: 'CREDENTIAL_SERVER_MISMATCH' },
    })
    expect((await node.desiredState()).state.workload).toBeNull()
    await node.report()
    expect((await clusterNow(cluster.id)).nodes).toMatchObject([{ phase: 'failed', steps: [{ step: 'match' }] }])
    expect((await running.admin.get(`/nodes/${node.id}`)).body.result.cluster_id).toBeNull()
    expect((await running.admin.post(`/clusters/${cluster.id}/terminate`)).body.result.state).toBe('Terminated')
  })

  test('what a failed container printed last is shown where its node shares it, also after the agent forgot it, and to no viewer', async () => {
    const cloud = await makeCloud()
    const node = await join(cloud)
    await node.report()
    const cluster = await startCluster((await makeBuild(cloud.id)).id, 0)
    const failed = workloadReport({
      cluster_id: cluster.id,
      phase: 'failed',
      problem: { code: 'RAY_START_FAILED', facts: { exit_status: 3 } },
    })
    await node.report({ workload: { ...failed, last_lines: ['STAGE=canary'] } })
    await node.report({ workload: failed })
    await node.report()
    expect((await clusterNow(cluster.id)).nodes).toMatchObject([{ phase: 'failed', last_lines: ['STAGE=canary'] }])
    const viewer = await running.withRole('viewer')
    for (const path of [`/clusters/${cluster.id}`, `/clusters/${cluster.id}/nodes`, '/clusters']) {
      const seen = await viewer.get(path)
      expect(seen.text).toContain('RAY_START_FAILED')
      expect(seen.text).not.toContain('canary')
    }
    expect((await running.admin.post(`/clusters/${cluster.id}/start`)).body.result.nodes).toMatchObject([
      { last_lines: null },
    ])
  })

  test('without a pin every node is told to follow the tag', async () => {
    const cloud = await makeCloud()
    const nodes = [await join(cloud), await join(cloud)]
    for (const node of nodes) await node.report()
    await startCluster((await makeBuild(cloud.id)).id, 1, { pin_digest: false })
    for (const node of nodes) expect((await node.desiredState()).state.workload).toMatchObject({ digest: null })
  })
})
