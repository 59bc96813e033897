/**
 * Keeps this node's workloads from its cloud's metadata service (S14). The rules are put in place once in the agent's life; before each
 * start they are looked for and tried, and never put back: who took them away would otherwise not be noticed.
 */
import { isProblem, problem, type Provider } from '@fairlead/contract'
import type { Engine } from '../engine/engine.ts'
import type { NodePolicy } from '../policy/node-policy.ts'
import { cgroupFolder, cgroupName, cgroupParent, makeCgroup, type CgroupDriver } from './cgroup.ts'
import { familiesHere, listTable, putRules, rulesAreInForce } from './firewall.ts'
import { bridgesIn } from './plan-tables.ts'
import { findReached } from './probe.ts'
import { removeConfinement } from './remove-confinement.ts'
import { confinementRules, metadataAddresses, type CloudProvider } from './rules.ts'

/** What a start needs of it. */
export interface Confinement {
  /** What it does, where it works. */
  readonly aim: 'refused' | 'allowed' | 'none'
  /** At the agent's start: puts the rules in place, or takes them away where the node's file lets workloads through. Throws what a start would. */
  readonly prepare: (signal: AbortSignal) => Promise<void>
  /** The cgroup in which a container is to be made; null: any. */
  readonly cgroupParent: (signal: AbortSignal) => Promise<string | null>
  /** Throws METADATA_EXPOSED unless what is started now cannot reach the metadata service. */
  readonly assertInForce: (signal: AbortSignal) => Promise<void>
}

/** On `local` nodes. */
export const unconfined: Confinement = {
  aim: 'none',
  prepare: async () => undefined,
  cgroupParent: async () => null,
  assertInForce: async () => undefined,
}

type ConfinedEngine = Pick<Engine, 'cgroupDriver' | 'network'>

export function openConfinement(provider: Provider, policy: NodePolicy, engine: ConfinedEngine): Confinement {
  if (provider === 'local') return unconfined
  if (policy.workload_metadata === 'allow')
    return { ...unconfined, aim: 'allowed', prepare: () => asProblem(removeConfinement()) }
  return new CloudConfinement(provider, policy.containers.network, engine)
}

/** The way of one network's packets, and who makes the cgroup. */
interface Setting {
  readonly driver: CgroupDriver
  /** Null: the containers have the host's network, or none. */
  readonly bridge: string | null
}

class CloudConfinement implements Confinement {
  readonly aim = 'refused'
  readonly #provider: CloudProvider
  readonly #network: string
  readonly #engine: ConfinedEngine
  /** Settings whose rules this agent has put in place; another one appears where Docker's own settings change. */
  readonly #put = new Set<string>()

  constructor(provider: CloudProvider, network: string, engine: ConfinedEngine) {
    this.#provider = provider
    this.#network = network
    this.#engine = engine
  }

  async prepare(signal: AbortSignal): Promise<void> {
    const setting = await readSetting(this.#engine, this.#network, signal)
    const key = JSON.stringify(setting)
    if (this.#put.has(key)) return
    await asProblem(putInPlace(this.#provider, setting))
    this.#put.add(key)
  }

  async cgroupParent(signal: AbortSignal): Promise<string> {
    return cgroupParent[(await readSetting(this.#engine, this.#network, signal)).driver]
  }

  async assertInForce(signal: AbortSignal): Promise<void> {
    await this.prepare(signal)
    await assertConfined(this.#provider, this.#network, this.#engine, signal)
  }
}

async function putInPlace(provider: CloudProvider, { driver, bridge }: Setting): Promise<void> {
  // The rule names a cgroup that exists.
  if ((await makeCgroup(driver)) === null) throw exposed('this machine has no cgroups of version 2')
  for (const family of familiesHere()) {
    const others = bridgesIn(await listTable(family, 'raw'))
    const bridges = [...new Set([...others, ...(bridge === null ? [] : [bridge])])]
    await putRules(family, confinementRules(provider, family, cgroupName[driver], bridges))
  }
}

/** Changes nothing. */
async function assertConfined(
  provider: CloudProvider,
  network: string,
  engine: ConfinedEngine,
  signal: AbortSignal,
): Promise<void> {
  const setting = await readSetting(engine, network, signal)
  await asProblem(judge(provider, setting, signal))
}

/** For `fairlead doctor`, which looks and changes nothing: false also where it cannot be shown. A checker has no engine, and runs nothing. */
export async function isConfined(
  provider: Provider,
  policy: NodePolicy,
  engine: ConfinedEngine | null,
  signal: AbortSignal,
): Promise<boolean> {
  if (provider === 'local' || engine === null) return true
  if (policy.workload_metadata === 'allow') return false
  try {
    await assertConfined(provider, policy.containers.network, engine, signal)
    return true
  } catch (error) {
    signal.throwIfAborted()
    if (isProblem(error)) return false
    throw error
  }
}

async function judge(provider: CloudProvider, { driver, bridge }: Setting, signal: AbortSignal): Promise<void> {
  for (const family of familiesHere()) {
    const bridges = bridgesIn(await listTable(family, 'raw'))
    // The way over a bridge cannot be tried without a container: there the rule itself, before all others, is what is looked for.
    if (bridge !== null && !bridges.includes(bridge)) throw exposed(`no rule of ${family} for the bridge ${bridge}`)
    const plan = confinementRules(provider, family, cgroupName[driver], bridges)
    if (!(await rulesAreInForce(family, plan))) throw exposed(`the rules of ${family} are not in force`)
  }
  const folder = await cgroupFolder(driver)
  if (folder === null) throw exposed('this machine has no cgroups of version 2')
  const reached = await findReached(folder, metadataAddresses[provider], signal)
  if (reached !== null) throw exposed(`${reached} was reached from the cgroup of the workloads`)
}

async function readSetting(engine: ConfinedEngine, name: string, signal: AbortSignal): Promise<Setting> {
  const driver = await engine.cgroupDriver(signal)
  if (driver === null) throw exposed('the engine makes no cgroups')
  const network = await engine.network(name, signal)
  if (network === null) throw exposed('the engine does not have the network of containers.network')
  const { driver: kind, bridge } = network
  if (kind === 'host' || kind === 'null') return { driver, bridge: null }
  // Over a macvlan or an overlay a container's packets pass no rule of this machine.
  if (kind !== 'bridge' || bridge === null)
    throw exposed('the network of containers.network is neither the host’s nor a bridge')
  return { driver, bridge }
}

const exposed = (reason: string) => problem('METADATA_EXPOSED', { reason })

/** What cannot be shown to hold does not hold. */
async function asProblem(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (isProblem(error)) throw error
    throw exposed(error instanceof Error ? error.message.slice(0, 300) : 'unknown')
  }
}
