/** The way to the first cluster: which of its five steps are done, as the control plane can know it. Pure. */
import type { Cluster, ClusterEnvironment } from '@fairlead/contract/wire'

export type StepName = 'cloud' | 'machine' | 'secret' | 'environment' | 'cluster'

/** The page of the documentation that says more. */
export const docsOfStep: Readonly<Record<StepName, string>> = {
  cloud: 'guides/on-premises',
  machine: 'nodes',
  secret: 'registries',
  environment: 'tutorial',
  cluster: 'tutorial',
}

export interface Progress {
  readonly clouds: number
  readonly onlineNodes: number
  /** The newest ones. */
  readonly environments: readonly Pick<ClusterEnvironment, 'latest_build'>[]
  readonly clusters: readonly Pick<Cluster, 'state' | 'generation'>[]
}

export function doneSteps({ clouds, onlineNodes, environments, clusters }: Progress): ReadonlySet<StepName> {
  const builds = environments.map(({ latest_build }) => latest_build)
  const checked = builds.filter(({ status }) => status === 'succeeded')
  const steps: readonly (readonly [StepName, boolean])[] = [
    ['cloud', clouds > 0],
    ['machine', onlineNodes > 0],
    // Nobody but a node can see a secret; a build that needed one and succeeded proves it.
    ['secret', checked.length > 0 || builds.some(hasReadItsSecret)],
    ['environment', checked.length > 0],
    ['cluster', clusters.some(hasRun)],
  ]
  return new Set(steps.flatMap(([step, isDone]) => (isDone ? [step] : [])))
}

function hasReadItsSecret({ steps }: ClusterEnvironment['latest_build']): boolean {
  return steps.some(({ step, status }) => step === 'secret' && status === 'done')
}

/** A start that failed is not the first cluster. */
function hasRun({ state, generation }: Pick<Cluster, 'state' | 'generation'>): boolean {
  return state === 'Running' || ((state === 'Terminating' || state === 'Terminated') && generation > 0)
}
