/** Builds the agent's parts and runs it: the only part of the agent that reads the process's environment. */
import { join } from 'node:path'
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import type { NodePullEvent } from '@fairlead/contract/wire'
import { serveAgentLogins } from '@fairlead/doors/agent-logins'
import { runMirror } from '@fairlead/doors/mirror'
import { registriesOf } from '@fairlead/doors/mirror/door-table'
import { doorMachineAt } from '@fairlead/doors/upkeep/door-machine'
import { isAtFault, problemOf, type SeenDoor } from '@fairlead/doors/upkeep/look-at-doors'
import { watchDoors } from '@fairlead/doors/upkeep/watch-doors'
import { openConfinement, unconfined } from '../confinement/confinement.ts'
import { connectAs } from '../channel/connection.ts'
import { fullJitter } from '../channel/backoff.ts'
import { joinAnew, joinNode, type JoinOptions } from '../channel/join.ts'
import { loadIdentity, saveIdentity, type NodeIdentity } from '../channel/node-identity.ts'
import { pause } from '../channel/pause.ts'
import { machineProver, type MachineProver } from '../attestation/machine-prover.ts'
import { podProver } from '../attestation/pod-machine-proof.ts'
import { openAgentLog } from './agent-log.ts'
import { collectorOfPulls } from './collect-garbage.ts'
import { DoorReadiness, serveReadiness } from './door-readiness.ts'
import { liveAsNode } from './live-as-node.ts'
import { openClusterApi } from '../kubernetes/cluster-api.ts'
import { listPodsOf, NodePods } from '../kubernetes/node-pods.ts'
import { removeTaintWhenReady } from '../kubernetes/node-taint.ts'
import { AgentMetrics } from '../metrics/agent-metrics.ts'
import { serveMetrics } from '../metrics/serve-metrics.ts'
import { runNodeAgent, type AgentLog } from '../node-agent.ts'
import { FollowedPolicy } from '@fairlead/credential-path/policy/followed-policy'
import {
  keepLoadedPolicy,
  loadedPolicy,
  readLoadedPolicy,
  type LoadedPolicy,
} from '@fairlead/credential-path/policy/loaded-policy'
import { openPullPath, type PullPath, type PullPathOptions } from '@fairlead/credential-path/open-pull-path'
import { readNodePolicy } from '@fairlead/credential-path/policy/read-node-policy'
import { chooseProvider } from '@fairlead/credential-path/secret/choose-provider'
import { secureProcess } from '@fairlead/credential-path/process/secure-process'
import { requireStateDir } from '@fairlead/credential-path/process/state-dir'
import { lockStateDir } from '@fairlead/credential-path/process/state-dir-lock'
import { commit, version } from '@fairlead/contract/release'

export interface AgentOptions {
  readonly stateDir: string
  /** Null: the default file, which may be absent. */
  readonly policyFile: string | null
  readonly secretsDir: string
  readonly dockerSocket: string
  /** Null: this machine's address on the route to the control plane. */
  readonly advertiseAddress: string | null
  /** Checks only, no Docker; also if the node joined as a checker. */
  readonly checker: boolean
  /** HOST:PORT for this node's metrics; null: none. */
  readonly metricsListen: string | null
  /** Puts the files of engines in place as the owner's file says, whenever they may not be; null: `door open` does, when it is called. */
  readonly keepFiles: ((signal: AbortSignal) => Promise<void>) | null
  /** HOST:PORT that tells whether every engine uses its doors; null: none. */
  readonly healthListen: string | null
  /** The node of a Kubernetes cluster that this is, whose taint ends then; null: it has none. */
  readonly untaintNode: string | null
  /** The node of a Kubernetes cluster that this is, whose pods records name; null: they name none. */
  readonly podsOfNode: string | null
  /** How this machine becomes a node if it is none yet; null: by a command of its own. */
  readonly join: Pick<JoinOptions, 'host' | 'admission' | 'name' | 'caFile'> | null
}

/** Runs until the signal is aborted. Throws anything that makes a start impossible, and NODE_REVOKED. */
export async function runAgent(options: AgentOptions, signal: AbortSignal): Promise<void> {
  secureProcess()
  if (options.join !== null) await joinFirst(options.join, options, signal)
  if (signal.aborted) return
  const identity = await loadIdentity(options.stateDir)
  if (identity === null) return runAlone(options, signal)
  using _lock = lockStateDir(options.stateDir)
  const log = openAgentLog()
  await liveAsNode(identity, {
    run: (own) => runAs(own, options, log, signal),
    async joinAnew(forgotten, cloud) {
      const prove = proverOf(forgotten, cloud, options)
      log.warn({ node_id: forgotten.nodeId }, 'this node was forgotten; the machine proves itself again')
      const joined = await joinAnew(forgotten, { cloud, prove }, signal)
      await saveIdentity(options.stateDir, joined)
      return joined
    },
  })
}

