/** The dependencies of steps. */
import type { StartConfinement } from '../confinement/confinement.ts'
import type { Engine } from '@fairlead/credential-path/engine/engine'
import type { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import type { ImagePuller } from '@fairlead/credential-path/image-puller'
import type { NodePlace } from './container-options.ts'
import type { StartRecords } from './start-record.ts'

export interface ExecutorParts {
  readonly engine: Engine
  readonly puller: Pick<ImagePuller, 'pull'>
  readonly confinement: StartConfinement
  readonly records: StartRecords
  readonly containers: NodePolicy['containers']
  readonly place: () => NodePlace
  readonly times: WorkloadTimes
}

export interface WorkloadTimes {
  /** How long Ray may take to list this node as alive. */
  readonly rayStartMs: number
  readonly askWhileStartingMs: number
  readonly askWhileRunningMs: number
  /** How often the output of a running container is read, if its owner shares it. */
  readonly readOutputMs: number
  readonly stopGraceSeconds: number
}
