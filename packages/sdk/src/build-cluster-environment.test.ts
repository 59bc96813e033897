import type { Build } from '@fairlead/contract/wire'
import { describe, expect, test } from 'vitest'
import { build, environment, node, pageOf, problemDocument } from './scripted-resources.ts'
import { scriptedServer, type ScriptedAnswer, type Sent } from './scripted-server.ts'

const config = { docker_image: build.docker_image_name, ray_version: '2.44.0', registry_login_secret: 'login' }
const create = { name: 'env', config_json: config }
const quick = { pollRateSeconds: 0.01 }

interface World {
  readonly exists?: boolean
  /** The build's state at each look; the last one stays. */
  readonly builds: readonly Partial<Build>[]
  readonly nodes?: readonly object[]
}

function world({ exists = false, builds, nodes = [node] }: World) {
  let look = 0
  const route = (sent: Sent): ScriptedAnswer => {
    const { pathname } = new URL(sent.url)
    const at = `${sent.method} ${pathname.slice('/api/v1'.length)}`
    if (at === 'GET /events') return { status: 404, json: problemDocument('ROUTE_NOT_FOUND', 404) }
    if (at === 'POST /cluster_environments') {
      return exists
        ? { status: 409, json: problemDocument('NAME_IN_USE', 409) }
        : { status: 201, json: { result: environment } }
    }
    if (at === 'GET /cluster_environments') return { json: pageOf(environment) }
    if (at === `POST /cluster_environments/${environment.id}/builds`) return { status: 201, json: { result: build } }
    if (at === `GET /cluster_environment_builds/${build.id}`) {
      const current = builds[Math.min(look++, builds.length - 1)]
      return { json: { result: { ...build, ...current } } }
    }
    if (at === 'GET /nodes') return { json: pageOf(...nodes) }
    throw new TypeError(`nobody asked for ${at}`)
  }
  return scriptedServer(route)
}

describe('building a cluster environment', () => {
  test('waits for the check, and returns the build', async () => {
    const seen: string[] = []
    const { client, sent } = world({
      builds: [{}, { status: 'in_progress' }, { status: 'succeeded', digest: `sha256:${'a'.repeat(64)}` }],
    })
    const built = await client.buildClusterEnvironment(create, { ...quick, onBuild: (one) => seen.push(one.status) })
    expect(built.status).toBe('succeeded')
    expect(seen).toEqual(['pending', 'pending', 'in_progress', 'succeeded'])
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual(create)
  })

  test('adds a build if the name exists', async () => {
    const { client, sent } = world({ exists: true, builds: [{ status: 'succeeded' }] })
    await client.buildClusterEnvironment(create, quick)
    const added = sent.find((call) => call.url.endsWith('/builds'))
    expect(JSON.parse(added?.body ?? '')).toEqual({ config_json: config })
  })

  test('reports a name as in use if it exists in another cloud', async () => {
    const { client } = world({ exists: true, builds: [{}] })
    const elsewhere = { ...create, cloud_id: `cld_${'9'.repeat(26)}` }
    await expect(client.buildClusterEnvironment(elsewhere, quick)).rejects.toMatchObject({ code: 'NAME_IN_USE' })
  })

  test('throws a failed check as its problem', async () => {
    const problem = problemDocument('CREDENTIAL_SERVER_MISMATCH', 424)
    const { client } = world({ builds: [{ status: 'failed', problem }] })
    await expect(client.buildClusterEnvironment(create, quick)).rejects.toMatchObject({
      code: 'CREDENTIAL_SERVER_MISMATCH',
      what: 'what the server said',
    })
  })

  test('returns the build as pending if no node is online', async () => {
    const { client } = world({ builds: [{}], nodes: [{ ...node, state: 'lost' }] })
    expect(await client.buildClusterEnvironment(create, quick)).toMatchObject({ status: 'pending' })
  })

  test('throws a problem in that case if a check is required', async () => {
    const { client } = world({ builds: [{}], nodes: [] })
    const asked = client.buildClusterEnvironment(create, { ...quick, requireCheck: true })
    await expect(asked).rejects.toMatchObject({ code: 'CHECK_PENDING' })
  })

  test('throws TIMED_OUT if a check takes too long', async () => {
    const { client } = world({ builds: [{ status: 'in_progress' }] })
    const asked = client.buildClusterEnvironment(create, { ...quick, timeoutSeconds: 0.05 })
    await expect(asked).rejects.toMatchObject({ code: 'TIMED_OUT' })
  })

  test('refuses a password in place of a reference before sending a byte', async () => {
    const { client, sent } = world({ builds: [{}] })
    const pasted = {
      ...create,
      config_json: { ...config, registry_login_secret: 'dckr_pat_abcdefghijklmnopqrstuvwxyz0' },
    }
    await expect(client.buildClusterEnvironment(pasted)).rejects.toMatchObject({
      code: 'REFERENCE_LOOKS_LIKE_A_SECRET',
    })
    expect(sent).toEqual([])
  })
})
