/** `fairlead cluster logs`: what the container of each node printed last, if the owner of the node shares it. */
import { printable } from '@fairlead/contract/problems'
import type { ClusterNode } from '@fairlead/contract/wire'
import { connect } from '../../connection/connect.ts'
import { findCluster } from '../../connection/find.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { chosenNameOrId, type NameOrIdFlags } from '../../named.ts'
import { printJson } from '../../print.ts'
import { paintFor } from '../../terminal/paint.ts'
import { formatAge } from '../../terminal/units.ts'
import { headFirst } from './node-groups.ts'

export default async function logs(
  this: CliContext,
  flags: RemoteFlags & NameOrIdFlags,
  named?: string,
): Promise<void> {
  const by = chosenNameOrId('fairlead cluster logs', flags, named)
  const client = await connect(this, flags)
  const cluster = await findCluster(client, by, this.signal)
  const nodes = await client.clusters.nodes(cluster.id, { signal: this.signal }).page()
  if (flags.json) return printJson(this, nodes)
  if (nodes.results.length === 0) return this.stdout.write(`${cluster.name} has no nodes.\n`)
  const paint = paintFor(this.stdout, this.env)
  for (const node of headFirst(nodes.results)) {
    this.stdout.write(`${paint.bold(`${node.node_name} (${node.role})`)}${ageOf(node, this.clock.now())}\n`)
    for (const line of outputOf(node)) this.stdout.write(`  ${line}\n`)
  }
  if (nodes.results.every(({ last_lines }) => last_lines === null)) {
    this.stdout.write(
      'The owner of a node shares the output: share_logs: always in its policy file, then restart its agent.\n' +
        'A viewer sees none of it.\n',
    )
  }
}

function ageOf({ last_lines_at: at }: ClusterNode, now: number): string {
  return at == null ? '' : `, ${formatAge(at, now)}:`
}

function outputOf({ last_lines: lines }: ClusterNode): readonly string[] {
  if (lines === null) return ['not shared']
  return lines.length === 0 ? ['nothing yet'] : lines.map(printable)
}
