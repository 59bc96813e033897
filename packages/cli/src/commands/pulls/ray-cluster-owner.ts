/** `--ray-cluster NAMESPACE/NAME`, as the control plane finds records by it. */

/** Throws with what the flag expects. Loads the schema only when the flag is given. */
export async function rayClusterOwner(text: string): Promise<string> {
  const { OwnerKey, ownerKey } = await import('@fairlead/contract/wire')
  const [namespace = '', name = '', ...more] = text.split('/')
  const key = OwnerKey.safeParse(ownerKey(namespace, { kind: 'RayCluster', name }))
  if (!key.success || more.length > 0) throw new Error('expected NAMESPACE/NAME, such as team/train')
  return key.data
}
