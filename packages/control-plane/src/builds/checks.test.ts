/** How nodes check builds, over a real socket, and what their reports change. */
import { newId } from '@fairlead/contract/names'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TestFleet, unique } from '../testing/test-fleet.ts'
import { workloadReport } from '../testing/test-node.ts'

// Real sockets and real commits, on a machine that may be busy.
const digest = `sha256:${'a'.repeat(64)}`
let fleet: TestFleet
beforeAll(async () => {
  fleet = await TestFleet.start()
})
afterAll(() => fleet[Symbol.asyncDispose]())

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

  test('a checker is chosen before a node that runs clusters, and its verdict decides the build', async () => {
    const cloud = await fleet.makeCloud()
    const [worker, checker] = [await fleet.join(cloud), await fleet.join(cloud, { checker: true })]
    await worker.report()
    await checker.report()
    const build = await fleet.makeBuild(cloud.id)
    expect((await worker.desiredState()).state.checks).toEqual([])
    expect((await checker.desiredState()).state.checks).toHaveLength(1)
    await checker.report({ checks: [checkReport(build.id, { status: 'in_progress', digest: null }) as never] })
    expect(await fleet.buildNow(build.id)).toMatchObject({ status: 'in_progress' })
    await checker.report({ checks: [checkReport(build.id) as never] })
    expect(await fleet.buildNow(build.id)).toMatchObject({ status: 'succeeded', digest, checked_by: checker.id })
    expect((await checker.desiredState()).state.checks).toEqual([])
  })

  test('ignores a report from a node that does not hold the check', async () => {
    const cloud = await fleet.makeCloud()
    const [a, b] = [await fleet.join(cloud, { checker: true }), await fleet.join(cloud)]
    await a.report()
    await b.report()
    const build = await fleet.makeBuild(cloud.id)
    await b.report({ checks: [checkReport(build.id) as never] })
    expect(await fleet.buildNow(build.id)).toMatchObject({ status: 'pending', digest: null })
    await a.report({ checks: [checkReport(build.id, { attempt: 2 }) as never] })
    expect(await fleet.buildNow(build.id)).toMatchObject({ status: 'pending' })
  })

  test('a failed build shows its problem with the fix, starts no cluster, and can be checked again', async () => {
    const cloud = await fleet.makeCloud()
    const node = await fleet.join(cloud)
    await node.report()
    const build = await fleet.makeBuild(cloud.id)
    const reported = { code: 'REGISTRY_LOGIN_REJECTED', facts: { registry: 'registry.example.com' } }
    await node.report({
      checks: [checkReport(build.id, { status: 'failed', problem: reported, digest: null }) as never],
    })
    expect(await fleet.buildNow(build.id)).toMatchObject({
      status: 'failed',
      problem: {
        code: 'REGISTRY_LOGIN_REJECTED',
        detail: 'registry.example.com rejected the username and password of the secret',
        fix: 'Correct them in the secret manager; no restart is needed.',
        who: 'you',
      },
      error_message: expect.stringContaining('registry.example.com'),
    })
    const refused = await fleet.running.admin.post('/clusters', {
      name: unique('c'),
      cluster_environment_build_id: build.id,
    })
    expect(refused.body.code).toBe('BUILD_FAILED')
    const again = await fleet.running.admin.post(`/cluster_environment_builds/${build.id}/verify`)
    expect(again.status).toBe(202)
    expect((await node.desiredState()).state.checks).toMatchObject([{ build_id: build.id, attempt: 2 }])
  })

  test('S7: the fix for a problem reported by a node names the assigned secret, and grants access only to the cloud’s nodes', async () => {
    const { admin } = fleet.running
    const place = { provider: 'gcp', project_id: 'our-project', join: 'token', allow_any_secret: true }
    const cloud = (await admin.post('/clouds', { name: unique('cloud'), ...place })).body.result
    const node = await fleet.join(cloud)
    await node.report()
    const image = { docker_image: 'registry.example.com/team/app:1', ray_version: '2.55.1' }
    const config_json = { ...image, registry_login_secret: 'team-login' }
    const made = await admin.post('/cluster_environments', { name: unique('env'), config_json, cloud_id: cloud.id })
    const { id } = made.body.result.latest_build
    const fixOf = async (attempt: number, code: string, facts: object) => {
      const told = { attempt, status: 'failed', problem: { code, facts }, digest: null }
      await node.report({ checks: [checkReport(id, told) as never] })
      const { problem } = await fleet.buildNow(id)
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
    const cluster = await fleet.startCluster(id, 0)
    const failed = { code: 'SECRET_ACCESS_DENIED', facts: { ...theirs, ...villain } }
    await node.report({
      workload: workloadReport({ cluster_id: cluster.id, phase: 'failed', problem: failed as never }),
    })
    const told = await fleet.clusterNow(cluster.id)
    expect(told).toMatchObject({ state: 'StartupErrored', problem: { code: 'SECRET_ACCESS_DENIED' } })
    expect(JSON.stringify(told)).not.toMatch(/villains|payroll/)
  })

  test('warnings from a check appear on the build until it is checked again', async () => {
    const cloud = await fleet.makeCloud()
    const node = await fleet.join(cloud)
    await node.report()
    const build = await fleet.makeBuild(cloud.id)
    await node.report({ checks: [checkReport(build.id, { advice: ['LOGIN_MAY_PUSH'] }) as never] })
    const warning = { code: 'LOGIN_MAY_PUSH', path: 'registry_login_secret' }
    expect((await fleet.buildNow(build.id)).warnings).toContainEqual(expect.objectContaining(warning))
    await fleet.running.admin.post(`/cluster_environment_builds/${build.id}/verify`)
    expect((await fleet.buildNow(build.id)).warnings).not.toContainEqual(expect.objectContaining(warning))
  })

  test('counts a repeated report once', async () => {
    const cloud = await fleet.makeCloud()
    const node = await fleet.join(cloud)
    await node.report()
    const build = await fleet.makeBuild(cloud.id)
    const report = { report_id: newId('rep'), checks: [checkReport(build.id, { status: 'in_progress' }) as never] }
    expect((await node.report(report)).body).toEqual({ acknowledged: report.report_id })
    await fleet.running.admin.post(`/cluster_environment_builds/${build.id}/verify`)
    expect((await node.report(report)).status).toBe(200)
    expect(await fleet.buildNow(build.id)).toMatchObject({ status: 'pending' })
  })
})

