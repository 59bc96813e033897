/** Which machine's doors a command opens, closes or looks at, and what its owner's file says of them. */
import { problem } from '@fairlead/contract/problems'
import type { DoorEngine } from '@fairlead/contract/wire'
import { parseRegistryHost } from '@fairlead/contract/names'
import type { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import { readOwnerFile } from '@fairlead/credential-path/policy/owner-file'
import { parseNodePolicy } from '@fairlead/credential-path/policy/read-node-policy'
import { doorMachineAt, type DoorMachine } from '@fairlead/doors/upkeep/door-machine'
import { join, resolve } from 'node:path'
import type { JsonFlag } from '../../flags.ts'
import { thisMachine } from '../../machine-steps/install-place.ts'
import { defaultPaths, namedPolicy, type PolicyFlags } from '../agent/paths.ts'

interface DoorPaths extends PolicyFlags {
  readonly stateDir: string
  readonly dockerSocket: string
}

export type DoorFlags = DoorPaths & JsonFlag

export interface EngineFlag {
  readonly engine?: DoorEngine
}

export interface RootFlags {
  readonly root?: string
  readonly dryRun?: boolean
}

export interface DoorPlace {
  readonly machine: DoorMachine
  readonly isRoot: boolean
  /** The owner's file. */
  readonly policyFile: string
  /** The agent's state folder, outside the root. */
  readonly stateDir: string
  /** Null: all of them. */
  readonly engine: DoorEngine | null
  /** How long to wait for the agent, which reads the owner's file twice a second. */
  readonly agentWithinSeconds: number
}

export function doorPlace(flags: DoorPaths & EngineFlag & RootFlags, cwd: string): DoorPlace {
  const root = flags.root === undefined ? '' : resolve(cwd, flags.root)
  return {
    machine: doorMachineAt({ root, isRunning: root === '', dockerSocket: resolve('/', flags.dockerSocket) }),
    isRoot: thisMachine().uid === 0,
    policyFile: namedPolicy({ cwd }, flags) ?? join(root, defaultPaths.policy),
    stateDir: resolve('/', flags.stateDir),
    engine: flags.engine ?? null,
    agentWithinSeconds: 15,
  }
}

/** Where `fairlead agent install` puts everything; an empty root is this machine. */
export function installedPlace(root: string, cwd: string): DoorPlace {
  const { stateDir, dockerSocket } = defaultPaths
  return doorPlace({ stateDir, dockerSocket, ...(root !== '' && { root }) }, cwd)
}

/** Throws INSTALL_NOT_ROOT: only root changes what root's engines read. */
export function requireRoot({ machine, isRoot }: DoorPlace): void {
  if (!isRoot && machine.places.isRunning) throw problem('INSTALL_NOT_ROOT')
}

/** Null if there is no such file. Throws POLICY_UNSAFE or POLICY_INVALID. */
export function readOwnerText({ policyFile: path }: Pick<DoorPlace, 'policyFile'>): string | null {
  return readOwnerFile(path, {
    unsafe: () => problem('POLICY_UNSAFE', { path }),
    invalid: (reason) => problem('POLICY_INVALID', { path, reason }),
  })
}

export function ownersPolicy(place: Pick<DoorPlace, 'policyFile'>): NodePolicy {
  return parseNodePolicy(readOwnerText(place) ?? '', place.policyFile)
}

export const mirrorOf = ({ stateDir }: DoorPlace, { door_port: port }: NodePolicy) => ({ port, stateDir })

/** Those that were chosen, and that can use a door; and the problem of each that cannot. */
export async function enginesOf({ machine, engine }: DoorPlace, signal: AbortSignal) {
  const { found, unfit } = await machine.findEngines(signal)
  const isChosen = (one: { readonly engine: DoorEngine }) => engine === null || one.engine === engine
  return { found: found.filter(isChosen), unfit: unfit.filter(isChosen) }
}

/** The registry's identity: `docker.io` for each name of Docker Hub. */
export function registryOf(place: string): string {
  const host = place.split('/', 1)[0] ?? ''
  return parseRegistryHost(host)?.key ?? host
}