function proverOf({ podToken, host, provider }: NodeIdentity, cloud: string, options: AgentOptions): MachineProver {
  if (podToken !== null) return podProver({ tokenFile: podToken, host, cloud, provider })
  if (provider === 'local') throw problem('NODE_FORGOTTEN')
  return machineProver(provider, options.policyFile)
}

const joinPauses = { baseMs: 2000, capMs: 30_000 }

/** Tries until it succeeds: what stands in the way is changed elsewhere. Meanwhile, the doors of this machine are served. */
async function joinFirst(
  join: NonNullable<AgentOptions['join']>,
  options: AgentOptions,
  signal: AbortSignal,
): Promise<void> {
  const { stateDir, policyFile, checker } = options
  if ((await loadIdentity(stateDir)) !== null) return
  const ending = new AbortController()
  const hasDoors = options.keepFiles !== null || Object.keys(readNodePolicy(policyFile).doors).length > 0
  const alone = hasDoors ? runAlone(options, AbortSignal.any([signal, ending.signal])) : Promise.resolve()
  const log = openAgentLog()
  try {
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        const { nodeId, name } = await joinNode({ ...join, checker, stateDir }, signal)
        return log.info({ node_id: nodeId, name }, 'this machine has joined')
      } catch (error) {
        if (signal.aborted) return
        if (!isProblem(error)) throw error
        const { code, what, fix } = error
        log.warn({ code, what, fix }, 'this machine has not joined; it tries again')
        await pause(fullJitter(attempt, joinPauses), signal)
      }
    }
  } finally {
    ending.abort()
    await alone
  }
}

async function runAs(identity: NodeIdentity, options: AgentOptions, log: AgentLog, signal: AbortSignal): Promise<void> {
  const checker = options.checker || identity.checker
  const metrics = new AgentMetrics()
  await using _metrics = options.metricsListen === null ? null : await serveMetrics(options.metricsListen, metrics)
  const own = {
    nodeId: identity.nodeId,
    provider: identity.provider,
    policyBefore: await readLoadedPolicy(options.stateDir),
    dockerSocket: checker ? null : options.dockerSocket,
    ledgerDir: options.stateDir,
    onPull: (event: NodePullEvent) => metrics.count(event),
  }
  await using machine = await serveMachine(own, options, log, signal)
  const { path, pods } = machine
  await using connection = connectAs(identity)
  log.info({ node_id: identity.nodeId, host: identity.host, version, commit, checker }, 'the agent runs')
  await runNodeAgent(
    {
      identity,
      connection,
      engine: path.engine,
      puller: path.puller,
      confinement: path.engine === null ? unconfined : openConfinement(identity.provider, path.policy, path.engine),
      pulls: path.ledger,
      policy: path.policy,
      place: () => path.node.place,
      stateDir: options.stateDir,
      advertiseAddress: options.advertiseAddress,
      waitingPods: pods && ((signal) => pods.waiting(signal)),
      log,
    },
    signal,
  )
  log.info({ node_id: identity.nodeId }, 'the agent ends')
}

const lookForNodeEveryMs = 1000

/**
 * On a machine that has not joined, there is no work but the doors that its owner's file names, and logins for other programs. Ends when the
 * machine joins: systemd then starts the agent as that node. Throws AGENT_NOT_JOINED if there is no door either, and the agent does not keep the
 * files of those that come.
 */
async function runAlone(options: AgentOptions, signal: AbortSignal): Promise<void> {
  const { policyFile, stateDir } = options
  const secrets = Object.values(readNodePolicy(policyFile).doors)
  if (secrets.length === 0 && options.keepFiles === null) throw problem('AGENT_NOT_JOINED')
  requireStateDir(stateDir)
  // The records of a node, which are reported, and the lock of its folder, which a join takes meanwhile, are apart.
  const ledgerDir = join(stateDir, 'alone')
  using _lock = lockStateDir(ledgerDir)
  const log = openAgentLog()
  const provider = await chooseProvider(null, secrets.find((secret) => secret !== null) ?? null)
  const own = { nodeId: null, provider, policyBefore: null, dockerSocket: null, ledgerDir }
  await using _machine = await serveMachine(own, options, log, signal)
  log.info({ provider, version, commit }, 'this machine has not joined; the agent serves its doors')
  while (!signal.aborted && (await loadIdentity(stateDir)) === null) {
    await pause(lookForNodeEveryMs, signal)
  }
  log.info({}, 'the agent ends')
}

