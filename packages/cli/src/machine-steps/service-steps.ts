/** The steps that all systemd services of this executable share: the executable itself, and a unit that runs it. Pure. */
import { join } from 'node:path'
import type { MachineStep } from './machine-step.ts'

export interface InstallPlace {
  /** The prefix of each path; empty for this machine itself. */
  readonly root: string
  readonly binDir: string
  /** Whether systemd runs here and is notified; if not, the step does what systemd would do for the next start. */
  readonly systemd: boolean
}

const unitFolder = '/etc/systemd/system'
const wantsFolder = join(unitFolder, 'multi-user.target.wants')

export const unitFile = (unitName: string): string => join(unitFolder, unitName)

/** What makes systemd start it with the machine. */
export const wantsLink = (unitName: string): string => join(wantsFolder, unitName)

export interface Removal {
  /** Also what the owner wrote and what the service stored. */
  readonly purge: boolean
  /** Another service on this machine runs the same executable. */
  readonly keepProgram: boolean
}

export interface ServiceUnit {
  readonly name: string
  readonly text: string
}

export const executablePath = ({ binDir }: InstallPlace): string => join(binDir, 'fairlead')

export function programSteps(place: InstallPlace, executable: string): readonly MachineStep[] {
  return [
    { do: 'make-folder', path: join(place.root, place.binDir), mode: 0o755 },
    { do: 'copy', from: executable, path: join(place.root, executablePath(place)), mode: 0o755 },
  ]
}

export function unitSteps(place: InstallPlace, unit: ServiceUnit): readonly MachineStep[] {
  const at = (path: string): string => join(place.root, path)
  return [
    { do: 'make-folder', path: at(unitFolder), mode: 0o755 },
    { do: 'write', path: at(unitFile(unit.name)), mode: 0o644, text: unit.text },
    ...(place.systemd
      ? ([
          { do: 'systemctl', args: ['daemon-reload'] },
          { do: 'systemctl', args: ['enable', unit.name] },
          // Also if it already runs, so that the new one takes over.
          { do: 'systemctl', args: ['restart', unit.name] },
        ] as const)
      : ([
          { do: 'make-folder', path: at(wantsFolder), mode: 0o755 },
          { do: 'link', path: at(join(wantsFolder, unit.name)), target: unitFile(unit.name) },
        ] as const)),
  ]
}

export function removeUnitSteps(place: InstallPlace, unitName: string): readonly MachineStep[] {
  const at = (path: string): string => join(place.root, path)
  return [
    ...(place.systemd ? [{ do: 'stop-unit', unit: unitName } as const] : []),
    { do: 'remove-link', path: at(join(wantsFolder, unitName)), target: unitFile(unitName) },
    { do: 'remove', path: at(unitFile(unitName)) },
    ...(place.systemd ? [{ do: 'systemctl', args: ['daemon-reload'] } as const] : []),
  ]
}
