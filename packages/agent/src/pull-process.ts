/** For tests: the pull path in one process of its own, asked over a socket, so that what one registry does to it the next pull would feel. */
import { request } from 'node:http'
import type { PullRecord, StepReport } from '@fairlead/contract'
import type { PullPathOptions } from './open-pull-path.ts'

export interface Outcome {
  /** Null where it went well. */
  readonly code: string | null
  readonly record: PullRecord | null
  readonly steps: readonly StepReport[]
  /** What the user is told to do. */
  readonly fix: string | null
  /** The whole error, as inspected and as JSON: all that may ever be shown of it. */
  readonly shown: string
  readonly durationMs: number
  /** The most memory that the process has had so far. */
  readonly peakBytes: number
}

/** To be run by `node --input-type=module --eval`. */
export const pullProgram = `
import { createServer } from 'node:http'
import { inspect } from 'node:util'
const { openPullPath } = await import(process.env.PULL_PATH)
const path = await openPullPath(JSON.parse(process.env.OPTIONS), new AbortController().signal)
createServer(async (request, response) => {
  let text = ''
  for await (const piece of request) text += piece
  const { verb, ...order } = JSON.parse(text)
  let steps = []
  const startedAt = performance.now()
  const watch = { signal: new AbortController().signal, onSteps: (told) => (steps = told) }
  const outcome = await path.puller[verb](order, watch).then(
    ({ record }) => ({ code: null, record, fix: null, shown: '' }),
    (error) => ({
      code: error.code ?? 'no problem',
      record: path.ledger.records?.at(-1) ?? null,
      fix: error.fix ?? null,
      shown: inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error),
    }),
  )
  const durationMs = performance.now() - startedAt
  response.end(JSON.stringify({ ...outcome, steps, durationMs, peakBytes: process.resourceUsage().maxRSS * 1024 }))
}).listen(process.env.SOCKET, () => console.log('listening'))
`

export const pullProgramEnv = (options: PullPathOptions, socket: string): Record<string, string> => ({
  OPTIONS: JSON.stringify(options),
  PULL_PATH: new URL('./open-pull-path.ts', import.meta.url).href,
  SOCKET: socket,
})

export interface AskedPull {
  readonly verb: 'pull' | 'check'
  readonly image: string
  readonly secret: string | null
}

export async function askPull(socketPath: string, { verb, image, secret }: AskedPull): Promise<Outcome> {
  const purpose = verb === 'pull' ? 'once' : 'check'
  const order = { verb, purpose, image, digest: null, secret, clusterId: null, buildId: null }
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const asked = request({ socketPath, method: 'POST' }, (answer) => {
    let text = ''
    answer.setEncoding('utf8').on('data', (piece: string) => (text += piece))
    answer.on('end', () => resolve(text))
    answer.on('error', reject)
  })
  asked.on('error', reject)
  asked.end(JSON.stringify(order))
  return JSON.parse(await promise) as Outcome
}
