/** Keeps the files of engines as the owner's file says, for an agent in Kubernetes. */
import type { CliContext } from '../../context.ts'
import type { DoorPlace } from './door-place.ts'
import { openDoorsAt } from './open-doors.ts'

/** Throws what `openDoorsAt` throws, and the problem of a door that any engine bypasses: a kubelet has one engine, and no other stands in for it. */
export async function keepDoorsAt(place: DoorPlace, context: CliContext): Promise<void> {
  // Without words: the agent logs what came of it.
  const { shut } = await openDoorsAt(place, [], { json: true }, context)
  if (shut[0] !== undefined) throw shut[0]
}
