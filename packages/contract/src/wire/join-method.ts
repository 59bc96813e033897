/** How machines join a cloud: the requested method, or the provider's default. A machine can only be checked against the cloud's description. */
import type { CreateCloud, JoinMethod } from './cloud.ts'
import { problem } from '../problems/problem.ts'

/** Throws REQUEST_INVALID if nothing could vouch for a machine. */
export function joinMethodOf(cloud: CreateCloud): JoinMethod {
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
