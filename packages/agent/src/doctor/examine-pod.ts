/** `fairlead doctor --pod`: whether an ordinary pod can act as its node, and so read the secrets that an agent reads with the node's identity. */
import { problem, type Problem } from '@fairlead/contract/problems'
import { secureProcess } from '@fairlead/credential-path/process/secure-process'
import { interruption } from '@fairlead/credential-path/process/until-aborted'
import { askMetadataServices, metadataServices, type MetadataService } from './ask-metadata-services.ts'
import { podSteps, type DoctorReport } from './doctor-report.ts'
import { exposureOfAll, type Exposure } from './metadata-exposure.ts'
import { StepList, type OnDoctorSteps } from './step-list.ts'
import { exposedNodeWarning } from './warnings.ts'

export interface PodExamination {
  /** The agent reads secrets with an identity of its own, not with the node's: then an exposed node is a warning. */
  readonly hasOwnIdentity: boolean
  readonly onSteps: OnDoctorSteps
  readonly services?: readonly MetadataService[]
}

export async function examinePod(
  { hasOwnIdentity, onSteps, services = metadataServices }: PodExamination,
  signal: AbortSignal,
): Promise<DoctorReport> {
  const authorities = secureProcess()
  const steps = new StepList(podSteps, onSteps, signal)
  const look = async (): Promise<Exposure> => {
    const found = exposureOfAll(await askMetadataServices(services, signal))
    if (signal.aborted) throw interruption(signal)
    if (found.whose === 'node' && !hasOwnIdentity) throw exposed(found)
    return found
  }
  const found = await steps.take('metadata', look, ({ whose }) => ({ whose }))
  return {
    steps: steps.close(),
    warnings: found?.whose === 'node' ? [exposedNodeWarning(exposed(found))] : [],
    policy: null,
    authorities,
    serverOfSecret: null,
  }
}

const exposed = ({ by }: Extract<Exposure, { whose: 'node' }>): Problem =>
  problem('METADATA_OPEN_TO_PODS', { reason: `${by} answered` })
