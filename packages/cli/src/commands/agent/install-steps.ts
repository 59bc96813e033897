/** The steps that install and remove an agent. Pure. */
import { join } from 'node:path'
import type { MachineStep } from '../../machine-steps/machine-step.ts'
import { policyTemplate, unitName, unitText } from './install-unit.ts'
import { defaultPaths } from './paths.ts'

export interface InstallPlace {
  /** The prefix of each path; empty for this machine itself. */
  readonly root: string
  readonly binDir: string
  /** Whether systemd runs here and is notified; if not, the step does what systemd would do for the next start. */
  readonly systemd: boolean
}

/** The other programs that the executable provides, by the names under which Docker and the kubelet start it. */
export const linkedPrograms = ['docker-credential-fairlead', 'fairlead-kubelet-credential-provider'] as const

const unitFolder = '/etc/systemd/system'
export const unitFile = join(unitFolder, unitName)
const configFolder = '/etc/fairlead'

export function installSteps(place: InstallPlace, executable: string): readonly MachineStep[] {
  const at = (path: string): string => join(place.root, path)
  const wanted = join(unitFolder, 'multi-user.target.wants')
  return [
    { do: 'make-folder', path: at(place.binDir), mode: 0o755 },
    { do: 'copy', from: executable, path: at(join(place.binDir, 'fairlead')), mode: 0o755 },
    ...linkedPrograms.map((name) => ({ do: 'link', path: at(join(place.binDir, name)), target: 'fairlead' }) as const),
    { do: 'make-folder', path: at(configFolder), mode: 0o755 },
    { do: 'write-if-missing', path: at(defaultPaths.policy), mode: 0o644, text: policyTemplate },
    { do: 'make-folder', path: at(defaultPaths.stateDir), mode: 0o700 },
    { do: 'make-folder', path: at(unitFolder), mode: 0o755 },
    { do: 'write', path: at(unitFile), mode: 0o644, text: unitText(join(place.binDir, 'fairlead')) },
    ...(place.systemd
      ? ([
          { do: 'systemctl', args: ['daemon-reload'] },
          { do: 'systemctl', args: ['enable', unitName] },
          // Also if it already runs, so that the new one takes over.
          { do: 'systemctl', args: ['restart', unitName] },
        ] as const)
      : ([
          { do: 'make-folder', path: at(wanted), mode: 0o755 },
          { do: 'link', path: at(join(wanted, unitName)), target: unitFile },
        ] as const)),
  ]
}

export function uninstallSteps(place: InstallPlace, purge: boolean): readonly MachineStep[] {
  const at = (path: string): string => join(place.root, path)
  const link = join(unitFolder, 'multi-user.target.wants', unitName)
  return [
    ...(place.systemd ? [{ do: 'stop-unit', unit: unitName } as const] : []),
    { do: 'remove-link', path: at(link), target: unitFile },
    { do: 'remove', path: at(unitFile) },
    ...(place.systemd ? [{ do: 'systemctl', args: ['daemon-reload'] } as const] : []),
    ...linkedPrograms.map(
      (name) => ({ do: 'remove-link', path: at(join(place.binDir, name)), target: 'fairlead' }) as const,
    ),
    { do: 'remove', path: at(join(place.binDir, 'fairlead')) },
    ...(purge
      ? ([
          { do: 'remove-folder', path: at(configFolder) },
          { do: 'remove-folder', path: at(defaultPaths.stateDir) },
        ] as const)
      : []),
  ]
}
