/** The flags of commands that install or remove a service. */
import { jsonFlag, pathFlag, switchFlag, textFlag, type JsonFlag } from '../flags.ts'

export interface PlaceFlags extends JsonFlag {
  readonly binDir: string
  readonly root?: string
  readonly dryRun?: boolean
}

export interface InstallFlags extends PlaceFlags {
  readonly executable?: string
}

export const placeFlags = {
  binDir: pathFlag('DIR', '/usr/local/bin', 'Folder for the programs'),
  root: textFlag('DIR', 'Install under this folder, for a machine image, and start nothing'),
  dryRun: switchFlag('Only print what would be done'),
  ...jsonFlag,
} as const

/** The same flags of a command that removes. */
export const removalFlags = {
  ...placeFlags,
  root: textFlag('DIR', 'Uninstall from this folder, a machine image, and stop nothing'),
} as const

export const executableFlag = textFlag('FILE', 'The executable to install (default: this one)')
