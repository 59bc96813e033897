/** `fairlead doctor`: examines this node from its owner's files with the code that pulls; pulls nothing and stores nothing. */
import { statSync } from 'node:fs'
import { type Provider } from '@fairlead/contract/names'
import { isProblem, problem } from '@fairlead/contract/problems'
import { agentStatus } from '../process/agent-status.ts'
import { isConfined } from '../confinement/confinement.ts'
import { connectAs } from '../channel/connection.ts'
import { parseControlPlaneAddress } from '../channel/control-plane-address.ts'
import { loadIdentity, type NodeIdentity } from '../channel/node-identity.ts'
import { DockerEngine } from '@fairlead/credential-path/engine/docker'
import { openNodePlace } from '@fairlead/credential-path/secret/node-location'
import type { PolicyInForce } from '@fairlead/credential-path/policy/node-policy'
import { readLoadedPolicy, type LoadedPolicy } from '@fairlead/credential-path/policy/loaded-policy'
import { readPolicyInForce } from '@fairlead/credential-path/policy/read-node-policy'
import { freeBytes } from '@fairlead/credential-path/process/free-bytes'
import { secureProcess } from '@fairlead/credential-path/process/secure-process'
import { openRegistryClient } from '@fairlead/credential-path/registry/registry-client'
import { chooseProvider } from '@fairlead/credential-path/secret/choose-provider'
import { directConnection, secretManagerConnection } from '@fairlead/credential-path/secret/secret-manager-connection'
import { isOwnFolder } from '@fairlead/credential-path/process/state-dir'
import { doorMachineAt } from '@fairlead/doors/upkeep/door-machine'
import { findKeptLogins } from '@fairlead/doors/upkeep/find-kept-logins'
import { unpackingWarnings } from '@fairlead/doors/upkeep/unpacking-advice'
import { doorSecretFor, lookAtDoors, registriesOf } from '@fairlead/doors/upkeep/look-at-doors'
import type { DoorParts } from './check-doors.ts'
import type { ControlPlaneAnswer, InstallationParts, JoinedTo } from './check-installation.ts'
import { readDockerLogins } from './docker-logins.ts'
import type { DoctorReport, Findings } from './doctor-report.ts'
import { examine } from './examine.ts'
import type { OnDoctorSteps } from './step-list.ts'

export interface DoctorOptions {
  /** Null: examines the installation. */
  readonly image: string | null
  /** A secret reference; null: that of the door which the image goes through, else anonymous. */
  readonly secret: string | null
  /** Null: the node's own; if it has not joined, what the reference or the machine says, else `local`. */
  readonly provider: Provider | null
  /** Null: the default file, which may be absent. */
  readonly policyFile: string | null
  readonly secretsDir: string
  readonly dockerSocket: string
  readonly stateDir: string
  /** Docker's own `config.json` of the user who pulls by hand. */
  readonly dockerConfig: string
  readonly onSteps: OnDoctorSteps
}

/** Failures go into the report; it throws only if no examination is possible. */
export async function runDoctor(options: DoctorOptions, signal: AbortSignal): Promise<DoctorReport> {
  const authorities = secureProcess()
  const joined = await joinedAs(options.stateDir)
  const policyInForce = async () =>
    readPolicyInForce(options.policyFile, { before: await readLoadedPolicy(options.stateDir) })
  let reading: Promise<PolicyInForce> | null = null
  // Once: its owner may change the file meanwhile.
  const readPolicy = () => (reading ??= policyInForce())
  const doorSecret =
    options.image === null || options.secret !== null ? null : await secretOfDoor(options.image, readPolicy)
  const secret = options.secret ?? doorSecret
  const provider = options.provider ?? joined?.provider ?? (await providerOfQuestion({ image: options.image, secret }))
  await using engine = new DockerEngine({ socketPath: options.dockerSocket })
  // For an image on a machine that has joined nothing, no agent starts a workload that a rule would have to confine (S14).
  const runsWorkloads = joined !== null || options.image === null
  const parts: InstallationParts = {
    provider,
    authorities,
    readPolicy,
    openPlace: (policy) =>
      openNodePlace(provider, options.secretsDir, policy === null ? directConnection : secretManagerConnection(policy)),
    openRegistry: (policy, onConnection) => openRegistryClient(policy, { onConnection }),
    engine: joined?.checker ? null : engine,
    isConfined: async (policy, signal) =>
      !runsWorkloads || isConfined(provider, policy, joined?.checker ? null : engine, signal),
    freeBytes,
    loadedPolicy: () => policyOfRunningAgent(options.stateDir),
    dockerConfig: options.dockerConfig,
    dockerLogins: () => readDockerLogins(options.dockerConfig),
    doors: doorParts(options),
    lookAtStateDir: () => lookAtStateDir(options.stateDir),
    lookAtNode: () => lookAtNode(options.stateDir),
  }
  const question = options.image === null ? null : { image: options.image, secret }
  return { ...(await examine(question, parts, options.onSteps, signal)), doorSecret }
}

