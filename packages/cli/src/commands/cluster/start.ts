/** `fairlead cluster start`: creates and starts a cluster, or starts an existing one by name, and shows each node's progress. */
import type { Cluster } from '@fairlead/contract/wire'
import { connect } from '../../connection/connect.ts'
import { findCloud, findCluster } from '../../connection/find.ts'
import { Interrupted, type CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { chosenNameOrId, type NameOrIdFlags } from '../../named.ts'
import { printJson } from '../../print.ts'
import { showSteps } from '../../steps/step-board.ts'
import { paintFor } from '../../terminal/paint.ts'
import { UsageError } from '../../usage-error.ts'
import { leaveRunning } from '../leave-running.ts'
import { nodeGroups } from './node-groups.ts'
import type { RefusedStartFlags } from './refused-flags.ts'
import { printLastLines, printRunning, watchHint } from './print-cluster.ts'

export interface StartFlags extends RemoteFlags, NameOrIdFlags, RefusedStartFlags {
  readonly env?: string
  readonly cloudName?: string
  readonly workers?: number
  readonly noPinDigest?: boolean
  readonly timeout?: number
  readonly noWait?: boolean
}

export default async function start(this: CliContext, flags: StartFlags, named?: string): Promise<void> {
  const by = chosenNameOrId('fairlead cluster start', flags, named)
  const client = await connect(this, flags)
  const options = { signal: this.signal }
  const { name = (await findCluster(client, by, this.signal)).name } = by
  const known = (await client.clusters.list({ name }, options).first()) !== null
  if (!known && flags.env === undefined) {
    const reason = `there is no cluster ${name} yet; name the environment for a new one: --env NAME[:REVISION]`
    throw new UsageError(reason, 'fairlead cluster start')
  }
  const cloud = flags.cloudName === undefined ? null : await findCloud(client, flags.cloudName, this.signal)

  const paint = paintFor(this.stdout, this.env)
  if (!flags.json) this.stdout.write(`Starting ${paint.bold(name)}\n`)
  let latest = null as Cluster | null
  try {
    const cluster = await showSteps(this, flags, (show) =>
      client.launchCluster(
        {
          name,
          cluster_environment: flags.env,
          cloud_id: cloud?.id,
          worker_count: flags.workers,
          ...(flags.noPinDigest && { pin_digest: false }),
        },
        {
          ...options,
          timeoutSeconds: flags.timeout,
          pollRateSeconds: 0.5,
          wait: !flags.noWait,
          onCluster: (current) => {
            latest = current
            show(nodeGroups(current))
          },
        },
      ),
    )
    if (flags.json) return printJson(this, cluster)
    if (cluster.state === 'Running') return printRunning(this, cluster)
    this.stdout.write(`${paint.bold(name)} is starting\n${watchHint(name)}\n`)
  } catch (error) {
    if (latest === null) throw error
    if (!(error instanceof Interrupted) && !flags.json) printLastLines(this, this.stderr, latest)
    if (latest.state === 'StartupErrored' || latest.state === 'Terminated') throw error
    const stop = `stop:  fairlead cluster terminate -n ${name}`
    const hint = `The start of ${name} continues without this terminal.\n${watchHint(name)}\n${stop}\n`
    throw leaveRunning(this, flags, error, hint)
  }
}
