/** How many nodes a cluster has: of those it should have, how many Ray lists alive. */
import type { Cluster } from '@fairlead/contract/wire'
import { countOf } from './cluster-words.ts'

export function AliveText({ cluster: { alive_nodes: alive, worker_count } }: { cluster: Cluster }) {
  const wanted = worker_count + 1
  return (
    <span className="numbers" title={`1 head, ${countOf(worker_count, 'worker')}`}>
      {alive === null ? wanted : `${alive} of ${wanted} alive`}
    </span>
  )
}
