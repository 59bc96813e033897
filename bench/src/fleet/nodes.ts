/** Thousands of played nodes in a process of their own: what they compute does not count as the control plane's, and does not delay the benchmark. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Call, FleetCalls, Returned } from './calls.ts'

export interface PlayedNodes extends FleetCalls, AsyncDisposable {
  readonly pid: number
}

/** Each node holds two or three files. */
const heapMib = 8192

export function startNodes(): PlayedNodes {
  const child = fork(new URL('nodes-process.ts', import.meta.url), [], {
    execArgv: [`--max-old-space-size=${heapMib}`],
    serialization: 'advanced',
  })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  child.on('message', (returned: Returned) => {
    const asked = waiting.get(returned.id)
    waiting.delete(returned.id)
    if ('error' in returned) asked?.reject(new Error(returned.error))
    else asked?.resolve(returned.result)
  })
  const exited = once(child, 'exit')
  child.once('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`the nodes ended: ${signal ?? code}`))
  })
  let made = 0
  const call = <Method extends keyof FleetCalls>(method: Method) =>
    ((...args: readonly unknown[]) => {
      const asked = Promise.withResolvers<unknown>()
      made += 1
      waiting.set(made, asked)
      const sent: Call = { id: made, method, args }
      child.send(sent)
      return asked.promise
    }) as FleetCalls[Method]
  return {
    get pid() {
      return child.pid ?? 0
    },
    join: call('join'),
    run: call('run'),
    answeredSince: call('answeredSince'),
    takeOrders: call('takeOrders'),
    takeReports: call('takeReports'),
    reportSteadily: call('reportSteadily'),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
