/** The running agent: one watch on the desired state, one report queue, one reconciler and one check runner, until the signal. */
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import { type DesiredState, type WorkloadReport } from '@fairlead/contract/wire'
import { keepMetadataState, remembered } from './confinement/confinement-state.ts'
import type { Confinement } from './confinement/confinement.ts'
import type { Connection } from './channel/connection.ts'
import type { OwnPlace } from './channel/judge-desired-state.ts'
import { openChannel } from './channel/node-channel.ts'
import type { NodeIdentity } from './channel/node-identity.ts'
import { ReportQueue, type PullOutbox } from './channel/report-queue.ts'
import { watchDesiredState } from './channel/watch-desired-state.ts'
import { WatchedFacts, type FactParts } from './channel/watched-facts.ts'
import type { Engine } from '@fairlead/credential-path/engine/engine'
import type { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import { reserveAhead } from '@fairlead/credential-path/pull/disk-room'
import { isDiskLow } from '@fairlead/credential-path/pull/disk-watch'
import { keepGatewayReach, type GatewayProblem } from '@fairlead/credential-path/pull/gateway-reach'
import type { ImagePuller } from '@fairlead/credential-path/image-puller'
import { watchGateway } from '@fairlead/credential-path/pull/watch-gateway'
import { version } from '@fairlead/contract/release'
import type { WorkloadTimes } from './workload/executor-parts.ts'
import { lastLinesIn } from './workload/last-lines.ts'
import { Prefetcher } from './workload/prefetcher.ts'
import { Reconciler } from './workload/reconcile.ts'
import { CheckRunner, refusedCheck } from './workload/run-checks.ts'
import { refusedWorkload } from './workload/start-progress.ts'
import { startRecordsIn } from './workload/start-record.ts'

export interface AgentLog {
  info(fields: object, text: string): void
  warn(fields: object, text: string): void
  error(fields: object, text: string): void
}

export interface NodeAgentParts {
  readonly identity: NodeIdentity
  readonly connection: Connection
  /** Null on a checker. */
  readonly engine: Engine | null
  readonly puller: ImagePuller
  readonly confinement: Confinement
  readonly pulls: PullOutbox
  readonly policy: NodePolicy
  /** What the node found that it is; null for what it cannot know (S21). */
  readonly place: () => Pick<OwnPlace, 'partition' | 'accountId' | 'projectId'>
  readonly stateDir: string
  readonly advertiseAddress: string | null
  readonly waitingPods?: FactParts['waitingPods']
  readonly log: AgentLog
  readonly times?: WorkloadTimes
}

const defaultTimes: WorkloadTimes = {
  rayStartMs: 300_000,
  askWhileStartingMs: 1_000,
  askWhileRunningMs: 15_000,
  readOutputMs: 10_000,
  stopGraceSeconds: 15,
}

const lastReportWithinMs = 3_000

/** Returns when the signal is aborted and leaves containers as they are; throws NODE_REVOKED and NODE_FORGOTTEN. */
export async function runNodeAgent(parts: NodeAgentParts, signal: AbortSignal): Promise<void> {
  const { identity, engine, log } = parts
  const ending = new AbortController()
  const alive = AbortSignal.any([signal, ending.signal])
  const channel = openChannel(identity, parts.connection, {
    onClockOff: (seconds) =>
      log.warn({ code: 'CLOCK_OFF', seconds }, "this node's clock is ahead of the control plane's by these seconds"),
  })
  const prefetcher =
    engine === null
      ? null
      : new Prefetcher({
          engine,
          puller: parts.puller,
          isDiskLow: async () =>
            facts.dataRoot !== null && (await isDiskLow(facts.dataRoot, reserveAhead(parts.policy))),
          onChange: () => queue.factsChanged(),
          log,
        })
  const facts = new WatchedFacts({
    ...parts,
    agentVersion: version,
    host: identity.host,
    ...(prefetcher !== null && { prefetched: () => prefetcher.prefetched }),
  })
  await facts.refresh(alive)
  const queue = new ReportQueue({
    send: (report, signal) => channel.report(report, signal),
    facts: () => facts.get(),
    pulls: parts.pulls,
    log,
  })
  const onReport = (report: WorkloadReport | null) => {
    if (report?.problem?.code === 'NODE_DISK_FULL') prefetcher?.makeRoom()
    queue.setWorkload(report)
  }
  const reconciler = engine === null ? null : reconcilerOf(parts, engine, facts, onReport)
  const checks = new CheckRunner(
    {
      puller: parts.puller,
      onReport: (report) => queue.setCheck(report),
      onDropped: (check) => queue.dropCheck(check.build_id),
      log,
    },
    alive,
  )
  const obey = (state: DesiredState) => {
    checks.want(state.checks)
    prefetcher?.want(state.prefetch, state.workload)
    if (reconciler !== null) reconciler.want(state.workload)
    else queue.setWorkload(state.workload && refusedWorkload(state.workload, problem('ENGINE_UNREACHABLE')))
  }
  const refuse = (state: DesiredState, refusal: Problem) => {
    log.error({ code: refusal.code, cloud: state.cloud }, refusal.what)
    prefetcher?.want(undefined, null)
    queue.setWorkload(state.workload && refusedWorkload(state.workload, refusal))
    for (const check of state.checks) queue.setCheck(refusedCheck(check, refusal))
  }
  const own = (): OwnPlace => ({
    nodeId: identity.nodeId,
    cloudId: identity.cloudId,
    provider: identity.provider,
    ...parts.place(),
  })
  const keepReach = (reach: GatewayProblem) => keepGatewayReach(parts.stateDir, reach)
  const watch = { channel, host: identity.host, own, onState: obey, onRefused: refuse, log }
  try {
    await untilOneFails(ending, [
      watchDesiredState({ ...watch, onIdle: (signal) => queue.beat(signal) }, alive),
      queue.run(alive),
      facts.run(alive, () => queue.factsChanged()),
      ...(reconciler === null ? [] : [runConfined(parts, reconciler, alive)]),
      ...(prefetcher === null ? [] : [prefetcher.run(alive)]),
      ...(engine === null ? [] : [watchGateway({ engine, log, onReach: keepReach }, alive)]),
    ])
  } finally {
    ending.abort()
  }
  await queue.flush(AbortSignal.timeout(lastReportWithinMs))
}

function reconcilerOf(
  parts: NodeAgentParts,
  engine: Engine,
  facts: WatchedFacts,
  onReport: (report: WorkloadReport | null) => void,
): Reconciler {
  const { identity } = parts
  return new Reconciler({
    engine,
    puller: parts.puller,
    confinement: remembered(parts.confinement, (found) => keepMetadataState(parts.stateDir, found)),
    records: startRecordsIn(parts.stateDir),
    lastLines: lastLinesIn(parts.stateDir),
    shareLogs: parts.policy.share_logs,
    containers: parts.policy.containers,
    nodeId: identity.nodeId,
    place: () => {
      // The order came from the control plane, so the route to it is known soon.
      if (facts.advertiseAddress === null) throw problem('CONTROL_PLANE_UNREACHABLE', { host: identity.host })
      return { nodeId: identity.nodeId, cloudId: identity.cloudId, advertiseAddress: facts.advertiseAddress }
    },
    times: parts.times ?? defaultTimes,
    onReport,
    log: parts.log,
  })
}

/** Before the first start, so that workloads from an earlier life of this agent are confined again too. */
async function runConfined(
  { confinement, stateDir, log }: NodeAgentParts,
  reconciler: Reconciler,
  signal: AbortSignal,
): Promise<void> {
  try {
    await confinement.prepare(signal)
    await keepMetadataState(stateDir, confinement.aim)
    if (confinement.aim === 'allowed') log.warn({}, "the node's file lets workloads reach the metadata service")
  } catch (error) {
    if (signal.aborted) return
    if (!isProblem(error)) throw error
    await keepMetadataState(stateDir, 'open')
    // The start that needs it reports it again.
    log.error({ code: error.code, facts: error.facts }, 'workloads are not kept from the metadata service')
  }
  await reconciler.run(signal)
}

/** All of them end when one does: a node that only half works is worse than one that restarts. */
async function untilOneFails(ending: AbortController, running: readonly Promise<void>[]): Promise<void> {
  const ended = running.map((part) => part.finally(() => ending.abort()))
  const failed = (await Promise.allSettled(ended)).find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
