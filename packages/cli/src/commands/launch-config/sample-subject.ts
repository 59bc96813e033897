/** A build for tests of the output; each test changes the fields it is about. */
import type { LaunchSubject } from './launch-subject.ts'

export function sampleSubject(
  changes: Partial<LaunchSubject> = {},
  provider: 'aws' | 'gcp' | 'local' = 'aws',
): LaunchSubject {
  return {
    name: 'Train.v2',
    revision: 3,
    image: {
      domain: 'registry.example.com:5000',
      repository: 'registry.example.com:5000/team/ray',
      digest: `sha256:${'0123456789abcdef'.repeat(4)}`,
    },
    rayVersion: '2.55.1',
    envVars: { GREETING: "it's $HOME" },
    secret: 'team/registry-login',
    cloud: {
      id: 'cld_00000000000000000000000001' as LaunchSubject['cloud']['id'],
      name: 'prod',
      provider,
      partition: null,
      region: null,
      account_id: null,
      project_id: null,
      project_number: null,
      node_role: null,
      kubernetes: null,
      join: 'proof',
      allow_any_secret: false,
      prefetch: false,
      created_at: '2026-01-01T00:00:00Z',
    },
    controlPlane: { origin: 'https://fairlead.example.com:8470', caSha256: 'ab'.repeat(32) },
    program: { url: 'https://downloads.example.com/fairlead-linux-x64', sha256: 'cd'.repeat(32) },
    ...changes,
  }
}