type Own = Pick<PullPathOptions, 'nodeId' | 'provider' | 'dockerSocket' | 'ledgerDir' | 'onPull'> & {
  readonly policyBefore: LoadedPolicy | null
}

/** What a machine has whether it has joined or not: the way to a pull, logins for other programs, and doors. */
async function serveMachine(own: Own, options: AgentOptions, log: AgentLog, signal: AbortSignal) {
  await using opening = new AsyncDisposableStack()
  const { policyFile, secretsDir, stateDir } = options
  const collect = collectorOfPulls()
  const onPull = (event: NodePullEvent): void => {
    own.onPull?.(event)
    log.info(event, 'pull')
    collect()
  }
  const pathOptions = { ...own, policyFile, secretsDir, learnPlace: true, onPull }
  const path = opening.use(await openPullPath(pathOptions, signal))
  // In a pod, this is how a program on the node knows that the file is not there for it to read.
  await keepLoadedPolicy(stateDir, loadedPolicy(path.inForce))
  if (path.identityMissing !== null && own.nodeId !== null) {
    log.warn({ code: path.identityMissing }, 'what this node is in its cloud is not known yet')
  }
  const { node, policy } = path
  opening.use(await serveAgentLogins({ provider: own.provider, node, policy, policyFile, secretsDir, stateDir, log }))
  // On a checker, too: it has no Docker, but may have containerd or podman.
  const followed = new FollowedPolicy(policyFile, path.inForce, own.policyBefore)
  const pods = podsUnder(followed, options, log)
  opening.use(await serveDoors({ parts: path.parts, policy: followed, pods }, options, log))
  const opened = opening.move()
  return { path, pods, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

/** Served while this agent lives; without it the engines' doors are closed. */
async function serveDoors(
  { parts, policy, pods }: Pick<PullPath, 'parts'> & { policy: FollowedPolicy; pods: NodePods | undefined },
  options: AgentOptions,
  log: AgentLog,
): Promise<AsyncDisposable> {
  const { stateDir, dockerSocket, keepFiles, healthListen, untaintNode } = options
  const readiness = new DoorReadiness()
  const untaint = untaintNode === null ? null : { api: openClusterApi(process.env), node: untaintNode }
  const health = healthListen === null ? null : await serveReadiness(healthListen, readiness)
  const ending = new AbortController()
  const machine = doorMachineAt({ root: '', isRunning: true, dockerSocket })
  const onChange = (seen: SeenDoor): void => {
    const door = { registry: seen.registry, engine: seen.engine.name, state: seen.state }
    if (isAtFault(seen)) log.warn({ ...door, code: problemOf(seen).code }, 'an engine does not use its door')
    else log.info(door, 'an engine and its door')
  }
  const onLook = (faults: readonly Problem[]): void => {
    const [first] = faults
    if (!readiness.take(faults)) return
    if (first === undefined) log.info({}, 'the doors are as the owner wants them')
    else log.warn({ code: first.code, facts: first.facts }, 'not every door is open')
  }
  const watch = { machine, policy: () => policy.now().policy, stateDir, onChange, onLook }
  const running = [
    runMirror({ policy, parts, stateDir, log, ...(pods && { podsFor: pods.podsFor }) }, ending.signal),
    watchDoors({ ...watch, ...(keepFiles !== null && { keepFiles }) }, ending.signal).catch(() => {
      readiness.take([problem('INTERNAL')])
      log.error({ code: 'INTERNAL' }, 'the doors are not tried any more')
    }),
    ...(untaint === null
      ? []
      : [removeTaintWhenReady({ ...untaint, ready: (signal) => readiness.until(signal), log }, ending.signal)]),
  ]
  return {
    async [Symbol.asyncDispose]() {
      ending.abort()
      await health?.[Symbol.asyncDispose]()
      await Promise.all(running)
    },
  }
}

/** Only on a Kubernetes node whose agent was told to ask for its pods. */
function podsUnder(policy: FollowedPolicy, { podsOfNode: node }: AgentOptions, log: AgentLog): NodePods | undefined {
  if (node === null) return undefined
  const api = openClusterApi(process.env)
  return new NodePods({
    list: (signal) => listPodsOf(api, node, signal),
    registries: () => new Set(registriesNow(policy)),
    onFailure: () => log.warn({ node }, 'the pods of this node are not known: may the agent list pods?'),
  })
}

/** None while the owner's file cannot be used: no door is open then. */
function registriesNow(policy: FollowedPolicy): readonly string[] {
  try {
    return registriesOf(policy.now().policy)
  } catch (error) {
    if (isProblem(error)) return []
    throw error
  }
}
