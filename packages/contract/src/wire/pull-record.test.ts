import { expect, test } from 'vitest'
import { DoorEngine } from './door-engine.ts'
import { chainStart, PullPurpose, PullRecord } from './pull-record.ts'

const older = {
  id: 'pull_01k0000000000000000000000a',
  node_id: null,
  sequence: 1,
  purpose: 'check',
  cluster_id: null,
  build_id: null,
  image: 'registry.example.com/team/app:1',
  registry: 'registry.example.com',
  repository: 'team/app',
  digest: null,
  secret_reference: 'team/registry',
  secret_version: null,
  decision: 'refused',
  code: 'CREDENTIAL_SERVER_MISMATCH',
  bytes: 0,
  total_bytes: null,
  started_at: '2026-11-24T12:00:00.000Z',
  duration_ms: 1.5,
  steps: [],
  previous_hash: chainStart,
  hash: chainStart,
}

test('a record says how far its login got, only in words from the list', () => {
  expect(PullRecord.parse({ ...older, login: 'parsed' }).login).toBe('parsed')
  for (const login of ['', 'somewhere', null]) expect(PullRecord.safeParse({ ...older, login }).success).toBe(false)
})

test('a record says which engine pulled if, and only if, it pulled through a door', () => {
  const door = { ...older, purpose: 'door' }
  for (const engine of DoorEngine.options) {
    expect(PullRecord.parse({ ...door, engine }).engine).toBe(engine)
    for (const purpose of PullPurpose.exclude(['door']).options) {
      expect(PullRecord.safeParse({ ...older, purpose, engine }).success).toBe(false)
    }
  }
  for (const engine of [undefined, null, '', 'cri-o']) {
    expect(PullRecord.safeParse({ ...door, engine }).success).toBe(false)
  }
})

test('a record of an agent that did not record it is read unchanged: nothing is added, so its hash still matches', () => {
  expect(PullRecord.parse(older)).toStrictEqual(older)
})
