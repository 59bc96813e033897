/** What a node is asked to run: the head of a one-node cluster, unless a test says otherwise. */
import { newId } from '@fairlead/contract/names'
import type { Workload } from '@fairlead/contract/wire'
import { someDigest } from './in-memory-puller.ts'

export const sampleWorkload = (over: Partial<Workload> = {}): Workload => ({
  cluster_id: newId('ses'),
  generation: 1,
  docker_image: 'registry.example.com/team/trainer:1',
  ray_version: '2.55.1',
  registry_login_secret: 'trainer-login',
  digest: someDigest,
  env_vars: {},
  role: 'head',
  head_address: null,
  node_count: 1,
  ...over,
})
