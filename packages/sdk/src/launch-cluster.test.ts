import type { Cluster } from '@fairlead/contract/wire'
import { describe, expect, test } from 'vitest'
import { build, cluster, pageOf, problemDocument } from './scripted-resources.ts'
import { scriptedServer, type ScriptedAnswer, type Sent } from './scripted-server.ts'

const quick = { pollRateSeconds: 0.01 }
const create = { name: 'train', cluster_environment: 'env', worker_count: 1 }

function world({ existing, looks }: { existing?: Partial<Cluster>; looks: readonly Partial<Cluster>[] }) {
  let look = 0
  const route = (sent: Sent): ScriptedAnswer => {
    const at = `${sent.method} ${new URL(sent.url).pathname.slice('/api/v1'.length)}`
    if (at === 'GET /clusters') return { json: existing ? pageOf({ ...cluster, ...existing }) : pageOf() }
    if (at === 'POST /clusters') return { status: 201, json: { result: cluster } }
    if (at === `POST /clusters/${cluster.id}/start`) {
      return { status: 202, json: { result: { ...cluster, state: 'AwaitingStartup' } } }
    }
    if (at === 'GET /cluster_environment_builds/by_identifier') return { json: { result: build } }
    if (at === `GET /clusters/${cluster.id}`) {
      return { json: { result: { ...cluster, ...looks[Math.min(look++, looks.length - 1)] } } }
    }
    return { status: 404, json: problemDocument('ROUTE_NOT_FOUND', 404) }
  }
  return scriptedServer(route)
}

const startOf = (sent: readonly Sent[]) => sent.find((call) => call.url.endsWith('/start'))

describe('launching a cluster', () => {
  test('creates it, starts it, and waits until it runs', async () => {
    const { client, sent } = world({ looks: [{ state: 'StartingUp' }, { state: 'Running' }] })
    expect(await client.launchCluster(create, quick)).toMatchObject({ state: 'Running' })
    expect(JSON.parse(sent.find((call) => call.method === 'POST')?.body ?? '')).toEqual(create)
  })

  test('starts the existing one with the current request', async () => {
    const { client, sent } = world({ existing: {}, looks: [{ state: 'Running' }] })
    await client.launchCluster(create, quick)
    expect(JSON.parse(startOf(sent)?.body ?? '')).toEqual({ cluster_environment: 'env', worker_count: 1 })
  })

  test('joins a start in progress with the same request', async () => {
    const { client, sent } = world({ existing: { state: 'StartingUp' }, looks: [{ state: 'Running' }] })
    await client.launchCluster(create, quick)
    expect(startOf(sent)).toBeUndefined()
  })

  test('requests a new start for a different request, and leaves the refusal to the server', async () => {
    const { client, sent } = world({ existing: { state: 'Running' }, looks: [{ state: 'Running' }] })
    await client.launchCluster({ ...create, worker_count: 7 }, quick)
    expect(startOf(sent)).toBeDefined()
  })

  test.each([
    ['of the cluster', { problem: problemDocument('BUILD_FAILED', 409) }, 'BUILD_FAILED'],
    [
      'of a node',
      { nodes: [{ ...nodeOf('head'), problem: problemDocument('REGISTRY_LOGIN_REJECTED', 424) }] },
      'REGISTRY_LOGIN_REJECTED',
    ],
  ])('throws a failed start as the problem %s', async (_name, told, code) => {
    const { client } = world({ looks: [{ state: 'StartupErrored', ...told } as Partial<Cluster>] })
    await expect(client.launchCluster(create, quick)).rejects.toMatchObject({ code })
  })

  test('ends the wait, not the start, on an abort', async () => {
    const controller = new AbortController()
    const { client, sent } = world({ looks: [{ state: 'StartingUp' }] })
    const launched = client.launchCluster(create, {
      ...quick,
      signal: controller.signal,
      onCluster: ({ state }) => {
        if (state === 'StartingUp') controller.abort(new Error('enough'))
      },
    })
    await expect(launched).rejects.toThrow('enough')
    expect(sent.some((call) => call.url.endsWith('/terminate'))).toBe(false)
  })
})

function nodeOf(role: string) {
  return {
    node_id: `node_${'0'.repeat(26)}`,
    node_name: 'n1',
    role,
    phase: 'failed',
    steps: [],
    problem: null,
    warnings: [],
    last_lines: null,
    last_heard_at: null,
  }
}
