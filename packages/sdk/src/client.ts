/** The client of the Fairlead API. It needs only `fetch`, so it runs in Node and in browsers. */
import type { Build, Cluster, CreateCluster, CreateClusterEnvironment, Overview } from '@fairlead/contract/wire'
import { single } from './answer.ts'
import { ApiTokenCalls } from './api-tokens.ts'
import { AuditCalls } from './audit.ts'
import { buildClusterEnvironment, waitForCheck, type BuildOptions } from './build-cluster-environment.ts'
import { CloudCalls } from './clouds.ts'
import { BuildCalls, ClusterEnvironmentCalls } from './cluster-environments.ts'
import { ClusterCalls } from './clusters.ts'
import { events, type Change, type EventOptions } from './events.ts'
import { launchCluster, waitForCluster, type LaunchOptions } from './launch-cluster.ts'
import { NodeCalls } from './nodes.ts'
import { PullCalls } from './pulls.ts'
import { SignInCalls } from './sign-in.ts'
import { signalOf, Transport, type CallOptions, type ClientOptions } from './transport.ts'
import { withTimeout, type WaitOptions } from './wait.ts'
import { waitForPrefetch, type PrefetchOptions } from './wait-for-prefetch.ts'
import { watch } from './watch.ts'

const apiDocument = async () => (await import('@fairlead/contract/wire/api-document')).ApiDocument
const overview = async () => (await import('@fairlead/contract/wire/overview')).Overview

export class FairleadClient {
  readonly clouds: CloudCalls
  readonly clusterEnvironments: ClusterEnvironmentCalls
  readonly builds: BuildCalls
  readonly clusters: ClusterCalls
  readonly nodes: NodeCalls
  readonly pulls: PullCalls
  readonly apiTokens: ApiTokenCalls
  readonly audit: AuditCalls
  readonly signIn: SignInCalls
  readonly #transport: Transport

  constructor(options: ClientOptions) {
    this.#transport = new Transport(options)
    this.clouds = new CloudCalls(this.#transport)
    this.clusterEnvironments = new ClusterEnvironmentCalls(this.#transport)
    this.builds = new BuildCalls(this.#transport)
    this.clusters = new ClusterCalls(this.#transport)
    this.nodes = new NodeCalls(this.#transport)
    this.pulls = new PullCalls(this.#transport)
    this.apiTokens = new ApiTokenCalls(this.#transport)
    this.audit = new AuditCalls(this.#transport)
    this.signIn = new SignInCalls(this.#transport)
  }

  /** Scheme, host and port of the control plane. */
  get origin(): string {
    return this.#transport.origin
  }

  /** The version of the control plane; no token is needed. */
  async version(options?: CallOptions): Promise<string> {
    return (await this.#transport.get('/openapi.json', apiDocument, options)).info.version
  }

  /** What needs attention, how much there is, and what was pulled in the last 24 hours. */
  async overview(options?: CallOptions): Promise<Overview> {
    return this.#transport.get('/overview', single(overview), options)
  }

  /** Creates the environment or, if the name exists, adds a build; waits for the check and returns the build. */
  async buildClusterEnvironment(create: CreateClusterEnvironment, options?: BuildOptions): Promise<Build> {
    return buildClusterEnvironment(this, create, options)
  }

  /** Follows the check of a build to its end; throws the problem if it fails. */
  async waitForCheck(build: Build, options: BuildOptions = {}): Promise<Build> {
    return withTimeout(options, async (signal) => waitForCheck(this, build, options, signal))
  }

  /** Follows the idle nodes that bring the image of a build, until no more are expected to; returns the build as last seen. */
  async waitForPrefetch(build: Build, options: PrefetchOptions = {}): Promise<Build> {
    return waitForPrefetch(this, build, options)
  }

  /** Creates and starts a cluster, or starts the one with that name; waits until it runs. */
  async launchCluster(create: CreateCluster, options?: LaunchOptions): Promise<Cluster> {
    return launchCluster(this, create, options)
  }

  /** Follows a cluster until it reaches the requested state; throws the problem if it fails. */
  async waitForCluster(id: string, goal: 'Running' | 'Terminated', options: LaunchOptions = {}): Promise<Cluster> {
    return withTimeout(options, async (signal) => waitForCluster(this, id, goal, options, signal))
  }

  /** Changes as they happen. */
  events(options: EventOptions = {}): AsyncGenerator<Change> {
    return events(this.#transport, options)
  }

  /** Yields the build, and again whenever it has changed. */
  watchBuild(id: string, options: WaitOptions = {}): AsyncGenerator<Build> {
    return this.#watch(id, async (signal) => this.builds.get(id, { signal }), options)
  }

  /** Yields the cluster, and again whenever it has changed. */
  watchCluster(id: string, options: WaitOptions = {}): AsyncGenerator<Cluster> {
    return this.#watch(id, async (signal) => this.clusters.get(id, { signal }), options)
  }

  #watch<Resource>(
    id: string,
    read: (signal: AbortSignal) => Promise<Resource>,
    options: WaitOptions,
  ): AsyncGenerator<Resource> {
    return watch({
      read,
      changes: (signal) => this.events({ signal }),
      concerns: (change) => change.id === id,
      pollMs: (options.pollRateSeconds ?? 1) * 1000,
      signal: signalOf(options),
    })
  }
}
