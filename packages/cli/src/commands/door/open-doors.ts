/** Opens doors on a machine: the owner's file first, then the files of engines, and then each engine must show that it asks the door. */
import { problem, type Problem } from '@fairlead/contract/problems'
import { loadedPolicy, notLoadedWarning, readLoadedPolicy } from '@fairlead/credential-path/policy/loaded-policy'
import { parseNodePolicy } from '@fairlead/credential-path/policy/read-node-policy'
import type { DoorFile, FoundEngine } from '@fairlead/doors/engines/engine-door'
import { engineDoors } from '@fairlead/doors/engines/engine-doors'
import { findDoorFiles, ownerOf, readDoorFile, type SeenFile } from '@fairlead/doors/upkeep/door-files'
import { openDoors, type DoorChange, type WantedDoor } from '@fairlead/doors/upkeep/edit-doors'
import { engineAdvice } from '@fairlead/doors/upkeep/engine-advice'
import { adviceFor, findKeptLogins } from '@fairlead/doors/upkeep/find-kept-logins'
import { isAtFault, problemOf, registriesOf, withAbsent } from '@fairlead/doors/upkeep/look-at-doors'
import { squatterAt } from '@fairlead/doors/upkeep/squatter'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { CliContext } from '../../context.ts'
import { carryOut, type CarryOutFlags } from '../../machine-steps/carry-out.ts'
import { sentenceOf, type MachineStep } from '../../machine-steps/machine-step.ts'
import { policyTemplate } from '../agent/install-unit.ts'
import { enginesOf, mirrorOf, readOwnerText, type DoorPlace } from './door-place.ts'
import { ownerFileSteps, removeSteps, writeSteps, type PlannedFile } from './door-steps.ts'
import { printOpen, printWords } from './door-words.ts'
import { warnWithFix, type FixableWarning } from '../../terminal/warn.ts'

export interface OpenOptions extends CarryOutFlags {
  readonly allow?: boolean
  /** What starts the agent, once the owner's file names the doors. */
  readonly starts?: readonly MachineStep[]
}

export interface OpenedDoors {
  readonly changes: readonly DoorChange[]
  /** What was added to `allowed_registries`. */
  readonly allowed: readonly string[]
  readonly steps: readonly string[]
  readonly registries: readonly string[]
  readonly engines: readonly FoundEngine[]
  readonly open: readonly { readonly registry: string; readonly engine: FoundEngine }[]
  /** Why a door is not open for an engine, although it is for another. */
  readonly shut: readonly Problem[]
  /** Whether the engines were asked. */
  readonly isProved: boolean
  readonly warnings: readonly FixableWarning[]
}

/** None wanted: applies what the owner's file says. Throws POLICY_*, DOOR_*, INSTALL_STEP_FAILED. */
export async function openDoorsAt(
  place: DoorPlace,
  wanted: readonly WantedDoor[],
  options: OpenOptions,
  context: CliContext,
): Promise<OpenedDoors> {
  const { machine, policyFile: path } = place
  const { root, isRunning } = machine.places
  const before = readOwnerText(place)
  const given = wanted.length === 0 ? before : (before ?? policyTemplate)
  const edited = openDoors({ path, text: given }, wanted, { allow: options.allow ?? false })
  const policy = parseNodePolicy(edited.text ?? before ?? '', path)
  const registries = registriesOf(policy)
  const found = await enginesOf(place, context.signal)
  requireUsable(policy.allowed_registries, registries, found)

  const mirror = mirrorOf(place, policy)
  const pairs = registries.flatMap((registry) =>
    found.found.map((engine) => ({ registry, engine, files: machine.filesFor(registry, mirror, engine) })),
  )
  const planned = await plan(
    place,
    pairs.flatMap(({ files }) => files),
  )
  const stale = await staleFiles(place, found.found, planned)
  const ownerSteps = [...ownerFileSteps({ path, before, after: edited.text }), ...(options.starts ?? [])]
  const fileSteps = [...removeSteps(root, stale), ...writeSteps(root, planned)]
  const warnings: FixableWarning[] = [
    ...found.unfit.map(({ engine, problem: why }) => ({
      code: why.code,
      ...(engineAdvice(why) ?? { what: `${engine}: ${why.what}`, fix: why.fix }),
    })),
    ...(isRunning ? [] : await doubtsOf(place, pairs)),
    ...(await findKeptLogins(root, registries)).map((login) => ({ code: 'DOOR_LOGIN_LEFT', ...adviceFor(login) })),
  ]
  const opened = { ...edited, registries, engines: found.found, open: pairs, shut: [], warnings }
  const steps = [...ownerSteps, ...fileSteps].map(sentenceOf)

  await carryOut(context, options, root, ownerSteps)
  const isTried = isRunning && !options.dryRun && pairs.length > 0
  // Before the files: without an agent, an engine could then pull nothing of that registry.
  if (isTried) {
    await agentServes(place, pairs, mirror, context.signal)
    const here = loadedPolicy({ file: path, policy, given: [] })
    const notLoaded = notLoadedWarning(here, await readLoadedPolicy(join(root, place.stateDir)))
    if (notLoaded !== null) warnings.push(notLoaded)
  }
  await carryOut(context, options, root, fileSteps)
  if (!isTried) return { ...opened, steps, isProved: false }

  const probed = await Promise.all(
    pairs.map(async (pair) => ({
      ...pair,
      ...(await machine.probe(pair.registry, mirror, pair.engine, context.signal)),
    })),
  )
  // Without an answer, the door is closed; and after its restart, an engine that has not read its files yet may ask the door.
  const kept = probed.filter(({ verdict, engine }) => verdict !== 'bypassed' || engine.readsAtStart)
  const needed = kept.flatMap(({ files }) => files)
  const gone = written(fileSteps, planned, needed, root)
  await takeBack(place, gone, options, context)
  const seen = withAbsent(
    probed.map(({ verdict, files, ...one }) => ({
      ...one,
      state: verdict === 'answered' ? 'open' : verdict,
      files: files.map(({ path: file }) => ({ path: file, state: gone.includes(file) ? 'missing' : 'in_place' })),
    })),
  )
  const failed = seen.filter(isAtFault)
  const first = failed.find(({ state }) => state === 'bypassed') ?? failed[0]
  const shut = seen.filter(({ state }) => state === 'absent').map(problemOf)
  warnings.push(...shut.map(({ code, what, fix }) => ({ code, what, fix })))
  if (!options.json) {
    for (const one of seen) if (one.state !== 'open' && one.past === undefined) printWords(context, one)
  }
  const open = seen.filter(({ state }) => state === 'open')
  if (first === undefined) return { ...opened, open, shut, steps, isProved: true }
  if (kept.length === 0 && edited.text !== null) {
    const undo = ownerFileSteps({ path, before: edited.text, after: before ?? policyTemplate })
    await carryOut(context, options, root, undo)
  }
  if (!options.json) {
    for (const one of open) printOpen(context, one)
    for (const warning of warnings) warnWithFix(context, warning)
  }
  throw problemOf(first)
}

