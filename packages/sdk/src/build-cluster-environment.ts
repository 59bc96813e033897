/** Registers an image as a cluster environment, or as the next build of an existing one, and waits for its check. */
import { isProblem, problem, ServedProblem } from '@fairlead/contract/problems'
import { checkEnvironmentConfig, type Build, type CreateClusterEnvironment } from '@fairlead/contract/wire'
import type { ClusterEnvironmentCalls } from './cluster-environments.ts'
import type { NodeCalls } from './nodes.ts'
import { withTimeout, type WaitOptions } from './wait.ts'

/** The parts of a client used here. */
export interface EnvironmentClient {
  readonly clusterEnvironments: ClusterEnvironmentCalls
  readonly nodes: NodeCalls
  watchBuild(id: string, options: WaitOptions & { signal: AbortSignal }): AsyncIterable<Build>
}

export interface BuildOptions extends WaitOptions {
  /** False: return as soon as it is registered. */
  readonly wait?: boolean
  /** True: a build that no node can check now is CHECK_PENDING; otherwise it is returned as pending. */
  readonly requireCheck?: boolean
  /** Called with the build whenever it changes. */
  readonly onBuild?: (build: Build) => void
}

export async function buildClusterEnvironment(
  client: EnvironmentClient,
  create: CreateClusterEnvironment,
  options: BuildOptions = {},
): Promise<Build> {
  // A password pasted as a reference must not leave this machine (S22).
  checkEnvironmentConfig(create.config_json, null)
  const build = await register(client, create, options)
  options.onBuild?.(build)
  if (options.wait === false) return build
  return withTimeout(options, async (signal) => waitForCheck(client, build, options, signal))
}

async function register(
  client: EnvironmentClient,
  create: CreateClusterEnvironment,
  options: BuildOptions,
): Promise<Build> {
  try {
    return (await client.clusterEnvironments.create(create, options)).latest_build
  } catch (error) {
    if (!isProblem(error, 'NAME_IN_USE')) throw error
    const found = await client.clusterEnvironments.list({ name: create.name, include_archived: true }, options).first()
    if (!found || (create.cloud_id !== undefined && create.cloud_id !== found.cloud_id)) throw error
    const { config_json, prefetch } = create
    const body = { config_json, ...(prefetch !== undefined && { prefetch }) }
    return client.clusterEnvironments.createBuild(found.id, body, options)
  }
}

/** Follows a build until it is checked, or until no node is there to check it. */
export async function waitForCheck(
  client: EnvironmentClient,
  build: Build,
  options: BuildOptions,
  signal: AbortSignal,
): Promise<Build> {
  for await (const current of client.watchBuild(build.id, { ...options, signal })) {
    options.onBuild?.(current)
    switch (current.status) {
      case 'succeeded':
        return current
      case 'failed':
      case 'canceled':
        throw current.problem ? new ServedProblem(current.problem) : problem('BUILD_FAILED', { name: current.id })
      case 'pending':
        if (!(await hasNodeOnline(client, current, signal))) {
          if (options.requireCheck) throw problem('CHECK_PENDING')
          return current
        }
        break
      case 'in_progress':
      case 'pending_cancellation':
        break
    }
  }
  throw problem('INTERRUPTED')
}

async function hasNodeOnline(client: EnvironmentClient, build: Build, signal: AbortSignal): Promise<boolean> {
  for await (const node of client.nodes.list({ cloud_id: build.cloud_id }, { signal })) {
    if (node.state === 'online') return true
  }
  return false
}
