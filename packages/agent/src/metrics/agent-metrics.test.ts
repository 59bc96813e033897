import { readFileSync } from 'node:fs'
import { newId } from '@fairlead/contract/names'
import { isProblem, ProblemCode } from '@fairlead/contract/problems'
import { DoorEngine, NodePullEvent, PullDecision, PullOutcome, PullPurpose } from '@fairlead/contract/wire'
import { expect, test } from 'vitest'
import { AgentMetrics, agentMetricTable } from './agent-metrics.ts'
import { serveMetrics } from './serve-metrics.ts'

function event(part: Partial<NodePullEvent> = {}): NodePullEvent {
  return NodePullEvent.parse({
    event: 'pull',
    pull_id: newId('pull'),
    node_id: null,
    purpose: 'cluster',
    engine: null,
    cluster_id: null,
    build_id: null,
    registry: 'canary.example.com',
    repository: 'canary/app',
    digest: null,
    secret: 'named',
    decision: 'authenticated',
    login: 'accepted',
    outcome: 'done',
    code: null,
    failed_step: null,
    step_ms: {},
    bytes: 100,
    total_bytes: 100,
    started_at: '2026-11-24T12:00:00.000Z',
    duration_ms: 1500,
    sequence: 1,
    secret_provider: 'aws',
    secret_reads: 1,
    secret_kept: 0,
    retries: 2,
    resumed_streams: 1,
    layers: 2,
    layers_fetched: 2,
    layers_here: 0,
    engine_restarts: 0,
    engine_version: '29.0.0',
    agent_version: '0.1.0',
    policy: { on_mismatch: 'fail', offline_start: 'allow', registries: 'all', secrets: 'all', proxy: 'none' },
    ...part,
  })
}

const closed: Record<string, readonly string[]> = {
  purpose: PullPurpose.options,
  engine: ['none', ...DoorEngine.options],
  decision: PullDecision.options,
  outcome: PullOutcome.options,
  code: ['none', ...ProblemCode.options],
  from: ['manager', 'kept'],
}

test('pulls are counted with labels from closed sets only', () => {
  const metrics = new AgentMetrics()
  metrics.count(event())
  metrics.count(event())
  metrics.count(event({ outcome: 'refused', code: 'CREDENTIAL_SERVER_MISMATCH', decision: 'refused', bytes: 0 }))
  metrics.count(event({ purpose: 'door', engine: 'containerd', bytes: 0 }))
  const text = metrics.text()
  expect(text).toContain(
    'fairlead_agent_pulls_total{purpose="cluster",engine="none",decision="authenticated",outcome="done",code="none"} 2\n',
  )
  expect(text).toContain(
    'fairlead_agent_pulls_total{purpose="door",engine="containerd",decision="authenticated",outcome="done",code="none"} 1\n',
  )
  expect(text).toContain('fairlead_agent_pull_seconds_sum{purpose="cluster",outcome="done"} 3\n')
  expect(text).toContain('fairlead_agent_registry_bytes_total 200\n')
  expect(text).toContain('fairlead_agent_secret_reads_total{from="manager"} 4\n')
  expect(text).toContain('fairlead_agent_registry_retries_total 8\n')
  expect(text).not.toContain('canary')
  for (const [, name = '', value = ''] of text.matchAll(/(\w+)="([^"]*)"/g)) expect(closed[name], name).toContain(value)
  for (const [name, { type }] of Object.entries(agentMetricTable)) expect(text).toContain(`# TYPE ${name} ${type}\n`)
})

test('metrics are served where the owner asked, with the health of the process and nothing else', async () => {
  const metrics = new AgentMetrics()
  await using listener = await serveMetrics('127.0.0.1:0', metrics)
  const at = async (path: string, method = 'GET') =>
    (await fetch(`http://${listener.address}${path}`, { method })).status
  expect(await at('/metrics')).toBe(200)
  expect(await at('/healthz')).toBe(200)
  expect(await at('/')).toBe(404)
  expect(await at('/metrics', 'POST')).toBe(404)
  await expect(serveMetrics(listener.address, metrics)).rejects.toSatisfy((error) => isProblem(error, 'ADDRESS_IN_USE'))
  for (const wrong of ['nonsense', '127.0.0.1', 'a b:1']) {
    await expect(serveMetrics(wrong, metrics), wrong).rejects.toSatisfy((error) => isProblem(error, 'USAGE'))
  }
})

test('docs/observability.md lists all metrics', () => {
  const page = readFileSync(new URL('../../../../docs/observability.md', import.meta.url), 'utf8')
  for (const [name, { type, help }] of Object.entries(agentMetricTable)) {
    expect(page).toContain(`| \`${name}\` | ${type} | ${help} |\n`)
  }
})
