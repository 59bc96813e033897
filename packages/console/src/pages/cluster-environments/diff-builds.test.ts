import type { Build } from '@fairlead/contract/wire'
import { expect, test } from 'vitest'
import { diffBuilds } from './diff-builds.ts'

const build = (given: Partial<Build>): Build => ({
  id: 'bld_a' as Build['id'],
  cluster_environment_id: 'cenv_a' as Build['cluster_environment_id'],
  revision: 1,
  status: 'succeeded',
  is_byod: true,
  docker_image_name: 'r.example/a:1',
  ray_version: '2.9.0',
  registry_login_secret: null,
  env_vars: {},
  cloud_id: 'cld_a' as Build['cloud_id'],
  creator_id: 'tok_a',
  created_at: '2026-11-01T00:00:00Z',
  last_modified_at: '2026-11-01T00:00:00Z',
  digest: null,
  size_bytes: null,
  platform: null,
  byod_ray_version: null,
  warnings: [],
  checked_by: null,
  prefetch: false,
  steps: [],
  problem: null,
  error_message: null,
  ...given,
})

const differences = (older: Partial<Build>, newer: Partial<Build>) =>
  Object.fromEntries(diffBuilds(build(older), build(newer)).map(({ field, difference }) => [field, difference]))

test('says for each field whether it is the same', () => {
  expect(
    differences(
      { env_vars: { A: '1', GONE: 'x', SAME: '' } },
      { docker_image_name: 'r.example/a:2', registry_login_secret: 'login', env_vars: { A: '2', SAME: '', NEW: 'y' } },
    ),
  ).toEqual({
    'Docker image': 'changed',
    'Ray version': 'same',
    'Registry login secret': 'added',
    'env A': 'changed',
    'env GONE': 'removed',
    'env NEW': 'added',
    'env SAME': 'same',
    Digest: 'same',
    Platform: 'same',
  })
})

test('does not compare what a viewer cannot see', () => {
  const rows = diffBuilds(build({ env_vars: { A: null } }), build({ env_vars: { A: null } }))
  expect(rows.find(({ field }) => field === 'env A')).toEqual({
    field: 'env A',
    older: 'not shown to your role',
    newer: 'not shown to your role',
    difference: 'unknown',
  })
})
