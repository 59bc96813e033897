/** `fairlead cluster-env verify`: checks a build on a node again, after a secret or a registry was fixed. */
import { connect } from '../../connection/connect.ts'
import { findBuild } from '../../connection/find.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { chosenName, type NameFlag } from '../../named.ts'
import { printJson } from '../../print.ts'
import { showSteps } from '../../steps/step-board.ts'
import { paintFor } from '../../terminal/paint.ts'
import { printBuild } from './print-build.ts'
import { printWarnings } from './print-warnings.ts'

export interface VerifyFlags extends RemoteFlags, NameFlag {
  readonly timeout?: number
  readonly requireCheck?: boolean
}

export default async function verify(this: CliContext, flags: VerifyFlags, named?: string): Promise<void> {
  const identifier = chosenName('fairlead cluster-env verify', flags, named)
  const client = await connect(this, flags)
  const options = { signal: this.signal }
  const found = await findBuild(client, identifier, this.signal)
  const started = await client.builds.verify(found.id, options)
  const environment = await client.clusterEnvironments.get(found.cluster_environment_id, options)
  const paint = paintFor(this.stdout, this.env)
  if (!flags.json) this.stdout.write(`Checking ${paint.bold(`${environment.name}:${found.revision}`)} again\n`)
  const build = await showSteps(this, flags, (show) =>
    client.waitForCheck(started, {
      ...options,
      timeoutSeconds: flags.timeout,
      pollRateSeconds: 0.5,
      requireCheck: flags.requireCheck ?? false,
      onBuild: (current) => show([{ title: null, steps: current.steps, waiting: 'waiting for a node' }]),
    }),
  )
  if (flags.json) return printJson(this, build)
  printWarnings(this, build.warnings)
  const cloud = await client.clouds.get(build.cloud_id, options)
  printBuild(this, { build, name: environment.name, cloudName: cloud.name })
}
