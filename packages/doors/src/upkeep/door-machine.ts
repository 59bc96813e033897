/** A machine whose doors are opened, closed and looked at: its engines and its mirror. Tests bring another one. */
import { readFile } from 'node:fs/promises'
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import { engineDoors, findEngines, type EnginesOfMachine } from '../engines/engine-doors.ts'
import type { DoorFile, EnginePlaces, FoundEngine } from '../engines/engine-door.ts'
import { keyFolder, keysOf, type MirrorPlace } from '../engines/mirror-place.ts'
import { askMirror, type MirrorQuestion } from './ask-mirror.ts'
import { failureWords, judgeProbe, newNonce, probeImage, proofOf, type EngineFailure } from './probe.ts'

export interface DoorMachine {
  readonly places: EnginePlaces
  /** Those that answer, on a machine that runs. */
  readonly findEngines: (signal: AbortSignal) => Promise<EnginesOfMachine>
  /** Those whose files say that they are there, whether or not they run. */
  readonly findInstalled: (signal: AbortSignal) => Promise<EnginesOfMachine>
  readonly filesFor: (registry: string, mirror: MirrorPlace, engine: FoundEngine) => readonly DoorFile[]
  readonly probe: (registry: string, mirror: MirrorPlace, engine: FoundEngine, signal: AbortSignal) => Promise<Probed>
  readonly askMirror: (question: MirrorQuestion, signal: AbortSignal) => Promise<boolean>
}

/** `words`: what the engine said, for the terminal of this machine only. */
export type Probed = { readonly words: string } & (
  | { readonly verdict: 'answered' | 'unanswered' }
  /** `past`: what leads the engine past the door, if it was not even asked. */
  | { readonly verdict: 'bypassed'; readonly past?: string }
  | { readonly verdict: 'failed'; readonly failure: Problem }
)

const probeWithinMs = 30_000

export function doorMachineAt(places: EnginePlaces): DoorMachine {
  return {
    places,
    findEngines: (signal) => findEngines(places, signal),
    findInstalled: (signal) => findEngines({ ...places, isRunning: false }, signal),
    filesFor: (registry, mirror, found) => engineDoors[found.engine].files(registry, mirror, found),
    probe: (registry, mirror, found, signal) => probe(registry, mirror, found, places, signal),
    askMirror,
  }
}

async function probe(
  registry: string,
  mirror: MirrorPlace,
  found: FoundEngine,
  places: EnginePlaces,
  signal: AbortSignal,
): Promise<Probed> {
  const past = await engineDoors[found.engine].past?.(registry, places)
  if (past) return { verdict: 'bypassed', words: '', past }
  const nonce = newNonce()
  const clock = AbortSignal.timeout(probeWithinMs)
  /** An engine whose configuration leads past the door needs no other reason to end without a clear word. */
  const failed = (cause: EngineFailure, words: string): Probed => {
    if (found.doubt !== null && (cause === 'unknown' || cause === 'timeout')) return { verdict: 'bypassed', words }
    const facts = { name: found.name, registry, reason: failureWords[cause] }
    return { verdict: 'failed', words, failure: problem('DOOR_ENGINE_FAILED', facts) }
  }
  try {
    const key = await readFile(keysOf(found.engine, mirror.stateDir).key)
    const image = probeImage(registry, nonce)
    const words = await engineDoors[found.engine].probe(image, found, places, AbortSignal.any([signal, clock]))
    const at = { proof: proofOf(key, nonce), port: mirror.port, keyFolder: keyFolder(mirror.stateDir) }
    const judged = judgeProbe(words, at)
    return judged.verdict === 'failed' ? failed(judged.cause, words) : { ...judged, words }
  } catch (error) {
    signal.throwIfAborted()
    if (clock.aborted) return failed('timeout', `no answer within ${probeWithinMs / 1000} seconds`)
    if (isProblem(error)) return { verdict: 'failed', words: error.what, failure: error }
    // The agent has not made its keys.
    if (error instanceof Error && 'code' in error) return { verdict: 'unanswered', words: '' }
    throw error
  }
}
