/**
 * Frees what a pull leaves behind. V8 does it by itself when its own memory is full, and a pull's buffers, up to 64 MiB, are not in it; an
 * agent that waits fills nothing, and would keep them.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const settleMs = 2000

/** To be called when a pull ends. Pulls often run together, so it waits until none has ended for a while. */
export function collectorOfPulls(): () => void {
  let timer: NodeJS.Timeout | undefined
  return () => {
    clearTimeout(timer)
    timer = setTimeout(collectGarbage, settleMs).unref()
  }
}

let collect: NodeJS.GCFunction | null = null

/** Takes some 20 ms. */
export function collectGarbage(): void {
  collect ??= openCollector()
  collect()
}

/** Node has no name for it without an option at the start, which the one file does not take (ADR 23). */
function openCollector(): NodeJS.GCFunction {
  setFlagsFromString('--expose-gc')
  const found = runInNewContext('gc') as NodeJS.GCFunction
  setFlagsFromString('--no-expose-gc')
  return found
}
