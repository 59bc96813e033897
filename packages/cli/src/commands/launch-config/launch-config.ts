/** `fairlead launch-config`: what goes into the user's own files, so that Ray's launcher, KubeRay or a scaling group starts the nodes (S20). */
import { parseImageReference, type Provider } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { type Build } from '@fairlead/contract/wire'
import type { FairleadClient } from '@fairlead/sdk'
import { chosenPlace } from '../../connection/chosen-place.ts'
import { connect } from '../../connection/connect.ts'
import type { CliContext } from '../../context.ts'
import type { RemoteFlags } from '../../flags.ts'
import { printJson } from '../../print.ts'
import { warn } from '../../terminal/warn.ts'
import { UsageError } from '../../usage-error.ts'
import { rayClusterFile } from './kuberay.ts'
import type { LaunchImage, LaunchSubject, ProgramSource } from './launch-subject.ts'
import { parseProgramSource } from './program-source.ts'
import { rayAwsFile } from './ray-aws.ts'
import { rayGcpFile } from './ray-gcp.ts'
import { rayLocalFile } from './ray-local.ts'
import { userDataScript } from './user-data.ts'
import { placesToReplace, yamlText } from './yaml-text.ts'

export type LaunchTarget = 'ray-aws' | 'ray-gcp' | 'ray-local' | 'kuberay' | 'user-data'

export interface LaunchConfigFlags extends RemoteFlags {
  readonly for: LaunchTarget
  readonly installFrom?: string
  readonly installSha256?: string
}

export default async function launchConfig(
  this: CliContext,
  flags: LaunchConfigFlags,
  identifier: string,
): Promise<void> {
  const program = parseProgramSource(flags.installFrom, flags.installSha256)
  const client = await connect(this, flags)
  const subject = await subjectOf(this, flags, client, identifier, program)
  refuseOtherCloud(flags.for, subject)
  if (flags.for === 'user-data') {
    const script = userDataScript(subject)
    return flags.json ? printJson(this, { script }) : this.stdout.write(script)
  }
  const file = files[flags.for](subject)
  if (flags.json) return printJson(this, { config: file.content, replace: placesToReplace(file.content) })
  this.stdout.write(yamlText(file))
}

const files = { 'ray-aws': rayAwsFile, 'ray-gcp': rayGcpFile, 'ray-local': rayLocalFile, kuberay: rayClusterFile }

async function subjectOf(
  context: CliContext,
  flags: RemoteFlags,
  client: FairleadClient,
  identifier: string,
  program: ProgramSource | null,
): Promise<LaunchSubject> {
  const options = { signal: context.signal }
  const build = await client.builds.find(identifier, options)
  const envVars = shownVars(build)
  const [environment, cloud, controlPlane] = await Promise.all([
    client.clusterEnvironments.get(build.cluster_environment_id, options),
    client.clouds.get(build.cloud_id, options),
    chosenPlace(context, flags),
  ])
  return {
    name: environment.name,
    revision: build.revision,
    image: imageOf(context, build, `${environment.name}:${build.revision}`),
    rayVersion: build.ray_version,
    envVars,
    secret: build.registry_login_secret,
    cloud,
    controlPlane,
    program,
  }
}

/** A digest given in the build needs no node to resolve it; where only the launcher starts nodes, there is none beforehand. */
function imageOf(context: CliContext, build: Build, name: string): LaunchImage {
  if (build.status === 'failed') throw problem('BUILD_FAILED', { name })
  const { domain, path, digest: written } = parseImageReference(build.docker_image_name)
  const digest = build.digest ?? written
  if (digest === null) throw problem('CHECK_PENDING')
  if (build.digest === null) warnUnchecked(context, name)
  return { domain, repository: `${domain}/${path}`, digest }
}

function warnUnchecked(context: CliContext, name: string): void {
  const why = `no node has checked ${name} yet, so it is unknown whether its secret and its registry match`
  warn(context, `${why}; join a checker to find out: fairlead agent join --checker`)
}

/** A viewer sees only the names, and a file without the values would start something else. */
function shownVars(build: Build): Record<string, string> {
  const shown: Record<string, string> = {}
  for (const [name, value] of Object.entries(build.env_vars)) {
    if (value === null) throw problem('ROLE_TOO_LOW', { role: 'viewer' })
    shown[name] = value
  }
  return shown
}

const cloudOf: Partial<Record<LaunchTarget, Provider>> = { 'ray-aws': 'aws', 'ray-gcp': 'gcp' }

function refuseOtherCloud(target: LaunchTarget, { cloud }: LaunchSubject): void {
  const needed = cloudOf[target]
  if (needed !== undefined && cloud.provider !== needed) {
    throw usage(`--for ${target} is for clouds of provider ${needed}; ${cloud.name} is of provider ${cloud.provider}`)
  }
  if (target === 'user-data' && cloud.join !== 'proof') {
    throw usage(
      `--for user-data needs a cloud whose machines join by cloud identity; those of ${cloud.name} join with a token, which must not be in user data`,
    )
  }
}

const usage = (reason: string): UsageError => new UsageError(reason, 'fairlead launch-config')
