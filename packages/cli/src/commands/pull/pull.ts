/** `fairlead pull`: the whole credential path on this machine, once, without a server. */
import { chooseProvider } from '@fairlead/credential-path/secret/choose-provider'
import { pullOnce } from '@fairlead/agent'
import { looksLikeSecret, parseImageReference, type Provider } from '@fairlead/contract/names'
import { printable, problem } from '@fairlead/contract/problems'
import { type NodePullEvent, type StepReport } from '@fairlead/contract/wire'
import { resolve } from 'node:path'
import type { CliContext } from '../../context.ts'
import type { JsonFlag } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { showSteps } from '../../steps/step-board.ts'
import { paintFor } from '../../terminal/paint.ts'
import { formatDetails } from '../../terminal/table.ts'
import { formatBytes, formatDuration } from '../../terminal/units.ts'
import { namedPolicy, pullStateDir, type PolicyFlags } from '../agent/paths.ts'
import { saidProvider } from './said-provider.ts'

export interface PullFlags extends JsonFlag, PolicyFlags {
  readonly registryLoginSecret?: string
  readonly provider?: Provider
  readonly secretsDir: string
  readonly dockerSocket: string
  readonly stateDir?: string
  readonly logEvent?: boolean
}

export default async function pull(this: CliContext, flags: PullFlags, image: string): Promise<void> {
  const secret = flags.registryLoginSecret ?? null
  if (secret !== null && looksLikeSecret(secret)) throw problem('REFERENCE_LOOKS_LIKE_A_SECRET')
  parseImageReference(image)
  const provider = await chooseProvider(saidProvider(flags), secret)
  const paint = paintFor(this.stdout, this.env)
  if (!flags.json) this.stdout.write(`Pulling ${paint.bold(printable(image))}\n`)
  const pulled = await showSteps(this, flags, (show) =>
    pullOnce(
      {
        image,
        secret,
        provider,
        policyFile: namedPolicy(this, flags),
        secretsDir: resolve(this.cwd, flags.secretsDir),
        dockerSocket: resolve(this.cwd, flags.dockerSocket),
        stateDir: resolve(this.cwd, flags.stateDir ?? pullStateDir(this.env, process.getuid?.() ?? 0)),
        onSteps: (steps: readonly StepReport[]) => show([{ title: null, steps }]),
        ...(flags.logEvent && { onPull: (event: NodePullEvent) => logEvent(this, event) }),
      },
      this.signal,
    ),
  )
  const { record } = pulled
  if (flags.json) {
    const { name, digest, platform, sizeBytes, imageId } = pulled
    return printJson(this, { image, name, digest, platform, size_bytes: sizeBytes, image_id: imageId, record })
  }
  this.stdout.write(
    `${paint.green(paint.bold(printable(image)))} is on this machine\n${formatDetails(
      [
        ['name', pulled.name],
        ['digest', pulled.digest],
        ['platform', pulled.platform],
        ['size', formatBytes(pulled.sizeBytes)],
        ['image id', pulled.imageId],
        ['decision', record.decision],
        ['took', `${formatDuration(record.duration_ms)}, ${formatBytes(record.bytes)} from the registry`],
      ],
      paint,
    )}`,
  )
}

/** The line that a node's agent logs for each pull. */
function logEvent({ stderr, clock }: CliContext, event: NodePullEvent): void {
  const time = new Date(clock.now()).toISOString()
  stderr.write(`${JSON.stringify({ level: 'info', time, ...event, msg: 'pull' })}\n`)
}
