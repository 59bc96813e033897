/** Asks the engine what it is. Its platform is needed early; its state is reported at the end. */
import { problem, type Problem } from '@fairlead/contract/problems'
import type { Engine, EngineVersion } from '@fairlead/credential-path/engine/engine'
import { ownPlatform, platformOf } from '@fairlead/credential-path/pull/node-platform'
import { probeGateway } from '@fairlead/credential-path/pull/probe-gateway'
import type { NodePlatform } from '@fairlead/credential-path/registry/image/platform'
import { labels } from '../workload/start.ts'
import type { StepList } from './step-list.ts'

export interface SeenEngine {
  /** The engine's, or this machine's own without an engine. */
  readonly platform: NodePlatform
  readonly dataRoot: string | null
  /** Null if there is none, or it does not answer. */
  readonly version: string | null
  /** Names of running containers in which Ray requires no token. */
  readonly withoutToken: readonly string[]
  /** Adds both steps to the list. */
  readonly tell: (steps: StepList) => Promise<void>
}

const answerWithinMs = 15_000
const probeWithinMs = 20_000

/** Null: a checker, which needs no engine. */
export async function lookAtEngine(engine: Engine | null, signal: AbortSignal): Promise<SeenEngine> {
  if (engine === null) {
    const nothing = { platform: ownPlatform(), dataRoot: null, version: null, withoutToken: [] }
    return { ...nothing, tell: async (steps) => skipBoth(steps) }
  }
  const began = performance.now()
  const answers = within(answerWithinMs, problem('ENGINE_UNREACHABLE'), signal, (stop) => ask(engine, stop))
  // Its error is reported with the step.
  const seen = await answers.catch(() => null)
  const tookMs = performance.now() - began
  return {
    platform: seen?.platform ?? ownPlatform(),
    dataRoot: seen?.dataRoot ?? null,
    version: seen?.version.version ?? null,
    withoutToken: seen?.withoutToken ?? [],
    async tell(steps) {
      const version = await steps.take(
        'docker',
        async () => (await answers).version,
        ({ version, apiVersion, os, arch }) => ({ version, api_version: apiVersion, platform: `${os}/${arch}` }),
        tookMs,
      )
      if (version === null) return
      const unreachable = problem('ENGINE_CANNOT_REACH_GATEWAY')
      await steps.take('gateway', () =>
        within(probeWithinMs, unreachable, signal, (stop) => probeGateway(engine, stop)),
      )
    },
  }
}

function skipBoth(steps: StepList): void {
  steps.skip('docker')
  steps.skip('gateway')
}

interface Answers {
  readonly version: EngineVersion
  readonly platform: NodePlatform
  readonly dataRoot: string | null
  readonly withoutToken: readonly string[]
}

async function ask(engine: Engine, signal: AbortSignal): Promise<Answers> {
  const version = await engine.version(signal)
  // The first call in the agreed version of the API: an engine that is too old reports it here.
  const dataRoot = await engine.dataRoot(signal)
  const running = (await engine.containers(labels.cluster, signal)).filter(({ state }) => state === 'running')
  const withoutToken = running.filter((one) => one.labels[labels.token] !== 'asked').map(({ name }) => name)
  return { version, platform: await platformOf(engine, signal), dataRoot, withoutToken }
}

/** A doctor does not wait for anything that hangs; the caller decides how to report it. */
async function within<Result>(
  milliseconds: number,
  late: Problem,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const clock = new AbortController()
  const timer = setTimeout(() => clock.abort(late), milliseconds)
  try {
    return await work(AbortSignal.any([signal, clock.signal]))
  } finally {
    clearTimeout(timer)
  }
}
