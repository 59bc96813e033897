/** Pods of Kubernetes, in few words. Pure. */
import { ownerKey, type PodName, type PodOwner, type PullRecord } from '@fairlead/contract/wire'

export const podText = ({ namespace, name }: PodName): string => `${namespace}/${name}`

/** `team/train (RayCluster)`, or the pod itself if nothing owns it. */
export function podOwnerText({ namespace, name, owner }: PodName): string {
  return owner === null ? `${namespace}/${name} (pod)` : `${namespace}/${owner.name} (${owner.kind})`
}

/** `RayCluster train`, next to a pod that has its namespace. */
export const ownerText = ({ kind, name }: PodOwner): string => `${kind} ${name}`

/** For whom it was pulled; null if the record names no pod. */
export function pulledForText({ pods = [] }: Pick<PullRecord, 'pods'>): string | null {
  const [first, ...others] = new Set(pods.map(podOwnerText))
  if (first === undefined) return null
  return others.length === 0 ? first : `${first} and ${others.length} more`
}

/** The owners of these records' pods, and the chosen one. */
export function ownerChoices(
  records: readonly Pick<PullRecord, 'pods'>[],
  chosen: string | undefined,
): readonly { readonly value: string; readonly label: string }[] {
  const seen = new Map<string, string>()
  for (const pod of records.flatMap(({ pods = [] }) => pods)) {
    if (pod.owner !== null) seen.set(ownerKey(pod.namespace, pod.owner), podOwnerText(pod))
  }
  if (chosen !== undefined && !seen.has(chosen)) seen.set(chosen, ownerOfKey(chosen))
  return [...seen].map(([value, label]) => ({ value, label })).toSorted((a, b) => a.label.localeCompare(b.label))
}

function ownerOfKey(key: string): string {
  const [namespace = '', kind = '', name = ''] = key.split('/')
  return `${namespace}/${name} (${kind})`
}
