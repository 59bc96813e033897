/** `--ray-cluster NAMESPACE/NAME`, as the control plane finds records by it. */
import { OwnerKey, ownerKey } from '@fairlead/contract/wire'

/** Throws with what the flag expects. */
export function rayClusterOwner(text: string): string {
  const [namespace = '', name = '', ...more] = text.split('/')
  const key = OwnerKey.safeParse(ownerKey(namespace, { kind: 'RayCluster', name }))
  if (!key.success || more.length > 0) throw new Error('expected NAMESPACE/NAME, such as team/train')
  return key.data
}
