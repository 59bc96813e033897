/** The way to the first cluster: which of its five steps are done, as the control plane can know it. Pure. */
import type { FirstStep } from '@fairlead/contract/wire'
import type { BuildRecord, ClusterRecord } from '../store/records.ts'

export interface Progress {
  readonly clouds: number
  readonly onlineNodes: number
  /** The newest of each environment. */
  readonly builds: readonly Pick<BuildRecord, 'status' | 'steps'>[]
  readonly runningClusters: number
  /** The newest ones. */
  readonly clusters: readonly Pick<ClusterRecord, 'state' | 'generation'>[]
}

export function doneSteps({ clouds, onlineNodes, builds, runningClusters, clusters }: Progress): FirstStep[] {
  const isChecked = builds.some(({ status }) => status === 'succeeded')
  const steps: readonly (readonly [FirstStep, boolean])[] = [
    ['cloud', clouds > 0],
    ['machine', onlineNodes > 0],
    // Nobody but a node can see a secret; a build that needed one and succeeded proves it.
    ['secret', isChecked || builds.some(hasReadItsSecret)],
    ['environment', isChecked],
    ['cluster', runningClusters > 0 || clusters.some(hasRun)],
  ]
  return steps.flatMap(([step, isDone]) => (isDone ? [step] : []))
}

function hasReadItsSecret({ steps }: Pick<BuildRecord, 'steps'>): boolean {
  return steps.some(({ step, status }) => step === 'secret' && status === 'done')
}

/** A start that failed is not the first cluster. */
function hasRun({ state, generation }: Pick<ClusterRecord, 'state' | 'generation'>): boolean {
  return (state === 'Terminating' || state === 'Terminated') && generation > 0
}
