/** Which queries a change makes stale. Keys begin with a resource kind, so that one key covers its lists and all its pages. */
import type { Change, ChangeKind } from '@fairlead/sdk'

/** A build is shown with its environment, and a node with the cluster that it works for. */
const touched: Record<ChangeKind, readonly (readonly string[])[]> = {
  build: [['builds'], ['cluster-environments']],
  cluster: [['clusters'], ['nodes']],
  node: [['nodes']],
  pull: [['pulls']],
  cluster_environment: [['cluster-environments']],
  cloud: [['clouds']],
  token: [['tokens']],
  audit: [['audit']],
}

export function keysOf(changes: readonly Pick<Change, 'kind'>[]): readonly (readonly string[])[] {
  const keys = new Map<string, readonly string[]>()
  for (const { kind } of changes) for (const key of touched[kind]) keys.set(key.join('/'), key)
  return [...keys.values()]
}
