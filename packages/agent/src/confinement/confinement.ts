/**
 * Keeps this node's workloads from its cloud's metadata service (S14). The rules are installed once in the agent's life. Before each start they are
 * checked and tried, but never put back, since their removal would otherwise go unnoticed. After each start the process's cgroup is checked.
 */
import { readFile } from 'node:fs/promises'
import { type Provider } from '@fairlead/contract/names'
import { isProblem, problem } from '@fairlead/contract/problems'
import type { Engine, EngineCgroups } from '@fairlead/credential-path/engine/engine'
import type { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import { cgroupFolder, cgroupName, cgroupParent, isInCgroup, makeCgroup } from './cgroup.ts'
import { familiesHere, listTable, putRules, rulesAreInForce } from './firewall.ts'
import { bridgesIn } from './plan-tables.ts'
import { findReached } from './probe.ts'
import { removeConfinement } from './remove-confinement.ts'
import { confinementRules, metadataAddresses, type CloudProvider } from './rules.ts'

/** A container's process at this moment; null: it has none, or has ended. */
export type FirstProcess = () => Promise<number | null>

/** What a start needs from it. */
export interface Confinement {
  /** What it does when it works. */
  readonly aim: 'refused' | 'allowed' | 'none'
  /** At the agent's start: installs the rules, or removes them if the node's file lets workloads through. Throws what a start would. */
  readonly prepare: (signal: AbortSignal) => Promise<void>
  /** The cgroup in which to create a container; null: any. */
  readonly cgroupParent: (signal: AbortSignal) => Promise<string | null>
  /** Throws METADATA_EXPOSED unless a workload started now cannot reach the metadata service. */
  readonly assertInForce: (signal: AbortSignal) => Promise<void>
  /** Throws METADATA_EXPOSED unless a running container is within reach of the rule. After that, nothing starts in this agent's life. */
  readonly assertInside: (firstProcess: FirstProcess, signal: AbortSignal) => Promise<void>
}

/** For a start; the rules are in place by then. */
export type StartConfinement = Pick<Confinement, 'cgroupParent' | 'assertInForce' | 'assertInside'>

/** On `local` nodes. */
export const unconfined: Confinement = {
  aim: 'none',
  prepare: async () => undefined,
  cgroupParent: async () => null,
  assertInForce: async () => undefined,
  assertInside: async () => undefined,
}

type ConfinedEngine = Pick<Engine, 'cgroups' | 'network'>

export function openConfinement(provider: Provider, policy: NodePolicy, engine: ConfinedEngine): Confinement {
  if (provider === 'local') return unconfined
  if (policy.workload_metadata === 'allow')
    return { ...unconfined, aim: 'allowed', prepare: () => asProblem(removeConfinement()) }
  return new CloudConfinement(provider, policy.containers.network, engine)
}

/** How one network's packets travel, and how cgroups are created. */
interface Setting {
  readonly cgroups: EngineCgroups
  /** Null: the containers use the host's network, or none. */
  readonly bridge: string | null
}

class CloudConfinement implements Confinement {
  readonly aim = 'refused'
  readonly #provider: CloudProvider
  readonly #network: string
  readonly #engine: ConfinedEngine
  /** Settings whose rules this agent has installed; a new one appears when Docker's own settings change. */
  readonly #put = new Set<string>()
  /** A container was found outside: the engine's runtime does not put containers where it is asked to. */
  #isPassedBy = false

  constructor(provider: CloudProvider, network: string, engine: ConfinedEngine) {
    this.#provider = provider
    this.#network = network
    this.#engine = engine
  }

  async prepare(signal: AbortSignal): Promise<void> {
    await this.#putOnce(await readSetting(this.#engine, this.#network, signal))
  }

  async #putOnce(setting: Setting): Promise<void> {
    const key = JSON.stringify(setting)
    if (this.#put.has(key)) return
    await asProblem(putInPlace(this.#provider, setting))
    this.#put.add(key)
  }

  async cgroupParent(signal: AbortSignal): Promise<string> {
    return cgroupParent[(await readCgroups(this.#engine, signal)).driver]
  }

  async assertInForce(signal: AbortSignal): Promise<void> {
    if (this.#isPassedBy) throw passedBy()
    const setting = await readSetting(this.#engine, this.#network, signal)
    await this.#putOnce(setting)
    await asProblem(judge(this.#provider, setting, signal))
  }

  async assertInside(firstProcess: FirstProcess, signal: AbortSignal): Promise<void> {
    // At once, since it is running.
    const [pid, { driver }] = await Promise.all([firstProcess(), readCgroups(this.#engine, signal)])
    if (pid === null) return
    // If it cannot be seen, nothing shows that it is inside.
    const membership = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')
    if (isInCgroup(membership, driver)) return
    // A process that has ended reaches nothing.
    if ((await firstProcess()) !== pid) return
    this.#isPassedBy = true
    throw passedBy()
  }
}

async function putInPlace(provider: CloudProvider, { cgroups, bridge }: Setting): Promise<void> {
  // The rule must name a cgroup that exists.
  if ((await makeCgroup(cgroups)) === null) throw noSuchCgroups(cgroups)
  for (const family of familiesHere()) {
    const others = bridgesIn(await listTable(family, 'raw'))
    const bridges = [...new Set([...others, ...(bridge === null ? [] : [bridge])])]
    await putRules(family, confinementRules(provider, family, cgroupName[cgroups.driver], bridges))
  }
}

/** For `fairlead doctor`, which only looks: false also if it cannot be shown. A checker has no engine and runs nothing. */
export async function isConfined(
  provider: Provider,
  policy: NodePolicy,
  engine: ConfinedEngine | null,
  signal: AbortSignal,
): Promise<boolean> {
  if (provider === 'local' || engine === null) return true
  if (policy.workload_metadata === 'allow') return false
  try {
    await asProblem(judge(provider, await readSetting(engine, policy.containers.network, signal), signal))
    return true
  } catch (error) {
    signal.throwIfAborted()
    if (isProblem(error)) return false
    throw error
  }
}

/** Changes nothing. The rules are read while they are tried. */
async function judge(provider: CloudProvider, setting: Setting, signal: AbortSignal): Promise<void> {
  const looks = [assertRules(provider, setting), assertUnreached(provider, setting.cgroups, signal)]
  await Promise.allSettled(looks)
  await Promise.all(looks)
}

/** One command after another: older ones wait a second for another that runs. */
async function assertRules(provider: CloudProvider, { cgroups, bridge }: Setting): Promise<void> {
  for (const family of familiesHere()) {
    const bridges = bridgesIn(await listTable(family, 'raw'))
    // The path over a bridge cannot be tried without a container, so this checks that the rule itself comes before all others.
    if (bridge !== null && !bridges.includes(bridge)) throw exposed(`no rule of ${family} for the bridge ${bridge}`)
    const plan = confinementRules(provider, family, cgroupName[cgroups.driver], bridges)
    if (!(await rulesAreInForce(family, plan))) throw exposed(`the rules of ${family} are not in force`)
  }
}

async function assertUnreached(provider: CloudProvider, cgroups: EngineCgroups, signal: AbortSignal): Promise<void> {
  const folder = await cgroupFolder(cgroups)
  if (folder === null) throw noSuchCgroups(cgroups)
  const reached = await findReached(folder, metadataAddresses[provider], signal)
  if (reached !== null) throw exposed(`${reached} was reached from the cgroup of the workloads`)
}

async function readCgroups(engine: ConfinedEngine, signal: AbortSignal): Promise<EngineCgroups> {
  const cgroups = await engine.cgroups(signal)
  if (cgroups === null) throw exposed('the engine makes no cgroups')
  return cgroups
}

async function readSetting(engine: ConfinedEngine, name: string, signal: AbortSignal): Promise<Setting> {
  const cgroups = await readCgroups(engine, signal)
  const network = await engine.network(name, signal)
  if (network === null) throw exposed('the engine does not have the network of containers.network')
  const { driver: kind, bridge } = network
  if (kind === 'host' || kind === 'null') return { cgroups, bridge: null }
  // Over a macvlan or an overlay, a container's packets pass no rule of this machine.
  if (kind !== 'bridge' || bridge === null)
    throw exposed('the network of containers.network is neither the host’s nor a bridge')
  return { cgroups, bridge }
}

const exposed = (reason: string) => problem('METADATA_EXPOSED', { reason })
const noSuchCgroups = ({ version }: EngineCgroups) =>
  exposed(
    version === 2
      ? 'this machine has no cgroups of version 2'
      : 'the engine uses cgroups of version 1, and version 2 is not also mounted at /sys/fs/cgroup/unified',
  )
const passedBy = () =>
  exposed('a container was not in the cgroup of the workloads: the engine’s runtime did not put it there')

/** Anything that cannot be shown to hold does not hold. */
async function asProblem(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (isProblem(error)) throw error
    throw exposed(error instanceof Error ? error.message.slice(0, 300) : 'unknown')
  }
}
