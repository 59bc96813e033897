/**
 * Prepares a bare clone for the demo and the tests: npm packages, system packages, moto, the Ray image.
 * Plain JavaScript for Node >= 20 without node_modules. What already exists is left untouched.
 */
import { pathToFileURL } from 'node:url'
import { agreed } from './setup/consent.mjs'
import { CannotSetUp, hasCommand, isRoot, refuseOtherSystems } from './setup/machine.mjs'
import { partNames, parts } from './setup/parts.mjs'
import { hasApt, installCommand, installSystemPackages, missingPackages } from './setup/system-packages.mjs'
import { TaskBoard } from './setup/task-board.mjs'

/** @typedef {import('./setup/parts.mjs').PartName} PartName */

/**
 * @typedef {object} Asked
 * @property {boolean} [yes] never ask
 * @property {boolean} [services] false: npm packages are enough (unit tests)
 * @property {boolean} [forTests] false: what the demo needs is enough
 */

/**
 * @param {Asked & { [Name in PartName]?: boolean }} asked the parts to make as well, or not
 * @returns {Promise<Record<string, string>>} what to add to the environment of the programs that need it
 */
export async function setUp({ yes = false, services = true, forTests = true, ...asked }) {
  refuseOtherSystems()
  const engines = asked.kubernetes ?? false
  const isChosen = { npm: true, moto: services, rayImage: services, webConsole: services, engines, ...asked }
  const chosen = partNames.filter((name) => isChosen[name])
  if (chosen.some((name) => parts[name].byGo) && !hasCommand('go')) {
    throw new CannotSetUp(
      'Go is needed to build the newest engines, Kubernetes and actionlint, and is not on PATH; go.dev/doc/install says how to get it.',
    )
  }
  const needed = new Set(chosen.filter((name) => parts[name].isNeeded()))
  const toBuild = needed.has('engines') || needed.has('kubernetes')
  const missing = services ? missingPackages({ forTests, toBuild }) : []
  tellPlan(missing, needed)
  if (services) refuseWithoutPower(missing)
  if ((missing.length > 0 || needed.size > 0) && !(await agreed({ yes }))) {
    throw new CannotSetUp('Nothing was installed.')
  }
  const board = new TaskBoard()
  const first = chosen.filter((name) => parts[name].first && needed.has(name))
  const packages = missing.length > 0 ? [board.run('system packages', () => installSystemPackages(missing))] : []
  await settled([...first.map((name) => board.run(parts[name].name, parts[name].make)), ...packages])
  return makeOthers(chosen, needed, board)
}

/**
 * @param {PartName[]} chosen
 * @param {ReadonlySet<PartName>} needed
 * @param {TaskBoard} board
 */
async function makeOthers(chosen, needed, board) {
  /** @type {Record<string, string>} */
  const places = {}
  /** @type {Map<PartName, Promise<void>>} */
  const made = new Map()
  for (const name of chosen) {
    const part = parts[name]
    if (part.first) continue
    const earlier = part.after && made.get(part.after)
    /** @param {(fraction: number) => void} tell */
    const work = async (tell) => {
      await earlier
      const place = await part.make(tell)
      if (part.place && place) places[part.place] = place
    }
    // A part that exists only gets a check, which is not worth a line.
    made.set(name, needed.has(name) ? board.run(part.name, work) : work(() => undefined))
  }
  await settled([...made.values()])
  return places
}

/**
 * @param {string[]} missing
 * @param {ReadonlySet<PartName>} needed
 */
function tellPlan(missing, needed) {
  const plan = missing.length > 0 ? [`system packages with apt: ${missing.join(', ')}`] : []
  plan.push(...[...needed].flatMap((name) => parts[name].plan ?? []))
  if (plan.length === 0) return
  console.log('To be installed and made first:')
  for (const line of plan) console.log(`  - ${line}`)
}

/** @param {string[]} missing */
function refuseWithoutPower(missing) {
  if (missing.length > 0 && !(isRoot() && hasApt())) {
    const hint = hasApt()
      ? `sudo ${installCommand(missing)}`
      : "your distribution's equivalents of these Debian packages"
    throw new CannotSetUp(`Missing on this machine: ${missing.join(', ')}.\nInstall them with: ${hint}`)
  }
  if (!isRoot()) {
    throw new CannotSetUp(
      'Root is needed: each node is a Docker Engine in its own network namespace. Run it again with sudo.',
    )
  }
}

/**
 * Waits for all to end before reporting the first failure, so that nothing is left half done.
 * @param {Promise<unknown>[]} works
 */
async function settled(works) {
  const failure = (await Promise.allSettled(works)).find((result) => result.status === 'rejected')
  if (failure !== undefined) throw failure.reason
}

/**
 * The exit status for an error from `setUp`, after it was reported: 2 for what the user must change, 1 for what broke.
 * @param {unknown} error
 */
export function tellFailure(error) {
  console.error(
    error instanceof CannotSetUp ? error.message : `setup: ${error instanceof Error ? error.message : String(error)}`,
  )
  return error instanceof CannotSetUp ? 2 : 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    await setUp({ yes: process.argv.includes('--yes') })
    console.log('Ready.')
  } catch (error) {
    process.exitCode = tellFailure(error)
  }
}
