/** `fairlead cluster terminate`: stops Ray and removes the containers; the cluster can be started again. */
import { connect } from '../../connection/connect.ts'
import { findCluster } from '../../connection/find.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { chosenNameOrId, type NameOrIdFlags } from '../../named.ts'
import { printJson } from '../../print.ts'
import { showSteps } from '../../steps/step-board.ts'
import { leaveRunning } from '../leave-running.ts'
import { headFirst } from './node-groups.ts'
import { watchHint } from './print-cluster.ts'

export interface TerminateFlags extends RemoteFlags, NameOrIdFlags {
  readonly timeout?: number
  readonly noWait?: boolean
}

export default async function terminate(this: CliContext, flags: TerminateFlags, named?: string): Promise<void> {
  const by = chosenNameOrId('fairlead cluster terminate', flags, named)
  const client = await connect(this, flags)
  const options = { signal: this.signal }
  const found = await findCluster(client, by, this.signal)
  const stopping = await client.clusters.terminate(found.id, options)
  if (!flags.json) this.stdout.write(`Terminating ${found.name}\n`)
  try {
    const ended = flags.noWait
      ? stopping
      : await showSteps(this, flags, (show) =>
          client.waitForCluster(found.id, 'Terminated', {
            ...options,
            timeoutSeconds: flags.timeout,
            pollRateSeconds: 0.5,
            onCluster: ({ nodes }) =>
              show(
                headFirst(nodes).map((node) => ({
                  title: null,
                  steps: [],
                  waiting: `${node.role} ${node.node_name}: ${node.phase}`,
                })),
              ),
          }),
        )
    if (flags.json) return printJson(this, ended)
    this.stdout.write(ended.state === 'Terminated' ? `${found.name} is terminated\n` : `${found.name} is terminating\n`)
  } catch (error) {
    const hint = `The termination of ${found.name} continues without this terminal.\n${watchHint(found.name)}\n`
    throw leaveRunning(this, flags, error, hint)
  }
}
