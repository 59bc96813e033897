/** A pull that succeeds, with names that belong to no real owner: the picture in the docs. */
import { newId } from '@fairlead/contract/names'
import { chainStart } from '@fairlead/contract/wire'
import type { PathSubject } from './credential-path.ts'

const startedAt = '2026-01-05T09:30:00.000Z'

export const example: PathSubject = {
  record: {
    id: newId('pull', Date.parse(startedAt)),
    node_id: null,
    sequence: 1,
    purpose: 'cluster',
    cluster_id: null,
    build_id: null,
    image: 'registry.example.com/team/my-image:1.4',
    registry: 'registry.example.com',
    repository: 'team/my-image',
    digest: 'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    secret_reference: 'team/registry-login',
    secret_version: '1f0a6c52-8d1b-4a57-9d0e-6c1f6f3b2a10',
    decision: 'authenticated',
    login: 'accepted',
    code: null,
    bytes: 2_140_000_000,
    total_bytes: 2_140_000_000,
    started_at: startedAt,
    duration_ms: 61_000,
    steps: (['secret', 'match', 'challenge', 'login', 'resolve', 'pull'] as const).map((step) => ({
      step,
      status: 'done',
      started_at: startedAt,
      duration_ms: 1,
    })),
    previous_hash: chainStart,
    hash: chainStart,
  },
  nodeName: 'node-1',
  principal: 'role ray-nodes',
  cloud: {
    provider: 'aws',
    partition: 'aws',
    region: 'us-west-2',
    account_id: '111122223333',
    project_id: null,
    project_number: null,
  },
}
