/** The record of a pull that went well, unless a test says otherwise. Its hashes prove nothing. */
import { newId } from '@fairlead/contract/names'
import { chainStart, type PullRecord } from '@fairlead/contract/wire'

export const samplePullRecord = (over: Partial<PullRecord> = {}): PullRecord => ({
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
  secret_reference: 'team/registry',
  secret_version: null,
  decision: 'authenticated',
  code: null,
  bytes: 0,
  total_bytes: null,
  started_at: '2026-11-24T12:00:00.000Z',
  duration_ms: 1.5,
  steps: [],
  previous_hash: chainStart,
  hash: chainStart,
  ...over,
})
