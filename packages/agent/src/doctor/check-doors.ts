/** Examines the doors of this node: the files of engines, what each engine does, and logins that other tools still keep for their registries. */
import { problem, type Problem } from '@fairlead/contract/problems'
import type { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import { engineWarnings } from '@fairlead/doors/upkeep/engine-advice'
import { adviceFor, type KeptLogin } from '@fairlead/doors/upkeep/find-kept-logins'
import { isAtFault, problemOf, registriesOf, type SeenDoor } from '@fairlead/doors/upkeep/look-at-doors'
import type { DoctorWarning } from './doctor-report.ts'
import type { StepList } from './step-list.ts'

export interface DoorsOfNode {
  /** Each registry with each engine that can use a door. */
  readonly seen: readonly SeenDoor[]
  /** Why the other engines cannot. */
  readonly unfit: readonly Problem[]
  /** What would make pulls faster. */
  readonly advice: readonly DoctorWarning[]
}

export interface DoorParts {
  readonly lookAtDoors: (policy: NodePolicy, signal: AbortSignal) => Promise<DoorsOfNode>
  readonly keptLogins: (registries: readonly string[]) => Promise<readonly KeptLogin[]>
}

/** Without doors, the engines are asked only what they are. */
export async function checkDoors(
  policy: NodePolicy,
  parts: DoorParts,
  steps: StepList,
  signal: AbortSignal,
): Promise<readonly DoctorWarning[]> {
  const registries = registriesOf(policy)
  let unfit: readonly Problem[] = []
  let advice: readonly DoctorWarning[] = []
  let absent: readonly Problem[] = []
  const failures: Problem[] = []
  await steps.take(
    'doors',
    async () => {
      const doors = await parts.lookAtDoors(policy, signal)
      unfit = doors.unfit
      advice = doors.advice
      if (registries.length === 0) return null
      if (policy.allowed_registries === null) throw problem('DOOR_NEEDS_ALLOWED_REGISTRIES')
      if (doors.seen.length === 0) throw unfit[0] ?? problem('DOOR_NO_ENGINE')
      failures.push(...doors.seen.filter(isAtFault).map(problemOf))
      absent = doors.seen.filter(({ state }) => state === 'absent').map(problemOf)
      if (failures[0] !== undefined) throw failures[0]
      return doors.seen
    },
    (seen) =>
      seen && {
        doors: seen.filter(({ state }) => state !== 'absent').length,
        tried: seen.filter(({ state }) => state === 'open').length,
      },
  )
  const left = await parts.keptLogins(registries)
  return [
    ...others(failures, absent).map(({ code, what, fix }) => ({ code, what, fix })),
    ...left.map((login) => ({ code: 'DOOR_LOGIN_LEFT', ...adviceFor(login) }) as const),
    ...engineWarnings(unfit),
    ...advice,
  ]
}

/** What the first failure does not say: two engines may have the same one. */
function others([first, ...failures]: readonly Problem[], absent: readonly Problem[]): readonly Problem[] {
  const each = new Map([...failures, ...absent].map((one) => [one.what, one]))
  return [...each.values()].filter(({ what }) => what !== first?.what)
}
