/** A cluster for people: how to reach it, or what is wrong with it. */
import { printable, problems } from '@fairlead/contract/problems'
import { type Cluster } from '@fairlead/contract/wire'
import type { CliContext, Output } from '../../context.ts'
import { paintFor } from '../../terminal/paint.ts'
import { formatProblemDocument } from '../../terminal/problem-text.ts'
import { formatDetails, formatTable } from '../../terminal/table.ts'
import { formatAge, formatTime } from '../../terminal/units.ts'
import { headFirst } from './node-groups.ts'

export function printRunning(context: CliContext, cluster: Cluster): void {
  const paint = paintFor(context.stdout, context.env)
  const nodes = cluster.nodes.length === 1 ? '1 node' : `${cluster.nodes.length} nodes`
  context.stdout.write(`${paint.green(paint.bold(cluster.name))} runs on ${nodes}\n${addresses(context, cluster)}`)
  for (const node of headFirst(cluster.nodes)) {
    for (const code of node.warnings) {
      context.stdout.write(
        `${paint.yellow('warning:')} ${node.node_name}: ${problems[code].title} ${paint.dim(`(${code})`)}\n`,
      )
    }
  }
  if (cluster.ray_address !== null) context.stdout.write(`\n${paint.dim('connect:')}  ${connectLine(cluster.name)}\n`)
  context.stdout.write(`${paint.dim('stop:')}     fairlead cluster terminate -n ${cluster.name}\n`)
}

/** Never includes the token: what is printed stays in a terminal, a log or a history. */
const connectLine = (name: string) =>
  `fairlead cluster connect -n ${name} -- python -c "import ray; ray.init(); print(ray.nodes())"`

/** How to follow a cluster that a command follows no longer. */
export const watchHint = (name: string) => `watch: fairlead cluster status -n ${name} --watch`

export function printCluster(context: CliContext, cluster: Cluster): void {
  const paint = paintFor(context.stdout, context.env)
  const { stdout } = context
  stdout.write(
    `${paint.bold(cluster.name)}  ${stateText(cluster, paint)}  ${paint.dim(`since ${formatTime(cluster.state_changed_at)}`)}\n`,
  )
  stdout.write(
    formatDetails(
      [
        ['environment', cluster.cluster_environment],
        ['digest', cluster.digest],
        ['nodes', `1 head, ${cluster.worker_count} workers`],
        ['alive in Ray', cluster.alive_nodes === null ? null : String(cluster.alive_nodes)],
        ['id', cluster.id],
      ],
      paint,
    ),
  )
  stdout.write(addresses(context, cluster))
  if (cluster.nodes.length > 0) {
    const now = context.clock.now()
    const rows = headFirst(cluster.nodes).map((node) => [
      node.node_name,
      node.role,
      node.problem ? `${node.phase} ${node.problem.code}` : node.phase,
      node.last_heard_at === null ? 'never' : formatAge(node.last_heard_at, now),
      node.warnings.join(' '),
    ])
    const table = { headers: ['NODE', 'ROLE', 'PHASE', 'HEARD', 'WARNINGS'], rows }
    stdout.write(`\n${formatTable(table, stdout, paint)}`)
  }
  const told = cluster.problem ?? cluster.nodes.find((node) => node.problem)?.problem
  if (!told) return
  const label = cluster.state === 'AwaitingStartup' ? paint.yellow('waits:') : paint.red('error:')
  stdout.write(`\n${formatProblemDocument(told, paint, label)}`)
  printLastLines(context, stdout, cluster)
}

/** For nodes that share them: the last lines of their containers. */
export function printLastLines(context: CliContext, stream: Output, cluster: Cluster): void {
  const paint = paintFor(stream, context.env)
  for (const { node_name, last_lines } of headFirst(cluster.nodes)) {
    if (last_lines === null || last_lines.length === 0) continue
    stream.write(`\n${paint.dim(`${node_name} printed last:`)}\n`)
    for (const line of last_lines) stream.write(`  ${printable(line)}\n`)
  }
}

function addresses(context: CliContext, cluster: Cluster): string {
  return formatDetails(
    [
      ['ray', cluster.ray_address],
      ['dashboard', cluster.dashboard_url === null ? null : dashboardText(cluster.dashboard_url)],
    ],
    paintFor(context.stdout, context.env),
  )
}

/** Ray's dashboard runs code for anyone who can reach it, so by default it listens only on the head's loopback address. */
function dashboardText(url: string): string {
  const port = /^http:\/\/127\.0\.0\.1:(\d+)/.exec(url)?.[1]
  return port === undefined ? url : `${url} on the head node; ssh -L ${port}:127.0.0.1:${port} to it`
}

function stateText(cluster: Cluster, paint: ReturnType<typeof paintFor>): string {
  if (cluster.state === 'Running') return paint.green(cluster.state)
  return cluster.state === 'StartupErrored' ? paint.red(cluster.state) : paint.yellow(cluster.state)
}
