/** `fairlead cluster-env get`: one build, with its check and its problem. */
import { connect } from '../../connection/connect.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { liveStep } from '../../steps/step-text.ts'
import { paintFor } from '../../terminal/paint.ts'
import { formatProblemDocument } from '../../terminal/problem-text.ts'
import { UsageError } from '../../usage-error.ts'
import { buildDetails } from './print-build.ts'
import { printWarnings } from './print-warnings.ts'

export interface GetFlags extends RemoteFlags {
  readonly id?: string
}

export default async function get(this: CliContext, flags: GetFlags, identifier?: string): Promise<void> {
  if ((identifier === undefined) === (flags.id === undefined)) {
    throw new UsageError('give NAME[:REVISION], or --id BUILD_ID', 'fairlead cluster-env get')
  }
  const client = await connect(this, flags)
  const options = { signal: this.signal }
  const build =
    flags.id === undefined
      ? await client.builds.find(identifier ?? '', options)
      : await client.builds.get(flags.id, options)
  if (flags.json) return printJson(this, build)
  const [environment, cloud] = await Promise.all([
    client.clusterEnvironments.get(build.cluster_environment_id, options),
    client.clouds.get(build.cloud_id, options),
  ])
  printWarnings(this, build.warnings)
  const paint = paintFor(this.stdout, this.env)
  const view = { build, name: environment.name, cloudName: cloud.name }
  this.stdout.write(`${paint.bold(`${environment.name}:${build.revision}`)}\n${buildDetails(this, view)}`)
  if (build.steps.length > 0) this.stdout.write('\n')
  for (const step of build.steps) this.stdout.write(`  ${liveStep(step, this.clock.now(), 0, paint)}\n`)
  if (build.problem) this.stdout.write(`\n${formatProblemDocument(build.problem, paint)}`)
}
