/** Machines of a lab as their owner prepares them, and the agents that turn them into nodes. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CommandResult } from '../command.ts'
import { startFairleadAgent, type FairleadAgent, type FairleadAgentOptions } from '../fairlead/agent.ts'
import { fairleadProgram } from '../fairlead/program.ts'
import { startContainerd, type ContainerdOptions } from '../machines/containerd.ts'
import type { EngineOptions, TestEngine } from '../machines/engine.ts'
import type { Machine, MachineOptions } from '../machines/machine.ts'
import type { TestNetwork } from '../machines/network.ts'
import { newFolder } from '../run-folder.ts'
import type { FairleadServe } from '../fairlead/fairlead-serve.ts'
import type { Lab } from './lab.ts'
import type { PrivateRegistry } from './registries.ts'
import type { SecretManager } from './secret-managers.ts'

type AnyLab<Network extends TestNetwork | null = TestNetwork | null> = Lab<PrivateRegistry, SecretManager, Network>

export interface Equipment {
  readonly engine?: EngineOptions | undefined
  /** The engine keeps its images in this containerd, as where Docker's packages install both; without it, the engine starts its own. */
  readonly containerd?: ContainerdOptions | undefined
  /** What its owner's file contains in addition to what the lab needs. */
  readonly policy?: object
  /** Other registries that it must trust. */
  readonly registries?: readonly Pick<PrivateRegistry, 'host' | 'realm'>[]
}

export interface Equipped {
  readonly machine: Machine
  readonly engine: TestEngine
  /** Runs `fairlead` there. */
  readonly type: (...args: string[]) => Promise<CommandResult>
  readonly containers: () => Promise<InspectedContainer[]>
  readonly imageNames: () => Promise<string[]>
  /** Makes the next start pull again. */
  readonly forgetImages: () => Promise<void>
}

export interface InspectedContainer {
  Id: string
  Config: { Env: string[]; Labels: Record<string, string> }
  HostConfig: { Privileged: boolean; NetworkMode: string; CapDrop: string[] }
}

export interface TestNode extends Equipped {
  readonly agent: FairleadAgent
  readonly nodeId: string
}

/** A machine with its owner's file and its secrets. */
export async function prepare(
  lab: AnyLab<TestNetwork>,
  name: string,
  { init, ...equipment }: Omit<Equipment, 'engine' | 'containerd'> & MachineOptions = {},
): Promise<Machine> {
  const machine = await lab.network.machine(name, init === undefined ? {} : { init })
  await writeFile(join(machine.etcDir, 'policy.yaml'), ownerFile(lab, equipment), { mode: 0o644 })
  await lab.secrets.furnish(join(machine.etcDir, 'secrets'))
  return machine
}

/** The same with a Docker Engine; an agent there makes it a node. */
export async function equip(lab: AnyLab<TestNetwork>, name: string, equipment: Equipment = {}): Promise<Equipped> {
  const machine = await prepare(lab, name, equipment)
  const engine = await machine.startEngine(await onContainerd(machine, equipment))
  const lines = async (...args: string[]) => (await machine.mustExec('docker', args)).split('\n').filter(Boolean)
  return {
    machine,
    engine,
    type: (...args) =>
      machine.exec(process.execPath, [fairleadProgram, ...args], { env: { NO_COLOR: '1' }, timeoutMs: 100_000 }),
    async containers() {
      const ids = await lines('ps', '-aq', '--no-trunc')
      return ids.length === 0 ? [] : JSON.parse(await machine.mustExec('docker', ['inspect', ...ids]))
    },
    imageNames: () => lines('images', '--format', '{{.Repository}}:{{.Tag}}'),
    async forgetImages() {
      await machine.mustExec('sh', ['-c', 'docker images -aq | xargs -r docker rmi -f'])
    },
  }
}

async function onContainerd(machine: Machine, { engine = {}, containerd }: Equipment): Promise<EngineOptions> {
  if (containerd === undefined) return engine
  const { socket } = await startContainerd(machine, containerd)
  return { ...engine, args: [...(engine.args ?? []), '--containerd', socket] }
}

/** The agent of a machine, which makes it a node. */
export async function joinAgent(
  { use, secrets }: AnyLab,
  { serve }: { readonly serve: FairleadServe },
  machine: Machine,
  options: Partial<FairleadAgentOptions> = {},
): Promise<FairleadAgent> {
  const { provider, env } = secrets
  return use(await startFairleadAgent({ machine, serve, name: machine.name, provider, env, ...options }))
}

/** An agent on this computer that only checks builds, so it needs no engine. */
export async function startChecker(
  lab: AnyLab,
  { serve }: { readonly serve: FairleadServe },
  equipment: Omit<Equipment, 'engine'> = {},
): Promise<FairleadAgent & { readonly policy: string }> {
  const { provider, env, furnish } = lab.secrets
  const folder = newFolder('checker')
  const policy = join(folder, 'policy.yaml')
  await writeFile(policy, ownerFile(lab, equipment), { mode: 0o644 })
  const secretsDir = join(folder, 'secrets')
  await mkdir(secretsDir, { mode: 0o700 })
  await furnish(secretsDir)
  const agent = await startFairleadAgent({ serve, name: 'checker', provider, checker: true, policy, secretsDir, env })
  return Object.assign(lab.use(agent), { policy })
}

/** What a node owner's file must contain so that the lab's registries and secrets are used. */
export function ownerFile({ ca, network, registry, secrets }: AnyLab, { policy, registries = [] }: Equipment): string {
  const all = [registry, ...registries]
  const realms = all.flatMap(({ host, realm }) => (realm === null ? [] : [{ registry: host, realm }]))
  const trusted = [...all.map(({ host }) => host), ...realms.map(({ realm }) => new URL(realm).host)]
  // JSON is YAML.
  return JSON.stringify({
    registry_ca: Object.fromEntries(trusted.map((host) => [host, ca.caFile])),
    ...(realms.length > 0 && { trusted_realms: realms }),
    ...(network === null && { loopback_registries: all.map(({ host }) => `https://${host}`) }),
    disk_reserve_bytes: 0,
    ...secrets.policy,
    ...policy,
  })
}
