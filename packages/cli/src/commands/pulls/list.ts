/** `fairlead pulls list`: what was pulled, by which node, and with which decision. */
import { type PullPurpose } from '@fairlead/contract/wire'
import { connect } from '../../connection/connect.ts'
import { findBuild, findCluster, findNode } from '../../connection/find.ts'
import type { CliContext } from '../../context.ts'
import type { ListFlags } from '../../flags.ts'
import { printList } from '../../print.ts'
import { readProblemCode } from '../../problem-code.ts'
import { formatAge, formatBytes, formatDuration } from '../../terminal/units.ts'

export interface PullListFlags extends ListFlags {
  readonly cluster?: string
  readonly build?: string
  readonly node?: string
  readonly rayCluster?: string
  readonly purpose?: PullPurpose
  readonly code?: string
}

export default async function list(this: CliContext, flags: PullListFlags): Promise<void> {
  const code = flags.code === undefined ? undefined : readProblemCode(flags.code, 'fairlead pulls list')
  const client = await connect(this, flags)
  const cluster = flags.cluster === undefined ? null : await findCluster(client, { name: flags.cluster }, this.signal)
  const build = flags.build === undefined ? null : await findBuild(client, flags.build, this.signal)
  const node = flags.node === undefined ? null : await findNode(client, flags.node, this.signal)
  const query = {
    cluster_id: cluster?.id,
    build_id: build?.id,
    node_id: node?.id,
    pod_owner: flags.rayCluster,
    purpose: flags.purpose,
    code,
  }
  const pulls = await client.pulls.list(query, { signal: this.signal }).take(flags.maxItems)
  const now = this.clock.now()
  printList(this, flags, pulls, {
    headers: ['WHEN', 'PURPOSE', 'DECISION', 'IMAGE', 'BYTES', 'TOOK', 'ID'],
    row: (pull) => [
      formatAge(pull.started_at, now),
      pull.engine === undefined ? pull.purpose : `${pull.purpose} (${pull.engine})`,
      pull.code ?? pull.decision,
      pull.image,
      formatBytes(pull.bytes),
      formatDuration(pull.duration_ms),
      pull.id,
    ],
    empty: Object.values(query).some((value) => value !== undefined)
      ? 'No pulls match. `fairlead node status NODE` shows whether old records were removed.'
      : 'No pulls yet. They appear when a build is checked, a cluster starts, or an engine pulls through its door.',
  })
}
