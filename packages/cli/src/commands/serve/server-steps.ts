/** The steps that install and remove a control plane as a service. Pure. */
import { basename, dirname, join } from 'node:path'
import type { MachineStep } from '../../machine-steps/machine-step.ts'
import {
  executablePath,
  programSteps,
  removeUnitSteps,
  unitSteps,
  type InstallPlace,
  type Removal,
} from '../../machine-steps/service-steps.ts'
import { serverPaths, serverUnitName, serverUnitText, serverUser, serverUserText } from './server-unit.ts'

export interface ServerFiles {
  readonly executable: string
  /** The text of the settings, if there are none yet. */
  readonly settings: string
  /** Copied for the server to read; null: those that are there stay. */
  readonly certificate: { readonly cert: string; readonly key: string } | null
  /** Copied for the server to read, with the secret that it names beside it; null: what is there stays. */
  readonly signIn: { readonly file: string; readonly secretBeside: string | null } | null
}

export function installServerSteps(place: InstallPlace, files: ServerFiles): readonly MachineStep[] {
  const at = (path: string): string => join(place.root, path)
  return [
    ...programSteps(place, files.executable),
    { do: 'make-folder', path: at(dirname(serverPaths.users)), mode: 0o755 },
    { do: 'write', path: at(serverPaths.users), mode: 0o644, text: serverUserText },
    { do: 'make-users', root: place.root, file: basename(serverPaths.users) },
    { do: 'make-folder', path: at(serverPaths.configDir), mode: 0o755 },
    ...(files.certificate === null
      ? []
      : ([
          { do: 'copy', from: files.certificate.cert, path: at(serverPaths.tlsCert), mode: 0o644 },
          { do: 'copy', from: files.certificate.key, path: at(serverPaths.tlsKey), mode: 0o640, group: serverUser },
        ] as const)),
    ...signInSteps(files.signIn, at),
    { do: 'write-if-missing', path: at(serverPaths.settings), mode: 0o600, text: files.settings },
    ...unitSteps(place, { name: serverUnitName, text: serverUnitText(executablePath(place)) }),
  ]
}

function signInSteps(signIn: ServerFiles['signIn'], at: (path: string) => string): readonly MachineStep[] {
  if (signIn === null) return []
  const { file, secretBeside } = signIn
  const copied = { do: 'copy', mode: 0o640, group: serverUser } as const
  return [
    { ...copied, from: file, path: at(serverPaths.signIn) },
    ...(secretBeside === null
      ? []
      : [{ ...copied, from: join(dirname(file), secretBeside), path: at(join(serverPaths.configDir, secretBeside)) }]),
  ]
}

/** The user stays: files that it owns, such as backups, must not come to belong to the next user that this machine makes. */
export function uninstallServerSteps(place: InstallPlace, { purge, keepProgram }: Removal): readonly MachineStep[] {
  const at = (path: string): string => join(place.root, path)
  return [
    ...removeUnitSteps(place, serverUnitName),
    { do: 'remove', path: at(serverPaths.users) },
    ...(keepProgram ? [] : [{ do: 'remove', path: at(executablePath(place)) } as const]),
    ...(purge
      ? ([
          { do: 'remove-folder', path: at(serverPaths.configDir) },
          { do: 'remove-folder', path: at(serverPaths.dataDir) },
        ] as const)
      : []),
  ]
}
