/** `fairlead door test`: each engine pulls a name that only the agent can answer; what it says otherwise is printed. */
import { printable, problem } from '@fairlead/contract/problems'
import { isAtFault, lookAtDoors, problemOf, registriesOf, type SeenDoor } from '@fairlead/doors/upkeep/look-at-doors'
import type { CliContext } from '../../context.ts'
import { printJson } from '../../print.ts'
import { paintFor } from '../../terminal/paint.ts'
import {
  doorPlace,
  enginesOf,
  mirrorOf,
  ownersPolicy,
  registryOf,
  requireRoot,
  type DoorFlags,
  type EngineFlag,
} from './door-place.ts'
import { printWords } from './door-words.ts'
import { stateWords } from './list.ts'

export default async function test(this: CliContext, flags: DoorFlags & EngineFlag, ...hosts: string[]): Promise<void> {
  const place = doorPlace(flags, this.cwd)
  requireRoot(place)
  const policy = ownersPolicy(place)
  const all = registriesOf(policy)
  const asked = hosts.map((host) => registryOf(host.toLowerCase()))
  const unknown = asked.find((registry) => !all.includes(registry))
  if (unknown !== undefined) throw problem('DOOR_NOT_FOUND', { name: unknown })
  const { found, unfit } = await enginesOf(place, this.signal)
  if (all.length > 0 && found.length === 0) throw unfit[0]?.problem ?? problem('DOOR_NO_ENGINE')
  const look = { machine: place.machine, mirror: mirrorOf(place, policy), canProbe: () => true }
  const seen = await lookAtDoors(asked.length === 0 ? all : asked, found, look, this.signal)
  const failed = seen.filter(isAtFault)
  const [first] = failed
  // It may have a door, which nobody has tried.
  const silent = unfit.find((one) => one.problem.code === 'DOOR_ENGINE_SILENT')?.problem ?? null
  const failure = first === undefined ? silent : problemOf(first)
  if (flags.json) {
    this.process.exitCode = failure?.row.exit ?? 0
    return printJson(this, { ok: failure === null, results: seen.map(resultJson) })
  }
  const paint = paintFor(this.stdout, this.env)
  if (all.length === 0) this.stdout.write('No doors; open one: sudo fairlead door open HOST=SECRET\n')
  for (const { registry, engine, state } of seen) {
    const words = isAtFault({ state }) ? paint.red(stateWords[state]) : paint.green(stateWords[state])
    const why = state === 'absent' && engine.doubt !== null ? `: ${engine.doubt}` : ''
    this.stdout.write(`${printable(registry)}, ${printable(engine.name)}: ${words}${why}\n`)
  }
  for (const one of failed) if (one.words !== '') printWords(this, one)
  if (failure !== null) throw failure
}

const resultJson = (seen: SeenDoor) => ({
  registry: seen.registry,
  engine: seen.engine.engine,
  name: seen.engine.name,
  state: seen.state,
  files: seen.files,
  words: seen.words,
  problem: isAtFault(seen) ? problemOf(seen).toDocument() : null,
})
