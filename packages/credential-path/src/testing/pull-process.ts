/** The pull path in one process of a test machine, asked over a socket, so that what one registry does to it the next pull would feel. */
import { request } from 'node:http'
import { join } from 'node:path'
import type { PullRecord, StepReport } from '@fairlead/contract'
import { inLog, untilReady, type Machine } from '@fairlead/testkit'
import type { PullPathOptions, Waits } from '../open-pull-path.ts'

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

export interface PullProcessOptions {
  readonly policyFile?: string
  readonly ledgerDir?: string
  /** Null on a checker. */
  readonly dockerSocket?: string | null
  readonly waits?: Waits
}

export interface PullProcess {
  readonly pull: (image: string, secret: string | null) => Promise<Outcome>
  readonly check: (image: string, secret: string | null) => Promise<Outcome>
}

const program = `
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

export async function startPullProcess(
  machine: Machine,
  {
    policyFile = '/etc/fairlead/policy.yaml',
    ledgerDir,
    dockerSocket = '/var/run/docker.sock',
    waits,
  }: PullProcessOptions = {},
): Promise<PullProcess> {
  const socket = join(machine.dir, `pulls-${++started}.sock`)
  const options: PullPathOptions = {
    nodeId: null,
    provider: 'local',
    policyFile,
    secretsDir: '/etc/fairlead/secrets',
    dockerSocket,
    ledgerDir: ledgerDir ?? null,
    learnPlace: true,
    ...(waits && { waits }),
  }
  const env = {
    OPTIONS: JSON.stringify(options),
    PULL_PATH: new URL('../open-pull-path.ts', import.meta.url).href,
    SOCKET: socket,
  }
  const puller = machine.spawn(process.execPath, ['--input-type=module', '--eval', program], { env })
  await untilReady(puller, 'the process listens', inLog(puller, /listening/), 60_000)
  const ask =
    (verb: Verb): PullProcess['pull'] =>
    (image, secret) =>
      askProcess(socket, verb, image, secret)
  return { pull: ask('pull'), check: ask('check') }
}

type Verb = keyof PullProcess

/** Several on one machine have sockets of their own. */
let started = 0

async function askProcess(socketPath: string, verb: Verb, image: string, secret: string | null): Promise<Outcome> {
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
