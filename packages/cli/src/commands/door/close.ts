/** `fairlead door close`: the engines of this machine contact a registry directly again. */
import { printable } from '@fairlead/contract/problems'
import type { CliContext } from '../../context.ts'
import { printJson } from '../../print.ts'
import { UsageError } from '../../usage-error.ts'
import { closeDoorsAt, type ClosedDoors } from './close-doors.ts'
import { doorPlace, requireRoot, type DoorFlags, type RootFlags } from './door-place.ts'
import { wantedDoor } from './open.ts'

export interface CloseFlags extends DoorFlags, RootFlags {
  readonly all?: boolean
}

const command = 'fairlead door close'

export default async function close(this: CliContext, flags: CloseFlags, ...doors: string[]): Promise<void> {
  if (doors.length > 0 === (flags.all ?? false)) throw new UsageError('name the doors to close, or give --all', command)
  const place = doorPlace(flags, this.cwd)
  if (!flags.dryRun) requireRoot(place)
  const places = flags.all ? null : doors.map((door) => wantedDoor(door, command).place)
  const closed = await closeDoorsAt(place, places, flags, this)
  if (closed.unedited !== null) throw closed.unedited
  if (flags.json) {
    return printJson(this, { dry_run: flags.dryRun ?? false, doors: closed.changes, steps: closed.steps })
  }
  printClosed(this, closed)
}

function printClosed({ stdout }: CliContext, { changes, steps, stillOpen }: ClosedDoors): void {
  for (const { place, change } of changes)
    stdout.write(`${printable(place)}: ${change === 'removed' ? 'closed' : 'there is no such door'}\n`)
  for (const registry of stillOpen) stdout.write(`${printable(registry)} still has another door: fairlead door list\n`)
  if (changes.length === 0 && steps.length === 0) stdout.write('There are no doors\n')
}
