/** Which queries a change makes stale. Keys begin with a resource kind, so that one key covers its lists and all its pages; or with `overview`. */
import type { Change, ChangeKind } from '@fairlead/sdk'

const overview = ['overview'] as const

/** A build is shown with its environment, and a node with the cluster that it works for. */
const touched: Record<ChangeKind, readonly (readonly string[])[]> = {
  build: [['builds'], ['cluster-environments'], overview],
  cluster: [['clusters'], ['nodes'], overview],
  node: [['nodes'], overview],
  pull: [['pulls'], overview],
  cluster_environment: [['cluster-environments'], overview],
  cloud: [['clouds'], overview],
  token: [['tokens'], overview],
  audit: [['audit']],
}

export function keysOf(changes: readonly Pick<Change, 'kind'>[]): readonly (readonly string[])[] {
  const keys = new Map<string, readonly string[]>()
  for (const { kind } of changes) for (const key of touched[kind]) keys.set(key.join('/'), key)
  return [...keys.values()]
}
