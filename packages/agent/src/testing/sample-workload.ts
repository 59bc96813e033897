/** What a node is asked to run, and to bring ahead: the head of a one-node cluster, and its image, unless a test says otherwise. */
import { newId } from '@fairlead/contract/names'
import type { PrefetchedImage, Workload } from '@fairlead/contract/wire'
import { someDigest } from './in-memory-puller.ts'

const image = {
  docker_image: 'registry.example.com/team/trainer:1',
  ray_version: '2.55.1',
  registry_login_secret: 'trainer-login',
  digest: someDigest,
}

export const samplePrefetchedImage = (over: Partial<PrefetchedImage> = {}): PrefetchedImage => ({
  build_id: newId('bld'),
  ...image,
  ...over,
})

export const sampleWorkload = (over: Partial<Workload> = {}): Workload => ({
  cluster_id: newId('ses'),
  generation: 1,
  ...image,
  env_vars: {},
  role: 'head',
  head_address: null,
  node_count: 1,
  ...over,
})
