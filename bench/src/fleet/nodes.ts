/**
 * Thousands of played nodes in processes of their own: what they compute does not count as the control plane's, and does not delay the benchmark.
 * Several, since one with ten thousand nodes stops for a second to collect its garbage, and then sends what a thousand of them had to say at once.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Call, FleetCalls, MemberRuns, Returned, Ticket } from './calls.ts'

export interface PlayedNodes extends FleetCalls, AsyncDisposable {}

const processes = 4
/** Each node holds two or three files. */
const heapMib = 4096

export function startNodes(): PlayedNodes {
  const all: NodesProcess[] = Array.from({ length: processes }, (_, own) =>
    startProcess((member) => {
      for (const [index, other] of all.entries()) if (index !== own) other.tell(member)
    }),
  )
  const each = <Result>(ask: (calls: FleetCalls, index: number) => Promise<Result>) =>
    Promise.all(all.map(({ calls }, index) => ask(calls, index)))
  const reportsOf = (sent: Awaited<ReturnType<FleetCalls['takeReports']>>[]) => ({
    durationsMs: sent.flatMap(({ durationsMs }) => durationsMs),
    failed: sent.reduce((sum, { failed }) => sum + failed, 0),
  })
  return {
    async join(settings, tickets) {
      const part = (index: number): Ticket[] => tickets.filter((_, number) => number % processes === index)
      await each((calls, index) => calls.join(settings, part(index)))
    },
    async run() {
      await each((calls) => calls.run())
    },
    async answeredSince(since) {
      const found = await each((calls) => calls.answeredSince(since))
      const sum = (field: 'nodes' | 'answered') => found.reduce((total, one) => total + one[field], 0)
      return { nodes: sum('nodes'), answered: sum('answered') }
    },
    takeOrders: async () => (await each((calls) => calls.takeOrders())).flat(),
    takeReports: async () => reportsOf(await each((calls) => calls.takeReports())),
    reportSteadily: async (nodes, seconds) =>
      reportsOf(await each((calls, index) => calls.reportSteadily(Math.floor((nodes + index) / processes), seconds))),
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map(({ stop }) => stop()))
    },
  }
}

interface NodesProcess {
  readonly calls: FleetCalls
  readonly tell: (member: MemberRuns) => void
  readonly stop: () => Promise<void>
}

function startProcess(onMember: (member: MemberRuns) => void): NodesProcess {
  const child = fork(new URL('nodes-process.ts', import.meta.url), [], {
    execArgv: [`--max-old-space-size=${heapMib}`],
    serialization: 'advanced',
  })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  child.on('message', (message: Returned | MemberRuns) => {
    if ('memberOf' in message) {
      onMember(message)
      return
    }
    const asked = waiting.get(message.id)
    waiting.delete(message.id)
    if ('error' in message) asked?.reject(new Error(message.error))
    else asked?.resolve(message.result)
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
    calls: {
      join: call('join'),
      run: call('run'),
      answeredSince: call('answeredSince'),
      takeOrders: call('takeOrders'),
      takeReports: call('takeReports'),
      reportSteadily: call('reportSteadily'),
    },
    tell: (member) => child.send(member),
    async stop() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
