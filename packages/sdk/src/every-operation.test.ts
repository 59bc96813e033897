/** The SDK has a call for each API operation meant for people and programs, and supports every filter of a list. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { FairleadClient } from './client.ts'
import { scriptedServer } from './scripted-server.ts'

interface Operation {
  operationId: string
  'x-access': string
  parameters: { in: string; name: string }[]
}
interface Document {
  paths: Record<string, Record<string, Operation>>
}

/** For nodes, for machines that become nodes, and for monitoring. */
const notForClients = /^(?:get_health|get_readiness|get_metrics|join_node|join_node_by_proof|create_join_challenge)$/

const named = { name: 'n', name_contains: 'n' }
const table = { order: 'asc', offset: 1, with_total: true } as const
const calls: ((client: FairleadClient) => PromiseLike<unknown>)[] = [
  (client) => client.clouds.create({ name: 'n', provider: 'local' }),
  (client) => client.clouds.list(named).first(),
  (client) => client.clouds.get('ID'),
  (client) => client.clouds.update('ID', { region: 'us-east-2' }),
  (client) => client.clouds.delete('ID'),
  (client) => client.clouds.resetRole('ID'),
  (client) => client.clouds.grant('ID', { reference: 'r' }),
  (client) => client.clouds.grants('ID').first(),
  (client) => client.clouds.revokeGrant('ID', 'ID'),
  (client) => client.clouds.policy('ID', { cluster_environment: 'n', customer_keys: true }),
  (client) => client.clouds.createJoinToken('ID'),
  (client) => client.clouds.joinCommand('ID'),
  (client) =>
    client.clusterEnvironments.create({ name: 'n', config_json: { docker_image: 'i', ray_version: '2.55.1' } }),
  (client) =>
    client.clusterEnvironments
      .list({
        ...named,
        ...table,
        sort: 'name',
        cloud_id: 'c',
        include_archived: true,
        build_status: 'failed',
        advice: 'RATE_LIMIT_LOW',
      })
      .first(),
  (client) => client.clusterEnvironments.get('ID'),
  (client) =>
    client.clusterEnvironments.createBuild('ID', {
      config_json: { docker_image: 'i', ray_version: '2' },
      prefetch: true,
    }),
  (client) => client.clusterEnvironments.archive('ID'),
  (client) => client.builds.list('ID').first(),
  (client) => client.builds.find('n:1'),
  (client) => client.builds.get('ID'),
  (client) => client.builds.verify('ID'),
  (client) => client.clusters.create({ name: 'n', cluster_environment: 'n' }),
  (client) => client.clusters.list({ ...named, ...table, sort: 'name', state: 'Running', has_problem: true }).first(),
  (client) => client.clusters.get('ID'),
  (client) => client.clusters.connection('ID'),
  (client) => client.clusters.nodes('ID').first(),
  (client) => client.clusters.start('ID'),
  (client) => client.clusters.terminate('ID'),
  (client) => client.clusters.delete('ID'),
  (client) =>
    client.nodes
      .list({
        ...named,
        ...table,
        sort: 'name',
        cloud_id: 'c',
        state: 'lost',
        has_waiting_pods: true,
        has_broken_chain: true,
        prefetched_build_id: 'b',
      })
      .first(),
  (client) => client.nodes.get('ID'),
  (client) => client.nodes.revoke('ID'),
  (client) =>
    client.pulls
      .list({
        ...table,
        sort: 'bytes',
        cluster_id: 'c',
        build_id: 'b',
        node_id: 'n',
        purpose: 'door',
        code: 'INTERNAL',
        registry: 'r',
        pod_owner: 'n/RayCluster/r',
        decision: 'refused',
        since: 's',
        until: 'u',
      })
      .first(),
  (client) => client.pulls.get('ID'),
  (client) => client.overview(),
  (client) => client.apiTokens.create({ name: 'n', role: 'viewer' }),
  (client) => client.apiTokens.list({ ...named, kind: 'session' }).first(),
  (client) => client.apiTokens.me(),
  (client) => client.apiTokens.revoke('ID'),
  (client) => client.apiTokens.signOut(),
  (client) => client.signIn.offer(),
  (client) => client.signIn.startBrowser(),
  (client) => client.signIn.finishBrowser({ callback: '', state: '', nonce: '', code_verifier: '' }),
  (client) => client.signIn.startDevice(),
  (client) => client.signIn.finishDevice('c'),
  (client) => client.signIn.asProgram('t'),
  (client) => client.audit.list({ ...table, act: 'cloud.create', token_id: 't' }).first(),
  (client) => client.version(),
  (client) => client.events().next(),
]

async function sentBy(call: (client: FairleadClient) => PromiseLike<unknown>): Promise<string> {
  const { client, sent } = scriptedServer(() => ({ status: 403, text: '' }))
  await Promise.resolve(call(client)).catch(() => null)
  const { pathname, searchParams } = new URL(sent[0]?.url ?? '')
  const filters = [...searchParams.keys()].filter((name) => name !== 'count').toSorted()
  return `${sent[0]?.method} ${pathname.replaceAll('/ID', '/{id}')} ${filters.join()}`
}

test('every operation has a call, and every filter can be set', async () => {
  const text = await readFile(new URL('../../contract/openapi.json', import.meta.url), 'utf8')
  const document = JSON.parse(text) as Document
  const expected = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(
        ([, { operationId, 'x-access': access }]) => !access.startsWith('node') && !notForClients.test(operationId),
      )
      .map(([method, { parameters }]) => {
        const filters = parameters.filter(
          ({ in: place, name }) => place === 'query' && !/^(count|paging_token)$/.test(name),
        )
        const names = filters.map(({ name }) => name).toSorted()
        return `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '{id}')} ${names.join()}`
      }),
  )
  expect((await Promise.all(calls.map(sentBy))).toSorted()).toEqual(expected.toSorted())
})
