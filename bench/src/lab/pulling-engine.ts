/** The engines whose pulls are compared, each on a machine of its own with a cold disk: by a person's own commands, and by Fairlead. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  enginePrograms,
  fairleadProgram,
  inLog,
  untilReady,
  type CommandOptions,
  type ContainerdOptions,
  type Equipment,
  type Machine,
} from '@fairlead/testkit'
import { cpuMsOn } from '../process-usage.ts'
import { loginAndPull } from './docker-by-hand.ts'
import { nodePolicy, type Lab } from './lab.ts'

export const engineNames = ['debian', 'docker', 'docker-on-containerd', 'containerd'] as const

export type EngineName = (typeof engineNames)[number]

export interface EngineSettings {
  /** The folder of `igzip`; null: it is not used. */
  readonly igzip: string | null
  /** Layers that containerd unpacks at the same time. */
  readonly unpacks: number
}

export interface Spent {
  readonly wallMs: number
  /** Of everything on the machine: the command, the engine and the agent. */
  readonly cpuMs: number
}

export interface Way {
  readonly commands: string
  /** On a new machine with a cold disk. */
  readonly pull: () => Promise<Spent>
}

export interface PullingEngine {
  readonly name: string
  readonly byHand: Way
  readonly byFairlead: Way
}

export async function pullingEngine(name: EngineName, settings: EngineSettings, lab: Lab): Promise<PullingEngine> {
  const shown = nameOf(name, settings)
  if (name === 'containerd') return { name: shown, ...containerd(lab, await containerdWith(settings)) }
  const machine = await machineWith(name, settings)
  const byFairlead = name === 'docker' ? dockerThroughDoor(lab, machine) : fairleadPull(lab, machine)
  return { name: shown, byHand: dockerByHand(lab, machine), byFairlead }
}

/** For people. */
export function nameOf(name: EngineName, { unpacks }: EngineSettings): string {
  const containerdName = unpacks === 1 ? 'containerd 2' : `containerd 2, ${unpacks} layers at a time`
  const names = {
    debian: 'Debian’s Docker',
    docker: 'Docker 29',
    'docker-on-containerd': `Docker 29 on ${containerdName}`,
    containerd: containerdName,
  }
  return names[name]
}

/** The Docker of a machine, and the containerd in which it keeps its images if that is not its own. */
export async function machineWith(
  name: Exclude<EngineName, 'containerd'>,
  settings: EngineSettings,
): Promise<Equipment> {
  const env = decompressor(settings)
  if (name === 'debian') return { engine: { binDir: null, env } }
  const engine = { binDir: await enginePrograms(), env }
  return name === 'docker' ? { engine } : { engine, containerd: await containerdWith(settings) }
}

const containerdWith = async (settings: EngineSettings) => ({
  binDir: await enginePrograms(),
  env: decompressor(settings),
  maxConcurrentUnpacks: settings.unpacks,
})

const dockerByHand = (lab: Lab, equipment: Equipment): Way => ({
  commands: 'docker login, docker pull',
  async pull() {
    await using alone = await lab.newMachine(equipment)
    return await spent(lab, alone.machine, () => loginAndPull(alone.machine, lab))
  },
})

const fairleadPull = (lab: Lab, equipment: Equipment): Way => ({
  commands: 'fairlead pull',
  async pull() {
    await using alone = await lab.newMachine(equipment)
    const flags = ['--registry-login-secret', lab.secretName, '--provider', 'local']
    return await spent(lab, alone.machine, () => fairlead(alone.machine, 'pull', lab.image.reference, ...flags))
  },
})

const dockerThroughDoor = (lab: Lab, equipment: Equipment): Way => ({
  commands: 'docker pull through a door',
  async pull() {
    await using alone = await lab.newMachine({ ...equipment, policy: policyWithDoor(lab) })
    return await spentThroughDoor(lab, alone.machine, 'docker', ['docker', 'pull', '--quiet', lab.image.reference])
  },
})

function containerd(lab: Lab, options: ContainerdOptions & { binDir: string }): Omit<PullingEngine, 'name'> {
  const pull = [join(options.binDir, 'ctr'), 'images', 'pull', '--hosts-dir', '/etc/docker/certs.d']
  const { username, password } = lab.login
  return {
    byHand: {
      commands: 'ctr images pull --user',
      async pull() {
        await using alone = await lab.newContainerd(options)
        const command = [...pull, '--user', `${username}:${password}`, lab.image.reference]
        return await spent(lab, alone.machine, () => run(alone.machine, command))
      },
    },
    byFairlead: {
      commands: 'ctr images pull through a door',
      async pull() {
        await using alone = await lab.newContainerd(options, policyWithDoor(lab))
        return await spentThroughDoor(lab, alone.machine, 'containerd', [...pull, lab.image.reference])
      },
    },
  }
}

/** The folder in which this machine has Debian's `isal`. */
export function findIgzip(): string {
  const folders = (process.env['PATH'] ?? '').split(':')
  const igzip = folders.map((folder) => join(folder, 'igzip')).find(existsSync)
  if (igzip === undefined) throw new Error('--isal needs igzip: on Debian and Ubuntu, apt-get install isal')
  return dirname(igzip)
}

/** Where there is no igzip, containerd takes pigz. */
const decompressor = ({ igzip }: EngineSettings): Record<string, string> =>
  igzip === null ? { CONTAINERD_DISABLE_IGZIP: '1' } : { PATH: `${igzip}:/usr/sbin:/usr/bin:/sbin:/bin` }

const policyWithDoor = ({ registry: { host }, secretName }: Lab) => ({
  ...nodePolicy,
  allowed_registries: [host],
  doors: { [host]: secretName },
})

async function spentThroughDoor(
  lab: Lab,
  machine: Machine,
  engine: 'docker' | 'containerd',
  command: readonly string[],
): Promise<Spent> {
  await using _agent = await startAgent(machine)
  await fairlead(machine, 'door', 'open', '--engine', engine)
  return await spent(lab, machine, () => run(machine, command))
}

async function spent(lab: Lab, machine: Machine, work: () => Promise<unknown>): Promise<Spent> {
  await lab.settle()
  const [began, before] = [performance.now(), cpuMsOn(machine.holderPid)]
  await work()
  return { wallMs: performance.now() - began, cpuMs: cpuMsOn(machine.holderPid) - before }
}

const options: CommandOptions = { timeoutMs: 600_000 }

const run = (machine: Machine, [program = '', ...args]: readonly string[]): Promise<string> =>
  machine.mustExec(program, args, options)

const fairlead = (machine: Machine, ...args: string[]): Promise<string> =>
  machine.mustExec(process.execPath, [fairleadProgram, ...args], options)

async function startAgent(machine: Machine): Promise<AsyncDisposable> {
  const logFile = join(machine.dir, 'agent.log')
  const agent = machine.spawn(process.execPath, [fairleadProgram, 'agent', 'run'], { logFile })
  await untilReady(agent, 'the agent serves doors', inLog(agent, /"the doors are served"/), 120_000)
  return { [Symbol.asyncDispose]: () => agent.stop() }
}
