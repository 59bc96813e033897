/** How machines join a cloud: the requested method, or the provider's default. A machine can only be checked against the cloud's description. */
import type { CreateCloud, JoinMethod } from './cloud.ts'
import { problem } from '../problems/problem.ts'

/** Throws REQUEST_INVALID if nothing could vouch for a machine, or if a machine could do without that. */
export function joinMethodOf(cloud: CreateCloud): JoinMethod {
  if (cloud.kubernetes !== undefined) {
    if (cloud.join !== 'token') return 'proof'
    const detail =
      'the pods of its Kubernetes cluster join by proof, and then no machine joins by token; set `join: proof`'
    throw problem('REQUEST_INVALID', {}, [{ path: 'join', detail }])
  }
  if (cloud.join === 'token' || (cloud.join === undefined && cloud.provider === 'local')) return 'token'
  const needed = { aws: 'account_id', gcp: 'project_id', local: null } as const
  const field = needed[cloud.provider]
  if (field !== null && cloud[field] !== undefined) return 'proof'
  throw problem('REQUEST_INVALID', {}, [
    field === null
      ? { path: 'join', detail: 'nothing vouches for a local machine: it joins by token' }
      : { path: field, detail: 'needed to verify a machine that joins by cloud identity; or set `join: token`' },
  ])
}
