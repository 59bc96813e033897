/** Creates and starts a cluster, or starts the one with that name with the current request, and waits until Ray runs. */
import { problem, ServedProblem } from '@fairlead/contract/problems'
import { type Cluster, type CreateCluster } from '@fairlead/contract/wire'
import type { BuildCalls } from './cluster-environments.ts'
import type { ClusterCalls } from './clusters.ts'
import { withTimeout, type WaitOptions } from './wait.ts'

/** The parts of a client used here. */
export interface ClusterClient {
  readonly builds: BuildCalls
  readonly clusters: ClusterCalls
  watchCluster(id: string, options: WaitOptions & { signal: AbortSignal }): AsyncIterable<Cluster>
}

export interface LaunchOptions extends WaitOptions {
  /** False: return as soon as the start is accepted. */
  readonly wait?: boolean
  /** Called with the cluster whenever it changes. */
  readonly onCluster?: (cluster: Cluster) => void
}

export async function launchCluster(
  client: ClusterClient,
  create: CreateCluster,
  options: LaunchOptions = {},
): Promise<Cluster> {
  const existing = await client.clusters.list({ name: create.name }, options).first()
  if (existing && create.cloud_id !== undefined && create.cloud_id !== existing.cloud_id) {
    throw problem('NAME_IN_USE', { name: create.name })
  }
  const started = existing
    ? await startAgain(client, existing, create, options)
    : await client.clusters.start((await client.clusters.create(create, options)).id, {}, options)
  options.onCluster?.(started)
  if (options.wait === false) return started
  return withTimeout(options, async (signal) => waitForCluster(client, started.id, 'Running', options, signal))
}

async function startAgain(
  client: ClusterClient,
  existing: Cluster,
  create: CreateCluster,
  options: LaunchOptions,
): Promise<Cluster> {
  // A caller that was interrupted and repeats the same request joins the start in progress.
  if (isUp(existing) && (await isAsAsked(client, existing, create, options))) return existing
  const { name: _name, cloud_id: _cloud, ...changes } = create
  return client.clusters.start(existing.id, changes, options)
}

function isUp(cluster: Cluster): boolean {
  return cluster.state === 'AwaitingStartup' || cluster.state === 'StartingUp' || cluster.state === 'Running'
}

async function isAsAsked(
  client: ClusterClient,
  existing: Cluster,
  create: CreateCluster,
  options: LaunchOptions,
): Promise<boolean> {
  if (create.worker_count !== undefined && create.worker_count !== existing.worker_count) return false
  if (create.pin_digest !== undefined && create.pin_digest !== existing.pin_digest) return false
  const environment = create.cluster_environment
  const asked = environment ? (await client.builds.find(environment, options)).id : create.cluster_environment_build_id
  return asked === undefined || asked === existing.cluster_environment_build_id
}

/** Follows a cluster until it reaches the requested state; throws the problem if it fails. */
export async function waitForCluster(
  client: ClusterClient,
  id: string,
  goal: 'Running' | 'Terminated',
  options: LaunchOptions,
  signal: AbortSignal,
): Promise<Cluster> {
  for await (const cluster of client.watchCluster(id, { ...options, signal })) {
    options.onCluster?.(cluster)
    if (cluster.state === goal) return cluster
    // Another user may terminate this cluster while it starts.
    const ended = cluster.state === 'StartupErrored' || cluster.state === 'Terminated'
    if (goal === 'Running' && ended) throw whyItEnded(cluster)
  }
  throw problem('INTERRUPTED')
}

function whyItEnded(cluster: Cluster): Error {
  const told = cluster.problem ?? cluster.nodes.find((node) => node.problem)?.problem
  return told ? new ServedProblem(told) : problem('CLUSTER_TERMINATED', { name: cluster.name })
}
