/** Whether pods of a Kubernetes node wait for an image now. What a node said before it was lost or revoked says nothing about now. */
import type { NodeRecord } from '../store/records.ts'
import type { Presence } from './presence.ts'

export function isWaitedOn({ id, facts, revoked_at }: NodeRecord, presence: Presence): boolean {
  return revoked_at === null && !presence.isLost(id) && (facts?.waiting_pods ?? []).length > 0
}
