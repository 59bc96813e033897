/** `fairlead door open`: lets the engines of this machine pull from a registry through the agent, and shows that they do. */
import { printable } from '@fairlead/contract/problems'
import type { DoorChange, WantedDoor } from '@fairlead/doors/upkeep/edit-doors'
import { parseRegistryPlace } from '@fairlead/doors/login-map'
import type { CliContext } from '../../context.ts'
import { printJson } from '../../print.ts'
import { paintFor } from '../../terminal/paint.ts'
import { UsageError } from '../../usage-error.ts'
import { doorPlace, requireRoot, type DoorFlags, type EngineFlag, type RootFlags } from './door-place.ts'
import { printOpen } from './door-words.ts'
import { warningJson, warnWithFix } from '../../terminal/warn.ts'
import { openDoorsAt, type OpenedDoors } from './open-doors.ts'

export interface OpenFlags extends DoorFlags, EngineFlag, RootFlags {
  readonly allow?: boolean
}

export default async function open(this: CliContext, flags: OpenFlags, ...doors: string[]): Promise<void> {
  const wanted = doors.map((door) => wantedDoor(door, 'fairlead door open'))
  const place = doorPlace(flags, this.cwd)
  if (!flags.dryRun) requireRoot(place)
  const opened = await openDoorsAt(place, wanted, flags, this)
  if (flags.json) return printJson(this, { policy: place.policyFile, ...openedJson(opened, flags) })
  printOpened(this, opened, flags)
}

/** HOST[/PREFIX][=SECRET], at the first `=`: a host contains none, and a reference may. */
export function wantedDoor(text: string, command: string): WantedDoor {
  const at = text.indexOf('=')
  const place = (at === -1 ? text : text.slice(0, at)).toLowerCase().replace(/\/$/, '')
  const secret = at === -1 ? undefined : text.slice(at + 1)
  if (parseRegistryPlace(place) === null || secret === '')
    throw new UsageError('expected HOST[/PREFIX]=SECRET, such as docker.io/team=hub-login', command)
  return { place, secret }
}

export function openedJson(opened: OpenedDoors, { dryRun }: { readonly dryRun?: boolean }): object {
  return {
    dry_run: dryRun ?? false,
    doors: opened.changes,
    allowed_registries_added: opened.allowed,
    steps: opened.steps,
    open: opened.open.map(({ registry, engine: { engine, name } }) => ({
      registry,
      engine,
      name,
      proved: opened.isProved,
    })),
    warnings: opened.warnings.map(warningJson),
  }
}

/** After the steps, which were printed as they were done. */
export function printOpened(context: CliContext, opened: OpenedDoors, { dryRun }: { readonly dryRun?: boolean }): void {
  const { stdout, env } = context
  const paint = paintFor(stdout, env)
  for (const change of opened.changes) stdout.write(`${changeText(change)}\n`)
  for (const place of opened.allowed)
    stdout.write(`${printable(place)}: images may come from there (allowed_registries)\n`)
  if (opened.registries.length === 0) stdout.write('There are no doors; open one: fairlead door open HOST=SECRET\n')
  for (const one of opened.isProved ? opened.open : []) printOpen(context, one)
  for (const warning of opened.warnings) warnWithFix(context, warning)
  const wanted = new Set(opened.changes.map(({ place }) => place.split('/', 1)[0]))
  const example = opened.open.find(({ registry }) => wanted.has(registry)) ?? opened.open[0]
  if (dryRun || example === undefined) return
  const next = opened.isProved ? pullOf(example) : 'the agent serves the doors when it starts; then fairlead door test'
  stdout.write(`${paint.dim('next:')}  ${next}\n`)
}

function changeText({ place, change, secret, before }: DoorChange): string {
  const login = secret === null ? 'without a login' : `with the login in ${printable(secret)}`
  const was = change === 'replaced' ? `, before ${before === null ? 'without one' : `in ${printable(before)}`}` : ''
  return `${printable(place)}: ${change === 'kept' ? 'unchanged, ' : ''}${login}${was}`
}

function pullOf({ registry, engine: { engine } }: OpenedDoors['open'][number]): string {
  const image = `${registry}/REPOSITORY:TAG`
  if (engine === 'docker') return `docker pull ${image}`
  return engine === 'podman' ? `podman pull ${image}` : `start a pod from ${image} without imagePullSecrets`
}
