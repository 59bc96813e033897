/** The steps that install and remove an agent. Pure. */
import { join } from 'node:path'
import type { MachineStep } from '../../machine-steps/machine-step.ts'
import {
  executablePath,
  programSteps,
  removeUnitSteps,
  unitSteps,
  type InstallPlace,
  type Removal,
} from '../../machine-steps/service-steps.ts'
import { policyTemplate, unitName, unitText } from './install-unit.ts'
import { defaultPaths } from './paths.ts'

/** The other programs that the executable provides, by the names under which Docker and the kubelet start it. */
export const linkedPrograms = ['docker-credential-fairlead', 'fairlead-kubelet-credential-provider'] as const

const configFolder = '/etc/fairlead'

export function installSteps(place: InstallPlace, executable: string): readonly MachineStep[] {
  const at = (path: string): string => join(place.root, path)
  return [
    ...programSteps(place, executable),
    ...linkedPrograms.map((name) => ({ do: 'link', path: at(join(place.binDir, name)), target: 'fairlead' }) as const),
    { do: 'make-folder', path: at(configFolder), mode: 0o755 },
    { do: 'write-if-missing', path: at(defaultPaths.policy), mode: 0o644, text: policyTemplate },
    { do: 'make-folder', path: at(defaultPaths.stateDir), mode: 0o700 },
    ...unitSteps(place, { name: unitName, text: unitText(executablePath(place)) }),
  ]
}

export function uninstallSteps(place: InstallPlace, { purge, keepProgram }: Removal): readonly MachineStep[] {
  const at = (path: string): string => join(place.root, path)
  return [
    ...removeUnitSteps(place, unitName),
    ...linkedPrograms.map(
      (name) => ({ do: 'remove-link', path: at(join(place.binDir, name)), target: 'fairlead' }) as const,
    ),
    ...(keepProgram ? [] : [{ do: 'remove', path: at(executablePath(place)) } as const]),
    ...(purge
      ? ([
          { do: 'remove-folder', path: at(configFolder) },
          { do: 'remove-folder', path: at(defaultPaths.stateDir) },
        ] as const)
      : []),
  ]
}
