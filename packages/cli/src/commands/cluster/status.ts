/** `fairlead cluster status`: one cluster and its nodes; with `--watch`, again whenever it changes. */
import { connect } from '../../connection/connect.ts'
import { findCluster } from '../../connection/find.ts'
import { Interrupted, type CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { chosenNameOrId, type NameOrIdFlags } from '../../named.ts'
import { printJson } from '../../print.ts'
import { showSteps } from '../../steps/step-board.ts'
import { jsonText } from '../../terminal/json-text.ts'
import { nodeGroups } from './node-groups.ts'
import { printCluster } from './print-cluster.ts'

export interface StatusFlags extends RemoteFlags, NameOrIdFlags {
  readonly watch?: boolean
}

export default async function status(this: CliContext, flags: StatusFlags, named?: string): Promise<void> {
  const by = chosenNameOrId('fairlead cluster status', flags, named)
  const client = await connect(this, flags)
  const found = await findCluster(client, by, this.signal)
  if (!flags.watch) return flags.json ? printJson(this, found) : printCluster(this, found)
  const signal = AbortSignal.any([this.signal, this.unread])
  let latest = found
  try {
    await showSteps(this, flags, async (show) => {
      for await (const cluster of client.watchCluster(found.id, { signal, pollRateSeconds: 2 })) {
        latest = cluster
        if (flags.json) this.stdout.write(`${jsonText(cluster)}\n`)
        else show([{ title: `${cluster.name}  ${cluster.state}`, steps: [] }, ...nodeGroups(cluster)])
        const moves = cluster.state !== 'Terminated' && cluster.state !== 'StartupErrored'
        if (!moves) break
      }
    })
  } catch (error) {
    // Ctrl-C is the way to end a watch; so is a reader that leaves, as `head` does.
    if (!(error instanceof Interrupted)) throw error
  }
  if (!flags.json) printCluster(this, latest)
}
