/** `fairlead cluster-env get`: one build, with its check and its problem. */
import { connect } from '../../connection/connect.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { chosenNameOrId, type NameOrIdFlags } from '../../named.ts'
import { printJson } from '../../print.ts'
import { liveStep } from '../../steps/step-text.ts'
import { paintFor } from '../../terminal/paint.ts'
import { formatProblemDocument } from '../../terminal/problem-text.ts'
import { buildDetails } from './print-build.ts'
import { printWarnings } from './print-warnings.ts'

export interface GetFlags extends RemoteFlags, NameOrIdFlags {}

export default async function get(this: CliContext, flags: GetFlags, named?: string): Promise<void> {
  const by = chosenNameOrId('fairlead cluster-env get', flags, named)
  const client = await connect(this, flags)
  const options = { signal: this.signal }
  const build =
    by.name === undefined ? await client.builds.get(by.id, options) : await client.builds.find(by.name, options)
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
