/** Whole API objects for tests. */
import type { ProblemDocument } from '@fairlead/contract/problems'
import type { Build, Cloud, Cluster, ClusterEnvironment, Node } from '@fairlead/contract/wire'

const at = '2026-11-24T12:00:00.000Z'
const id = (prefix: string, digit = '0') => `${prefix}_${digit.repeat(26)}`

export const cloud = {
  id: id('cld'),
  name: 'lab',
  provider: 'local',
  partition: null,
  region: null,
  account_id: null,
  project_id: null,
  project_number: null,
  node_role: null,
  kubernetes: null,
  join: 'token',
  allow_any_secret: false,
  prefetch: false,
  created_at: at,
} as Cloud

export const build = {
  id: id('bld'),
  cluster_environment_id: id('cenv'),
  revision: 1,
  status: 'pending',
  is_byod: true,
  docker_image_name: 'registry.example.com/team/ray:2.44.0',
  ray_version: '2.44.0',
  registry_login_secret: 'login',
  env_vars: {},
  cloud_id: cloud.id,
  creator_id: id('tok'),
  created_at: at,
  last_modified_at: at,
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
} as unknown as Build

export const environment = {
  id: build.cluster_environment_id,
  name: 'env',
  cloud_id: cloud.id,
  creator_id: id('tok'),
  created_at: at,
  last_modified_at: at,
  archived_at: null,
  latest_build: build,
} as ClusterEnvironment

export const cluster = {
  id: id('ses'),
  name: 'train',
  state: 'Terminated',
  problem: null,
  cloud_id: cloud.id,
  cluster_environment_id: environment.id,
  cluster_environment_build_id: build.id,
  cluster_environment: 'env:1',
  worker_count: 1,
  pin_digest: true,
  digest: null,
  generation: 0,
  creator_id: id('tok'),
  created_at: at,
  state_changed_at: at,
  ray_address: null,
  dashboard_url: null,
  alive_nodes: null,
  nodes: [],
} as unknown as Cluster

export const clusterNode = {
  node_id: id('node'),
  node_name: 'n1',
  role: 'head',
  phase: 'running',
  steps: [],
  problem: null,
  warnings: [],
  last_lines: null,
  last_heard_at: at,
}

export const node = {
  id: id('node'),
  name: 'n1',
  cloud_id: cloud.id,
  checker: false,
  state: 'online',
  revoked_because: null,
  facts: null,
  cluster_id: null,
  joined_at: at,
  identity: null,
  second_join: null,
  last_heard_at: at,
} as Node

export const pageOf = <Item>(...results: Item[]) => ({ results, metadata: { next_paging_token: null } })

export const problemDocument = (code: string, status: number): ProblemDocument =>
  ({
    type: `https://fairlead.dev/problems/${code}`,
    title: 'a title',
    status,
    detail: 'what the server said',
    code,
    fix: 'the fix that the server gave',
    who: 'registry-admin',
    request_id: 'req_1',
  }) as ProblemDocument
