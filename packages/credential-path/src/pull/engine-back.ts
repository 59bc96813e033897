/** Handles an engine that restarts in the middle of a pull: a restart takes seconds, and nothing received so far is lost. */
import { isProblem } from '@fairlead/contract/problems'
import type { Engine } from '../engine/engine.ts'
import { interruption, pause } from '../process/until-aborted.ts'

const askEveryMs = 250
/** A stopping engine first fails its pulls, with messages that differ between versions, and still answers for a moment. */
const goesWithinMs = 3000

/** Whether the engine's error was its end: it went away, or does so a moment later. */
export async function isEngineLost(
  engine: Engine,
  error: unknown,
  patienceMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  if (isProblem(error, 'ENGINE_UNREACHABLE')) return true
  if (!isProblem(error, 'ENGINE_FAILED')) return false
  return until('gone', engine, Math.min(goesWithinMs, patienceMs), signal)
}

/** Whether it answers again within this time. */
export const isEngineBack = (engine: Engine, withinMs: number, signal: AbortSignal): Promise<boolean> =>
  until('there', engine, withinMs, signal)

async function until(state: 'there' | 'gone', engine: Engine, withinMs: number, signal: AbortSignal): Promise<boolean> {
  const end = performance.now() + withinMs
  for (;;) {
    if ((await stateOf(engine, signal)) === state) return true
    if (performance.now() >= end) return false
    await pause(Math.min(askEveryMs, withinMs), signal)
  }
}

async function stateOf(engine: Engine, signal: AbortSignal): Promise<'there' | 'gone'> {
  try {
    await engine.version(AbortSignal.any([signal, AbortSignal.timeout(goesWithinMs)]))
    return 'there'
  } catch (error) {
    if (signal.aborted) throw interruption(signal)
    if (!isProblem(error)) throw error
    return 'gone'
  }
}
