/**
 * Why Kubernetes ends a pod of a DaemonSet: for an upgrade or a restart, after which the next one goes on with what is on the node, or because
 * the DaemonSet is gone, and nothing comes after it. Nobody tells the pod, so it asks, as Istio's CNI does.
 */
import { z } from 'zod'
import type { ClusterAnswer, ClusterApi } from './cluster-api.ts'

export type DaemonSetFate = 'stays' | 'gone' | 'unknown'

const DaemonSet = z.looseObject({
  kind: z.literal('DaemonSet'),
  metadata: z.looseObject({ deletionTimestamp: z.string().optional() }),
})

/** Only a clear answer says that it is gone. Whoever removes everything at once removes the pod's rights, too. */
export function fateIn({ status, body }: ClusterAnswer): DaemonSetFate {
  if (status === 401 || status === 403 || status === 404) return 'gone'
  const found = status === 200 ? DaemonSet.safeParse(body) : null
  if (!found?.success) return 'unknown'
  return found.data.metadata.deletionTimestamp === undefined ? 'stays' : 'gone'
}

/** `unknown` if there is no answer. */
export async function fateOfDaemonSet(api: ClusterApi, name: string, signal: AbortSignal): Promise<DaemonSetFate> {
  const path = `/apis/apps/v1/namespaces/${api.namespace}/daemonsets/${encodeURIComponent(name)}`
  return api.get(path, signal).then(fateIn, () => 'unknown')
}
