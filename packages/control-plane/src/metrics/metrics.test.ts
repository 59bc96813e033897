/** Everything is counted, and no input from outside becomes a label. */
import { newId, NodeId } from '@fairlead/contract/names'
import { beforeAll, expect, test } from 'vitest'
import { documentOfThisVersion } from '../openapi/document-of-this-version.ts'
import { recordHash } from '../pulls/plan-chain.ts'
import { callerOf, testControlPlane } from '../testing/test-control-plane.ts'
import { testNode } from '../testing/test-node.ts'
import { testChain, testRecord } from '../testing/test-records.ts'
import { metricTable, type MetricRow } from './metric-table.ts'
import { Metrics } from './metrics.ts'

/** `name{a="b"} 1` split into its parts. */
function parse(text: string) {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value = ''] = /^([a-z_0-9]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', of = '']) => [label, of])
      return { name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) }
    })
}

const paths = new Set(['-', ...Object.keys(documentOfThisVersion().paths)])
const rows: Record<string, MetricRow> = metricTable

/** The labels of a series that are not in a closed set. */
function strangeLabels({ name, labels }: { name: string; labels: Record<string, string> }): string[] {
  const row = rows[name] ?? rows[name.replace(/_(?:bucket|sum|count)$/, '')]
  if (row === undefined) return [`${name}: no row`]
  return Object.entries(labels)
    .filter(([label, value]) => {
      if (label === 'le' && row.kind === 'histogram')
        return !['+Inf', ...(row.buckets ?? []).map(String)].includes(value)
      const closed = row.labels[label]
      return closed === undefined || !(closed === 'paths' ? paths.has(value) : closed.includes(value))
    })
    .map(([label, value]) => `${name}: ${label}=${value}`)
}

const hostile = 'canary-7a"}\n evil{x="1'
let series: ReturnType<typeof parse>
let text: string

beforeAll(async () => {
  await using running = await testControlPlane({ metricsListen: '127.0.0.1:0' })
  const { admin, plane } = running
  const cloud = (await admin.post('/clouds', { name: 'canary-name', provider: 'local' })).body.result
  const config_json = { docker_image: 'canary.example.com/canary:1', ray_version: '2.55.1' }
  const environment = (await admin.post('/cluster_environments', { name: 'canary-env', config_json })).body.result
  const node = await testNode(plane.origin, admin, cloud, { name: 'canary-node' })
  await node.report()
  const { checks } = (await node.desiredState()).state
  const checked = {
    build_id: environment.latest_build.id,
    attempt: checks[0]?.attempt ?? 0,
    status: 'succeeded' as const,
    steps: [],
    problem: null,
    digest: null,
    platform: null,
    size_bytes: null,
    advice: [],
  }
  const id = NodeId.parse(node.id)
  const chain = testChain(id, 2)
  const lone = { ...testRecord(id, 9, 'f'.repeat(64)), registry: hostile, repository: hostile, image: hostile }
  const pulls = [...chain, { ...lone, hash: recordHash(lone) }]
  expect((await node.report({ checks: [checked], pulls })).status).toBe(200)
  // Reported again: counts once.
  expect((await node.report({ pulls: chain })).status).toBe(200)
  for (const path of ['/canary-path', '/pulls/canary-id', `/pulls/${newId('pull')}`]) await admin.get(path)
  await callerOf(plane.origin, 'canary-token').get('/pulls')
  await admin.post('/clouds', { name: hostile, provider: hostile })
  for (const method of ['PROPFIND', 'PURGE', 'PUT']) await fetch(`${plane.origin}/canary`, { method })
  expect((await admin.get('/-/metrics')).status).toBe(404)
  const answer = await fetch(`http://${plane.metricsAddress}/metrics`)
  expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4')
  text = await answer.text()
  series = parse(text)
})

const value = (name: string, labels: Record<string, string> = {}) =>
  series.find((one) => one.name === name && Object.entries(labels).every(([key, of]) => one.labels[key] === of))?.value

test('every label of every series is from a closed set, whatever was sent', () => {
  const ours = series.filter(({ name }) => name.startsWith('fairlead_'))
  expect(ours.length).toBeGreaterThan(100)
  expect(ours.flatMap(strangeLabels)).toEqual([])
  expect(text).not.toContain('canary')
})

test('the series of the library have only runtime labels', () => {
  const labels = series.filter(({ name }) => !name.startsWith('fairlead_')).flatMap(({ labels }) => Object.keys(labels))
  expect(
    new Set(labels).isSubsetOf(new Set(['version', 'major', 'minor', 'patch', 'space', 'kind', 'type', 'le'])),
  ).toBe(true)
})

test('exports every metric of the table, with its type and help', () => {
  for (const [name, { kind, help }] of Object.entries(metricTable)) {
    expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n`)
  }
})

test('counts pulls, checks, broken chains, nodes and methods', () => {
  expect(
    value('fairlead_pulls_total', { purpose: 'cluster', engine: 'none', decision: 'refused', code: 'IMAGE_NOT_FOUND' }),
  ).toBe(3)
  expect(value('fairlead_pull_seconds_count', { purpose: 'cluster', outcome: 'failed' })).toBe(3)
  expect(value('fairlead_pull_chain_breaks_total', { kind: 'gap' })).toBe(1)
  expect(value('fairlead_pull_chain_breaks_total', { kind: 'fork' })).toBe(0)
  expect(value('fairlead_build_checks_total', { outcome: 'succeeded' })).toBe(1)
  expect(value('fairlead_builds', { status: 'succeeded' })).toBe(1)
  expect(value('fairlead_nodes', { state: 'online' })).toBe(1)
  expect(value('fairlead_http_request_seconds_count', { method: 'other', route: '-', status: '4xx' })).toBe(2)
  expect(value('fairlead_store_write_seconds_count', { outcome: 'committed' })).toBeGreaterThan(5)
  expect(value('fairlead_store_write_seconds_count', { outcome: 'failed' })).toBeUndefined()
})

test('a failed write counts as failed', async () => {
  const metrics = new Metrics({
    store: { reader: { counts: async () => ({ clusters: {}, builds: {} }) } } as never,
    presence: { count: () => ({ online: 0, lost: 0 }) } as never,
    waitingNodes: () => 0,
  })
  metrics.wrote('failed', 0.2)
  metrics.fault()
  const found = parse(await metrics.text())
  expect(found.find(({ name }) => name === 'fairlead_faults_total')?.value).toBe(1)
  expect(found).toContainEqual({ name: 'fairlead_store_write_seconds_count', labels: { outcome: 'failed' }, value: 1 })
})
