/** `fairlead door list`: the doors of this machine, and whether each engine uses them. */
import { lookAtDoors, registriesOf, type DoorState, type SeenDoor } from '@fairlead/doors/upkeep/look-at-doors'
import type { ProblemCode } from '@fairlead/contract/problems'
import type { EnginesOfMachine } from '@fairlead/doors/engines/engine-doors'
import type { CliContext } from '../../context.ts'
import { printList } from '../../print.ts'
import {
  doorPlace,
  enginesOf,
  mirrorOf,
  ownersPolicy,
  registryOf,
  type DoorFlags,
  type EngineFlag,
} from './door-place.ts'

interface Listed {
  readonly door: string
  readonly secret: string | null
  readonly engine: string | null
  readonly name: string | null
  readonly state: DoorState | 'no_engine' | 'unfit'
  /** Why an engine that is here cannot use a door. */
  readonly code: ProblemCode | null
  readonly files: SeenDoor['files']
  /** The user whose program listens in the agent's place. */
  readonly uid: number | null
}

export const stateWords: Record<Listed['state'], string> = {
  open: 'open',
  absent: 'not open for it',
  missing: 'file missing',
  changed: 'file changed',
  bypassed: 'bypassed',
  agent_down: 'agent down',
  port_taken: 'port taken',
  unanswered: 'no answer',
  failed: 'engine fails',
  unchecked: 'in place, not tried (needs root)',
  no_engine: 'no engine',
  unfit: 'cannot use a door',
}

export default async function list(this: CliContext, flags: DoorFlags & EngineFlag): Promise<void> {
  const place = doorPlace(flags, this.cwd)
  const policy = ownersPolicy(place)
  const { found, unfit } = await enginesOf(place, this.signal)
  const look = { machine: place.machine, mirror: mirrorOf(place, policy), canProbe: () => place.isRoot }
  const seen = await lookAtDoors(registriesOf(policy), found, look, this.signal)
  const results = Object.entries(policy.doors).flatMap(([door, secret]) => rowsOf({ door, secret }, seen, unfit))
  printList(
    this,
    flags,
    { results, metadata: { next_paging_token: null } },
    {
      headers: ['DOOR', 'SECRET', 'ENGINE', 'STATE'],
      row: ({ door, secret, name, state, code, uid }) => [
        door,
        secret ?? 'none',
        name ?? '',
        [stateWords[state], code && `(${code})`, uid !== null && `by the user with the id ${uid}`]
          .filter(Boolean)
          .join(' '),
      ],
      empty: 'No doors; open one: sudo fairlead door open HOST=SECRET',
    },
  )
}

type Door = Pick<Listed, 'door' | 'secret'>

function rowsOf(door: Door, seen: readonly SeenDoor[], unfit: EnginesOfMachine['unfit']): readonly Listed[] {
  const ofDoor = seen.filter(({ registry }) => registry === registryOf(door.door))
  const rows = [
    ...ofDoor.map(({ engine: { engine, name }, state, files, squatter }) => ({
      ...door,
      engine,
      name,
      state,
      code: null,
      files,
      uid: squatter?.uid ?? null,
    })),
    ...unfit.map(({ engine, problem: { code } }) => {
      return { ...door, engine, name: engine, state: 'unfit', code, files: [], uid: null } as const
    }),
  ]
  if (rows.length > 0) return rows
  return [{ ...door, engine: null, name: null, state: 'no_engine', code: null, files: [], uid: null }]
}