/** Where no probe can decide. */
async function doubtsOf(
  { machine: { places } }: DoorPlace,
  pairs: readonly { readonly registry: string; readonly engine: FoundEngine }[],
): Promise<readonly FixableWarning[]> {
  const found = pairs.map(async ({ registry, engine: { engine, name, doubt } }) => {
    const past = await engineDoors[engine].past?.(registry, places)
    return [doubt, past && `for ${registry}, ${past}`].flatMap((reason) =>
      reason ? [`${name} may pull past the door: ${reason}`] : [],
    )
  })
  const fix =
    'Correct its configuration in the image, then run `fairlead door test` on a machine that was started from it.'
  return [...new Set((await Promise.all(found)).flat())].map((what) => ({ code: 'DOOR_DOUBTFUL', what, fix }))
}

/** Throws what speaks against these doors. */
function requireUsable(
  allowed: readonly string[] | null,
  registries: readonly string[],
  { found, unfit }: Awaited<ReturnType<typeof enginesOf>>,
): void {
  if (registries.length === 0) return
  if (allowed === null) throw problem('DOOR_NEEDS_ALLOWED_REGISTRIES')
  if (found.length === 0) throw unfit[0]?.problem ?? problem('DOOR_NO_ENGINE')
}

async function plan({ machine, stateDir }: DoorPlace, files: readonly DoorFile[]): Promise<readonly PlannedFile[]> {
  const once = [...new Map(files.map((file) => [file.path, file])).values()]
  return Promise.all(
    once.map(async (wanted) => {
      const seen = await readDoorFile(machine.places.root, wanted.path)
      return { wanted, seen, isOurs: ownerOf(seen.content, stateDir) !== null }
    }),
  )
}

/** What an earlier door left. */
async function staleFiles(
  { machine, stateDir }: DoorPlace,
  engines: readonly FoundEngine[],
  planned: readonly PlannedFile[],
): Promise<readonly SeenFile[]> {
  const folders = [...new Map(engines.map((engine) => [engine.folder, engine])).values()]
  const ours = await Promise.all(folders.map((engine) => findDoorFiles(machine.places.root, engine, stateDir)))
  const needed = new Set(planned.map(({ wanted }) => wanted.path))
  return ours.flat().filter(({ path }) => !needed.has(path))
}

/** Throws DOOR_NOT_ANSWERING or DOOR_PORT_TAKEN. */
async function agentServes(
  { machine, agentWithinSeconds }: DoorPlace,
  pairs: readonly { readonly registry: string; readonly engine: FoundEngine }[],
  mirror: ReturnType<typeof mirrorOf>,
  signal: AbortSignal,
): Promise<void> {
  const end = Date.now() + agentWithinSeconds * 1000
  for (const { registry, engine } of pairs) {
    while (!(await machine.askMirror({ registry, engine: engine.engine, mirror }, signal))) {
      if (Date.now() > end) {
        const squatter = await squatterAt(mirror)
        throw squatter === null
          ? problem('DOOR_NOT_ANSWERING', { seconds: agentWithinSeconds })
          : problem('DOOR_PORT_TAKEN', squatter)
      }
      await pause(200, undefined, { signal })
    }
  }
}

/**
 * The files that these steps wrote for the first time and that no door needs that stays. Where a door's file was before, the engine would ask
 * the registry without it, although the owner's file names a door.
 */
function written(
  steps: readonly MachineStep[],
  planned: readonly PlannedFile[],
  stay: readonly DoorFile[],
  root: string,
): readonly string[] {
  const paths = new Set(steps.flatMap((step) => (step.do === 'write' || step.do === 'link' ? [step.path] : [])))
  const needed = new Set(stay.map(({ path }) => path))
  const first = planned.filter(({ isOurs }) => !isOurs).map(({ wanted }) => wanted.path)
  return first.filter((path) => paths.has(join(root, path)) && !needed.has(path))
}

async function takeBack(
  { machine: { places } }: DoorPlace,
  paths: readonly string[],
  options: CarryOutFlags,
  context: CliContext,
): Promise<void> {
  const files = await Promise.all(paths.map((path) => readDoorFile(places.root, path)))
  await carryOut(context, options, places.root, removeSteps(places.root, files))
}
