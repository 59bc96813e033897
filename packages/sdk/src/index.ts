/** The public names of the SDK, including the contract's names that its callers use. */
export { isProblem, Problem, type ProblemCode, type ProblemOf } from '@fairlead/contract/problems'
export {
  type Build,
  type ChangeKind,
  type Cloud,
  type Cluster,
  type ClusterEnvironment,
  type ClusterNode,
  type CreateCloud,
  type CreateCluster,
  type CreateClusterEnvironment,
  type EnvironmentConfig,
  type Grant,
  type Node,
  type Page,
  type PullRecord,
} from '@fairlead/contract/wire'
export { type BuildOptions } from './build-cluster-environment.ts'
export { FairleadClient } from './client.ts'
export { type Change, type EventOptions } from './events.ts'
export { readText, type Fetch, type FetchAnswer, type FetchRequest } from './fetch.ts'
export { type LaunchOptions } from './launch-cluster.ts'
export { parseOrigin } from './origin.ts'
export { Pages } from './pages.ts'
export { ServedProblem } from '@fairlead/contract/problems'
export { type CallOptions, type ClientOptions, type WriteOptions } from './transport.ts'
export { type WaitOptions } from './wait.ts'
export { prefetchState, type PrefetchOptions, type PrefetchState } from './wait-for-prefetch.ts'
