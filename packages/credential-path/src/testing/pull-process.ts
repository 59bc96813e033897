/** The pull path in one process of a test machine, asked over a socket, so that what one registry does to it would affect the next pull. */
import type { PullRecord, StepReport } from '@fairlead/contract/wire'
import type { Machine } from '@fairlead/testkit'
import type { PullPathOptions, Waits } from '../open-pull-path.ts'
import { startAnsweringProcess } from './answering-process.ts'

export interface Outcome {
  /** Null on success. */
  readonly code: string | null
  readonly record: PullRecord | null
  readonly steps: readonly StepReport[]
  /** The fix shown to the user. */
  readonly fix: string | null
  /** The whole error, as inspected and as JSON: everything that may ever be shown of it. */
  readonly shown: string
  readonly durationMs: number
  /** The process's peak memory so far. */
  readonly peakBytes: number
}

export interface PullProcessOptions {
  readonly policyFile?: string
  readonly ledgerDir?: string
  /** Null on a checker. */
  readonly dockerSocket?: string | null
  readonly waits?: Waits
  /** `local` when absent. */
  readonly provider?: PullPathOptions['provider']
  readonly env?: Record<string, string>
}

export interface PullProcess {
  readonly pull: (image: string, secret: string | null) => Promise<Outcome>
  readonly check: (image: string, secret: string | null) => Promise<Outcome>
}

const program = `
import { inspect } from 'node:util'
const { openPullPath } = await import(process.env.PULL_PATH)
const path = await openPullPath(JSON.parse(process.env.OPTIONS), new AbortController().signal)
async function answer({ verb, ...order }) {
  let steps = []
  const startedAt = performance.now()
  const watch = { signal: new AbortController().signal, onSteps: (told) => (steps = told) }
  const outcome = await path.puller[verb](order, watch).then(
    ({ record }) => ({ code: null, record, fix: null, shown: '' }),
    (error) => ({
      code: error.code ?? 'no problem',
      record: path.ledger.unacknowledged(Infinity).at(-1) ?? null,
      fix: error.fix ?? null,
      shown: inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error),
    }),
  )
  const durationMs = performance.now() - startedAt
  return { ...outcome, steps, durationMs, peakBytes: process.resourceUsage().maxRSS * 1024 }
}
`

export async function startPullProcess(
  machine: Machine,
  {
    policyFile = '/etc/fairlead/policy.yaml',
    ledgerDir,
    dockerSocket = '/var/run/docker.sock',
    waits,
    provider = 'local',
    env = {},
  }: PullProcessOptions = {},
): Promise<PullProcess> {
  const options: PullPathOptions = {
    nodeId: null,
    provider,
    policyFile,
    secretsDir: '/etc/fairlead/secrets',
    dockerSocket,
    ledgerDir: ledgerDir ?? null,
    learnPlace: true,
    ...(waits && { waits }),
  }
  const pulling = await startAnsweringProcess(machine, program, {
    ...env,
    OPTIONS: JSON.stringify(options),
    PULL_PATH: new URL('../open-pull-path.ts', import.meta.url).href,
  })
  const ask =
    (verb: keyof PullProcess): PullProcess['pull'] =>
    (image, secret) => {
      const purpose = verb === 'pull' ? 'once' : 'check'
      return pulling.ask({ verb, purpose, image, digest: null, secret, clusterId: null, buildId: null })
    }
  return { pull: ask('pull'), check: ask('check') }
}
