/** What administrators do, in words. */
import type { AuditAct } from '@fairlead/contract/wire'

export const actWords: Record<AuditAct, string> = {
  'token.create': 'created an API token',
  'token.revoke': 'revoked an API token',
  'cloud.create': 'created a cloud',
  'cloud.update': 'changed a cloud',
  'cloud.delete': 'deleted a cloud',
  'cloud.reset_role': 'accepted a new role for a cloud',
  'grant.add': 'granted a secret',
  'grant.remove': 'removed a grant',
  'join_token.create': 'created a join token',
  'node.revoke': 'revoked a node',
  'node.leave': 'left',
  'node.forget': 'forgot a node that was lost for a long time',
  'environment.archive': 'archived an environment',
  'cluster.terminate': 'terminated a cluster',
  'cluster.delete': 'deleted a cluster',
  'session.start': 'signed in',
  'session.end': 'signed out',
}

/** What it was done to, and in which cloud. */
export function subjectsOf(event: {
  readonly resource_ids: readonly string[]
  readonly cloud_id: string | null
}): readonly string[] {
  const { resource_ids: ids, cloud_id: cloud } = event
  return cloud === null || ids.includes(cloud) ? ids : [...ids, cloud]
}
