/** `fairlead support-bundle`: collects diagnostics for support, and says what they are. */
import { runDoctor } from '@fairlead/agent'
import { commit, version } from '@fairlead/contract/release'
import { release } from 'node:os'
import { resolve } from 'node:path'
import { connect } from '../../connection/connect.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { defaultPaths, namedPolicy, type PolicyFlags } from '../agent/paths.ts'
import { codeOfError, controlPlanePart, doctorPart, SupportBundle, type AskedControlPlane } from './bundle.ts'

export type SupportBundleFlags = RemoteFlags &
  PolicyFlags & { readonly stateDir: string; readonly dockerSocket: string }

const mostOfEach = 1000
const mostPulls = 200

export default async function supportBundle(this: CliContext, flags: SupportBundleFlags): Promise<void> {
  const bundle = SupportBundle.parse({
    format: 1,
    made_at: new Date(this.clock.now()).toISOString(),
    program: { version, commit },
    machine: { node: process.version, platform: process.platform, arch: process.arch, kernel: release() },
    control_plane: await askControlPlane(this, flags),
    doctor: await examine(this, flags),
  } satisfies SupportBundle)
  printJson(this, bundle)
  this.stderr.write(`${contentsOf(bundle).join('\n')}\n`)
}

async function askControlPlane(context: CliContext, flags: RemoteFlags): Promise<SupportBundle['control_plane']> {
  const options = { signal: context.signal }
  try {
    const client = await connect(context, flags)
    const all = async <Item>(
      pages: { take(most: number): PromiseLike<{ results: readonly Item[] }> },
      most = mostOfEach,
    ) => (await pages.take(most)).results
    const asked: AskedControlPlane = {
      version: await client.version(options),
      clouds: await all(client.clouds.list({}, options)),
      environments: await all(client.clusterEnvironments.list({ include_archived: true }, options)),
      clusters: await all(client.clusters.list({}, options)),
      nodes: await all(client.nodes.list({}, options)),
      pulls: await all(client.pulls.list({}, options), mostPulls),
    }
    return controlPlanePart(asked)
  } catch (error) {
    context.signal.throwIfAborted()
    return { code: codeOfError(error) }
  }
}

async function examine(context: CliContext, flags: SupportBundleFlags): Promise<SupportBundle['doctor']> {
  try {
    const report = await runDoctor(
      {
        image: null,
        secret: null,
        provider: null,
        policyFile: namedPolicy(context, flags),
        secretsDir: defaultPaths.secretsDir,
        dockerSocket: resolve(context.cwd, flags.dockerSocket),
        stateDir: resolve(context.cwd, flags.stateDir),
        dockerConfig: resolve(context.home, '.docker', 'config.json'),
        onSteps: () => undefined,
      },
      context.signal,
    )
    return doctorPart(report)
  } catch (error) {
    context.signal.throwIfAborted()
    return { code: codeOfError(error) }
  }
}

/** One line for each part. */
function contentsOf({ control_plane: plane, doctor }: SupportBundle): readonly string[] {
  const asked =
    'code' in plane
      ? [`  control_plane  it could not be asked: ${plane.code}`]
      : [
          `  control_plane  its version; ${plane.clouds.length} clouds, ${plane.builds.length} builds, ${plane.clusters.length} clusters, ${plane.nodes.length} nodes: ids, states and problem codes`,
          `  pulls          the newest ${plane.pulls.length}: decision, code, bytes and times`,
        ]
  const examined =
    'code' in doctor
      ? `  doctor         it could not examine this machine: ${doctor.code}`
      : `  doctor         ${doctor.steps.length} steps with their codes; which of ${doctor.policy.length} settings the owner's file has, and their shape`
  return [
    'The bundle has ids, states, codes, versions, numbers and times: no name, host, image, reference, variable or log.',
    '  program        version and commit',
    '  machine        versions of Node and the kernel; processor',
    ...asked,
    examined,
    'Read it before you pass it on.',
  ]
}
