/** `fairlead cluster list`. */
import { connect } from '../../connection/connect.ts'
import type { CliContext } from '../../context.ts'
import type { ListFlags } from '../../flags.ts'
import { printList } from '../../print.ts'
import { formatAge } from '../../terminal/units.ts'

export default async function list(this: CliContext, flags: ListFlags): Promise<void> {
  const client = await connect(this, flags)
  const clusters = await client.clusters.list({}, { signal: this.signal }).take(flags.maxItems)
  const now = this.clock.now()
  printList(this, flags, clusters, {
    headers: ['NAME', 'STATE', 'ENVIRONMENT', 'NODES', 'RAY', 'SINCE'],
    row: (cluster) => [
      cluster.name,
      cluster.problem ? `${cluster.state} ${cluster.problem.code}` : cluster.state,
      cluster.cluster_environment,
      String(1 + cluster.worker_count),
      cluster.ray_address ?? '',
      formatAge(cluster.state_changed_at, now),
    ],
    empty: 'No clusters yet. Start one: fairlead cluster start -n NAME --env ENVIRONMENT',
  })
}
