/** `fairlead pulls show`: one complete record. */
import { problems } from '@fairlead/contract/problems'
import type { PodName } from '@fairlead/contract/wire'
import { connect } from '../../connection/connect.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { liveStep } from '../../steps/step-text.ts'
import { paintFor } from '../../terminal/paint.ts'
import { formatDetails } from '../../terminal/table.ts'
import { formatBytes, formatDuration, formatTime } from '../../terminal/units.ts'

export default async function show(this: CliContext, flags: RemoteFlags, id: string): Promise<void> {
  const client = await connect(this, flags)
  const pull = await client.pulls.get(id, { signal: this.signal })
  if (flags.json) return printJson(this, pull)
  const paint = paintFor(this.stdout, this.env)
  const total = pull.total_bytes === null ? '' : ` of ${formatBytes(pull.total_bytes)}`
  this.stdout.write(
    formatDetails(
      [
        ['image', pull.image],
        ['read as', `${pull.registry}/${pull.repository}`],
        ['digest', pull.digest],
        ['secret', pull.secret_reference ?? 'none'],
        ['version', pull.secret_version],
        ['decision', pull.decision],
        ['login', pull.login ?? 'not recorded'],
        ['problem', pull.code === null ? null : `${pull.code}: ${problems[pull.code].title}`],
        ['bytes', `${formatBytes(pull.bytes)}${total}`],
        ['when', `${formatTime(pull.started_at)}, for ${formatDuration(pull.duration_ms)}`],
        ['purpose', pull.purpose],
        ['engine', pull.engine ?? null],
        ['pods', podsText(pull.pods ?? [])],
        ['node', pull.node_id],
        ['cluster', pull.cluster_id],
        ['build', pull.build_id],
        [
          'record',
          `${pull.sequence} of its node, ${pull.hash.slice(0, 16)}… after ${pull.previous_hash.slice(0, 16)}…`,
        ],
      ],
      paint,
    ),
  )
  this.stdout.write('\n')
  for (const step of pull.steps) this.stdout.write(`  ${liveStep(step, this.clock.now(), 0, paint)}\n`)
}

const podsText = (pods: readonly PodName[]): string | null =>
  pods.length === 0
    ? null
    : pods
        .map(({ namespace, name, owner }) => `${namespace}/${name}${owner ? ` of ${owner.kind} ${owner.name}` : ''}`)
        .join(', ')