describe('S13: a revoked grant', () => {
  test('also stops a start and a check that are waiting for nodes', async () => {
    const cloud = await fleet.makeCloud()
    const { admin } = fleet.running
    const grant = (await admin.post(`/clouds/${cloud.id}/grants`, { reference: 'jfrog' })).body.result
    const image = { docker_image: 'registry.example.com/team/app:1', ray_version: '2.55.1' }
    const config = { ...image, registry_login_secret: 'jfrog' }
    const made = await admin.post('/cluster_environments', {
      name: unique('env'),
      config_json: config,
      cloud_id: cloud.id,
    })
    const cluster = await fleet.startCluster(made.body.result.latest_build.id, 0)
    expect(cluster.state).toBe('AwaitingStartup')
    await admin.remove(`/clouds/${cloud.id}/grants/${grant.id}`)
    const node = await fleet.join(cloud)
    await node.report()
    expect(await fleet.clusterNow(cluster.id)).toMatchObject({
      state: 'StartupErrored',
      problem: { code: 'REFERENCE_NOT_ALLOWED' },
      nodes: [],
    })
    expect((await node.desiredState()).state).toMatchObject({ workload: null, checks: [] })
    expect(await fleet.buildNow(made.body.result.latest_build.id)).toMatchObject({
      status: 'failed',
      problem: { code: 'REFERENCE_NOT_ALLOWED' },
    })
  })
})
