/** Waits for an engine that went away in the middle: a restart takes seconds, and nothing that came is lost meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises'
import { isProblem } from '@fairlead/contract'
import type { Engine } from '../engine/engine.ts'
import { interruption } from '../until-aborted.ts'

const askEveryMs = 500

/** Whether it answers again within this time. */
export async function engineBack(engine: Engine, withinMs: number, signal: AbortSignal): Promise<boolean> {
  const late = AbortSignal.timeout(withinMs)
  for (;;) {
    try {
      await engine.version(AbortSignal.any([signal, late]))
      return true
    } catch (error) {
      if (signal.aborted) throw interruption(signal)
      if (!isProblem(error)) throw error
    }
    if (late.aborted) return false
    await sleep(Math.min(askEveryMs, withinMs), undefined, { signal }).catch(() => {
      throw interruption(signal)
    })
  }
}
