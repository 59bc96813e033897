/** The mirror in one process of a test machine, with a small engine beside it that pulls through it: asked over a socket. */
import type { PullRecord } from '@fairlead/contract/wire'
import type { PullPathOptions, Waits } from '@fairlead/credential-path/open-pull-path'
import { startAnsweringProcess } from '@fairlead/credential-path/testing/answering-process'
import type { Machine } from '@fairlead/testkit'
import type { Outcome } from './engine-client.ts'

export interface MirrorProcess {
  /** Pulls `REGISTRY/team/app:1` from each of these registries, some of them at once. */
  readonly pull: (registries: readonly string[]) => Promise<readonly Outcome[]>
  /** Ends the mirror and with it every pull; returns all records, and what this process used. */
  readonly end: () => Promise<{ records: readonly PullRecord[]; logged: string; cpuSeconds: number; peakBytes: number }>
}

export interface MirrorProcessOptions {
  readonly port: number
  readonly waits: Waits
  /** How long the engine waits for one answer. */
  readonly patienceMs: number
  readonly atOnce: number
}

const policyFile = '/etc/fairlead/policy.yaml'
const stateDir = '/var/lib/fairlead'

const program = `
const { client, path, mirror, followed } = JSON.parse(process.env.MODULES)
const { EngineClient, pullThrough } = await import(client)
const { openPullPath } = await import(path)
const { runMirror } = await import(mirror)
const { FollowedPolicy } = await import(followed)
const { port, waits, patienceMs, atOnce, stateDir, policyFile, ...options } = JSON.parse(process.env.OPTIONS)

const logged = []
const log = (fields, text) => void logged.push(JSON.stringify({ ...fields, text }))
const stop = new AbortController()
const pulls = await openPullPath({ ...options, policyFile, waits, onPull: (event) => log(event, 'pull') }, stop.signal)
const policy = new FollowedPolicy(policyFile, pulls.inForce)
const served = Promise.withResolvers()
const running = runMirror(
  {
    policy, parts: pulls.parts, stateDir, waits,
    log: { info: (fields, text) => { log(fields, text); served.resolve() }, warn: log, error: log },
  },
  stop.signal,
)
await served.promise
const engine = new EngineClient({ port, stateDir, engine: 'docker', patienceMs })

async function pull(registry) {
  return pullThrough(engine, { registry, repository: 'team/app', tag: '1' }).catch((error) => ({
    kind: 'wrong', at: 'a request', why: String(error),
  }))
}

async function answer({ verb, registries }) {
  if (verb === 'pull') {
    const waiting = [...registries.entries()]
    const outcomes = []
    const lane = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) outcomes[next[0]] = await pull(next[1])
    }
    await Promise.all(Array.from({ length: atOnce }, lane))
    return outcomes
  }
  engine[Symbol.dispose]()
  stop.abort()
  await running
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  return {
    records: pulls.ledger.unacknowledged(Infinity),
    logged: logged.join('\\n'),
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    peakBytes: maxRSS * 1024,
  }
}
`

export async function startMirrorProcess(machine: Machine, options: MirrorProcessOptions): Promise<MirrorProcess> {
  const path: PullPathOptions = {
    nodeId: null,
    provider: 'local',
    policyFile,
    secretsDir: '/etc/fairlead/secrets',
    dockerSocket: null,
    ledgerDir: stateDir,
    learnPlace: false,
  }
  const moduleAt = (name: string): string => import.meta.resolve(name)
  const asked = await startAnsweringProcess(machine, program, {
    OPTIONS: JSON.stringify({ ...path, ...options, stateDir }),
    MODULES: JSON.stringify({
      client: new URL('engine-client.ts', import.meta.url).href,
      mirror: new URL('../mirror/open-mirror.ts', import.meta.url).href,
      path: moduleAt('@fairlead/credential-path/open-pull-path'),
      followed: moduleAt('@fairlead/credential-path/policy/followed-policy'),
    }),
  })
  return {
    pull: (registries) => asked.ask({ verb: 'pull', registries }),
    end: () => asked.ask({ verb: 'end' }),
  }
}
