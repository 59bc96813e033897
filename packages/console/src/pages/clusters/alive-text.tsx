/** How many of a cluster's nodes Ray lists as alive, of those it should have. */
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
