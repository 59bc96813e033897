import { newId } from '@fairlead/contract/names'
import type { Report } from '@fairlead/contract/wire'
import { expect, test } from 'vitest'
import type { Store } from '../store/store.ts'
import { facts, workloadReport } from '../testing/test-node.ts'
import { LastReports } from './last-reports.ts'

const alone = { peers: null } as unknown as Store
const nodeId = newId('node')

const report = (part: Partial<Report> = {}): Report => ({
  report_id: newId('rep'),
  at: new Date().toISOString(),
  node: facts,
  workload: null,
  checks: [],
  pulls: [],
  ...part,
})

test('a report that repeats the last one is a heartbeat, whatever its id and time', async () => {
  const reports = new LastReports(alone)
  expect(await reports.isHeartbeat(nodeId, report())).toBe(false)
  reports.remember(nodeId, report({ at: '2026-01-01T00:00:00.000Z' }))
  expect(await reports.isHeartbeat(nodeId, report())).toBe(true)
  expect(await reports.isHeartbeat(newId('node'), report())).toBe(false)
})

test.each<[string, Partial<Report>]>([
  ['other facts', { node: { ...facts, disk_free_bytes: 1 } }],
  ['a workload', { workload: workloadReport({ cluster_id: newId('ses') }) }],
  ['a check', { checks: [{}] as never }],
  ['a pull', { pulls: [{}] as never }],
])('a report with %s is none', async (_, part) => {
  const reports = new LastReports(alone)
  reports.remember(nodeId, report())
  expect(await reports.isHeartbeat(nodeId, report(part))).toBe(false)
})

test('a report with a check is none even if the last one had it, too', async () => {
  const reports = new LastReports(alone)
  const checked = report({ checks: [{}] as never })
  reports.remember(nodeId, checked)
  expect(await reports.isHeartbeat(nodeId, checked)).toBe(false)
})

test('what was forgotten has to be written again', async () => {
  const reports = new LastReports(alone)
  reports.remember(nodeId, report())
  reports.forget(nodeId)
  expect(await reports.isHeartbeat(nodeId, report())).toBe(false)
  reports.remember(nodeId, report())
  reports.forgetAll()
  expect(await reports.isHeartbeat(nodeId, report())).toBe(false)
})

test('among replicas it is a heartbeat only if no other one has taken a report since', async () => {
  let newest = ''
  const byId = async () => ({ report_ids: [newest, 'older'] })
  const reports = new LastReports({ peers: {}, reader: { nodes: { byId } } } as unknown as Store)
  const last = report()
  reports.remember(nodeId, last)
  newest = last.report_id
  expect(await reports.isHeartbeat(nodeId, report())).toBe(true)
  newest = 'of another replica'
  expect(await reports.isHeartbeat(nodeId, report())).toBe(false)
})
