/** Warns the node's owner as soon as the engine cannot reach this agent: at start, and whenever the engine may have been replaced. */
import { setTimeout as sleep } from 'node:timers/promises'
import { isProblem, problem } from '@fairlead/contract/problems'
import type { Engine } from '../engine/engine.ts'
import type { GatewayProblem } from './gateway-reach.ts'
import { probeGateway } from './probe-gateway.ts'

export interface GatewayWatch {
  readonly engine: Engine
  readonly log: { info(fields: object, text: string): void; error(fields: object, text: string): void }
  /** Called on each change. */
  readonly onReach: (reach: GatewayProblem) => Promise<void>
  readonly everyMs?: number
}

const lookEveryMs = 30_000
const answersWithinMs = 5_000
const probeWithinMs = 20_000

/** Runs in the background until the signal aborts, and never throws: a pull that fails for this reason reports it. */
export async function watchGateway(watch: GatewayWatch, signal: AbortSignal): Promise<void> {
  const { engine, log, everyMs = lookEveryMs } = watch
  let probed: string | null = null
  let told: GatewayProblem | undefined
  while (!signal.aborted) {
    const present = await whichEngine(engine, signal)
    if (present !== null && present !== probed) {
      const reach = await reachOf(engine, signal)
      // A check that could not be made is repeated.
      probed = reach === undefined ? null : present
      if (reach !== undefined && reach !== told) {
        if (reach !== null) log.error({ code: reach }, problem('ENGINE_CANNOT_REACH_GATEWAY').what)
        else if (told !== undefined) log.info({}, 'the engine reaches the agent now')
        told = reach
        await watch.onReach(reach).catch(() => log.error({ code: 'INTERNAL' }, 'this could not be written down'))
      }
    }
    await sleep(everyMs, undefined, { signal }).catch(() => 'aborted')
  }
}

/** Changes with each restart, as far as its processes are visible; null while it does not answer. */
async function whichEngine(engine: Engine, signal: AbortSignal): Promise<string | null> {
  try {
    const { version } = await engine.version(AbortSignal.any([signal, AbortSignal.timeout(answersWithinMs)]))
    return JSON.stringify([version, await engine.processes()])
  } catch {
    return null
  }
}

/** Null: it reaches the gateway; undefined: it could not be asked. */
async function reachOf(engine: Engine, signal: AbortSignal): Promise<GatewayProblem | undefined> {
  const late = AbortSignal.timeout(probeWithinMs)
  try {
    await probeGateway(engine, AbortSignal.any([signal, late]))
    return null
  } catch (error) {
    if (signal.aborted) return undefined
    // An engine stuck on an address that drops its packets does not reach us either.
    if (late.aborted || isProblem(error, 'ENGINE_CANNOT_REACH_GATEWAY')) return 'ENGINE_CANNOT_REACH_GATEWAY'
    return undefined
  }
}
