/** The dashboard and the alerts in deploy/, answered by a real Prometheus about a control plane with pulls. */
import { readFileSync } from 'node:fs'
import { mustRun } from '@fairlead/testkit'
import { expect, test } from 'vitest'
import { startOneNodeSystem } from './one-node-system.ts'
import { alertsFile, startPrometheus } from './prometheus.ts'

test('Prometheus answers every query of the dashboard, and evaluates every alert', async () => {
  const board = JSON.parse(readFileSync(new URL('../../deploy/grafana/fairlead.json', import.meta.url), 'utf8')) as {
    panels: readonly { title: string; targets: readonly { expr: string }[] }[]
  }
  const variables: Record<string, string> = { job: 'fairlead', nodes_job: 'fairlead-nodes', __rate_interval: '1m' }
  await using system = await startOneNodeSystem()
  await system.build('good')
  await system.fairlead('cluster', 'start', '-n', 'good', '--env', 'good')
  await system.secrets.put('elsewhere', { ...system.login, server: 'docker.io' })
  await system.build('refused', { registry_login_secret: 'elsewhere' })
  await using prometheus = await startPrometheus(system.serve)
  const silent = []
  for (const { title, targets } of board.panels) {
    for (const { expr } of targets) {
      const found = await prometheus.query(expr.replaceAll(/\$(\w+)/g, (_, name: string) => variables[name] ?? '?'))
      if (found.length === 0) silent.push(title)
    }
  }
  // No node is scraped here.
  expect(silent).toEqual(['Retries because of registries', 'Reads of secrets'])
  const rules = await prometheus.rules()
  expect(rules.map(({ name, health }) => `${name} ${health}`)).toEqual(rules.map(({ name }) => `${name} ok`))
  expect(rules.length).toBeGreaterThanOrEqual(8)
})

test('each alert fires when it should, and not before', async () => {
  await mustRun('promtool', ['test', 'rules', alertsFile.replace('.yaml', '.test.yaml')])
})
