/** `fairlead agent status`: which node this is and whether its agent runs, without contacting a server. */
import { agentStatus } from '@fairlead/agent'
import { problem } from '@fairlead/contract/problems'
import { resolve } from 'node:path'
import type { CliContext } from '../../context.ts'
import type { JsonFlag } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { paintFor } from '../../terminal/paint.ts'
import { formatDetails } from '../../terminal/table.ts'
import { howToStart } from './next-step.ts'
import { unitState } from './unit-state.ts'

export interface StatusFlags extends JsonFlag {
  readonly stateDir: string
}

export default async function status(this: CliContext, flags: StatusFlags): Promise<void> {
  const stateDir = resolve(this.cwd, flags.stateDir)
  const { node, isRunning, gateway, controlPlane, workloadMetadata, lastStart } = await agentStatus({ stateDir })
  if (node === null) throw problem('AGENT_NOT_JOINED')
  if (flags.json) {
    return printJson(this, {
      node_id: node.id,
      cloud_id: node.cloudId,
      name: node.name,
      provider: node.provider,
      checker: node.checker,
      host: node.host,
      running: isRunning,
      gateway,
      control_plane: controlPlane?.code ?? null,
      workload_metadata: workloadMetadata,
      last_start: lastStart && {
        cluster_id: lastStart.clusterId,
        generation: lastStart.generation,
        was_up: lastStart.wasUp,
        failure: lastStart.failure,
      },
    })
  }
  const paint = paintFor(this.stdout, this.env)
  const start = howToStart({ stateDir, unit: unitState() })
  const last = lastStart && `${lastStart.clusterId}, start ${lastStart.generation}: ${startText(lastStart)}`
  this.stdout.write(
    formatDetails(
      [
        ['node', node.checker ? `${node.name} (a checker)` : node.name],
        ['agent', isRunning ? 'runs' : `not running; to start it: ${start}`],
        ['docker', gateway && `${gateway}: ${problem(gateway).what}`],
        ['metadata service', workloadMetadata && metadataTexts[workloadMetadata]],
        ['control plane', controlPlane ? `${controlPlane.code}: ${controlPlane.what}` : node.host],
        ['provider', node.provider],
        ['last start', last],
        ['id', node.id],
      ],
      paint,
    ),
  )
}

/** The cloud's metadata service, for the containers that Fairlead starts here. */
const metadataTexts = {
  refused: 'refused to workloads',
  allowed: "open to workloads, by the node's own file",
  open: 'not verified as refused to workloads: nothing starts (METADATA_EXPOSED)',
  none: null,
} as const

function startText({ wasUp, failure }: { readonly wasUp: boolean; readonly failure: string | null }): string {
  return failure ?? (wasUp ? 'was up' : 'was under way')
}