/** The steps report a file or a name that cannot be used. */
async function secretOfDoor(image: string, readPolicy: () => Promise<PolicyInForce>): Promise<string | null> {
  try {
    return doorSecretFor((await readPolicy()).policy, image)
  } catch (error) {
    if (isProblem(error)) return null
    throw error
  }
}

function doorParts({ stateDir, dockerSocket, dockerConfig }: DoctorOptions): DoorParts {
  const machine = doorMachineAt({ root: '', isRunning: true, dockerSocket })
  return {
    async lookAtDoors(policy, signal) {
      const { found, unfit } = await machine.findEngines(signal)
      const mirror = { port: policy.door_port, stateDir }
      const look = { machine, mirror, canProbe: () => process.getuid?.() === 0 }
      const seen = await lookAtDoors(registriesOf(policy), found, look, signal)
      return { seen, unfit: unfit.map((one) => one.problem), advice: await unpackingWarnings(found, '') }
    },
    // The one of the user who pulls by hand has a warning of its own.
    keptLogins: async (registries) =>
      (await findKeptLogins('', registries)).filter(({ path }) => path !== dockerConfig),
  }
}

/** With nothing to pull, asks nothing of a cloud that this machine has not joined. */
async function providerOfQuestion({ image, secret }: Pick<DoctorOptions, 'image' | 'secret'>): Promise<Provider> {
  return image === null ? 'local' : chooseProvider(null, secret)
}

/** The step `state` reports a folder that cannot be examined. */
async function policyOfRunningAgent(stateDir: string): Promise<LoadedPolicy | null> {
  try {
    const { isRunning } = await agentStatus({ stateDir })
    return isRunning ? await readLoadedPolicy(stateDir) : null
  } catch {
    return null
  }
}

/** The step `node` reports a file that cannot be read. */
async function joinedAs(stateDir: string): Promise<NodeIdentity | null> {
  try {
    return await loadIdentity(stateDir)
  } catch {
    return null
  }
}

function lookAtStateDir(path: string): Findings | null {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return null
  if (stat.isDirectory() && isOwnFolder(stat, process.getuid?.() ?? 0)) return { path }
  const reason = "it must be a directory that only the agent's user or root can write to"
  throw problem('AGENT_STATE_UNREADABLE', { path, reason })
}

async function lookAtNode(stateDir: string): Promise<JoinedTo | null> {
  const identity = await loadIdentity(stateDir)
  if (identity === null) return null
  const { isRunning } = await agentStatus({ stateDir })
  return {
    findings: {
      node_id: identity.nodeId,
      name: identity.name,
      cloud_id: identity.cloudId,
      host: identity.host,
      provider: identity.provider,
      checker: identity.checker,
      running: isRunning,
    },
    askControlPlane: (signal) => askControlPlane(identity, signal),
  }
}

async function askControlPlane(identity: NodeIdentity, signal: AbortSignal): Promise<ControlPlaneAnswer> {
  const address = parseControlPlaneAddress(identity.host)
  await using connection = connectAs(identity)
  const request = {
    method: 'GET',
    path: '/healthz',
    headers: {},
    body: null,
    limitBytes: 4096,
    timeoutMs: 10_000,
  } as const
  const answer = await connection.send(request, signal)
  if (answer.status !== 200) throw problem('CONTROL_PLANE_ANSWER_INVALID', { host: address.shown })
  const date = Date.parse(answer.header('date') ?? '')
  return { host: address.shown, now: Number.isNaN(date) ? null : new Date(date) }
}
