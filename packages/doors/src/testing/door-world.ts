/** A private registry, the secrets of several doors, and a machine with one engine and an agent: what the conformance suite of doors needs. */
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  behindProxy,
  fairleadProgram,
  inLog,
  onNetwork,
  prepare,
  secretFiles,
  startLab,
  startWhole,
  tokenRegistry,
  untilReady,
  type Machine,
  type Service,
} from '@fairlead/testkit'
import type { DoorFile, FoundEngine } from '../engines/engine-door.ts'
import { engineDoors } from '../engines/engine-doors.ts'
import { openMirrorKeys } from '../mirror/keys.ts'
import { rootOf, type TestedEngine } from './tested-engine.ts'

export const doorPort = 7464
const stateDir = '/var/lib/fairlead'

/** What the login may pull. The door of `closed` leads to a repository that it may not pull. */
const repositories = [
  'team/app',
  'team/many',
  'team/rotated',
  'team/five',
  'team/pod',
  'team/killed',
  'wrong/app',
  'mismatch/app',
] as const

export interface DoorWorldOptions {
  /** Starts the engine on its machine. */
  readonly engine: (machine: Machine, host: string) => Promise<TestedEngine>
}

export type DoorWorld = Awaited<ReturnType<typeof startDoorWorld>>

export const startDoorWorld = (options: DoorWorldOptions) => startWhole((parts) => start(parts, options))

async function start(parts: AsyncDisposableStack, { engine: startEngine }: DoorWorldOptions) {
  const registryKind = behindProxy(tokenRegistry(...repositories))
  const lab = parts.use(await startLab({ on: onNetwork, registry: registryKind, secrets: secretFiles }))
  const { login, registry, secrets } = lab
  const { host } = registry
  await secrets.put('wrong', { ...login, password: 'wrong', server: host })
  await secrets.put('mismatch', { ...login, server: 'other.example.com' })
  const machine = await prepare(lab, 'node', {
    policy: {
      allowed_registries: [host],
      doors: {
        [`${host}/team`]: lab.secretName,
        [`${host}/closed`]: lab.secretName,
        [`${host}/wrong`]: 'wrong',
        [`${host}/mismatch`]: 'mismatch',
      },
      door_port: doorPort,
    },
  })
  // Keys that are just being renewed, so that each engine trusts two authorities.
  await openMirrorKeys(machine.stateDir, Date.now() - 60 * 24 * 3600 * 1000)
  const engine = await startEngine(machine, host)
  const agent = parts.use(await startAgent(machine))
  const door = await openDoor(machine, engine, host)
  return {
    ...lab,
    machine,
    engine,
    agent,
    host,
    door,
    /** How many requests have reached the registry or its token server. */
    requests: () => registry.proxy.requests.length + registry.tokenServer.requests.length,
    /** On the machine, as on this host. */
    keys: join(machine.stateDir, 'door'),
    /** What a client on the machine gets, as root without a key unless told otherwise. */
    curl: (...args: string[]) => machine.exec('curl', ['--silent', '--show-error', '--max-time', '20', ...args]),
  }
}

interface DoorAgent extends AsyncDisposable {
  readonly kill: () => void
  readonly stop: () => Promise<void>
  readonly restart: () => Promise<void>
}

/** Of a machine that has not joined: an agent serves doors without a control plane, too. */
export async function startAgent(machine: Machine): Promise<DoorAgent> {
  const start = async (): Promise<Service> => {
    const logFile = join(machine.dir, 'agent.log')
    const started = machine.spawn(process.execPath, [fairleadProgram, 'agent', 'run'], { logFile })
    await untilReady(started, 'the agent serves doors', inLog(started, /"the doors are served"/))
    return started
  }
  let service = await start()
  return {
    kill: () => service.kill('SIGKILL'),
    stop: () => service.stop(),
    async restart() {
      await service.stop()
      service = await start()
    },
    [Symbol.asyncDispose]: () => service.stop(),
  }
}

export interface OpenDoor {
  readonly found: FoundEngine
  /** What the engine says of an image that does not exist. */
  readonly probe: (image: string) => Promise<string>
}

/** Writes the files of a door as they belong to the engine that is found on the machine. */
export async function openDoor(machine: Machine, { engine }: TestedEngine, registry: string): Promise<OpenDoor> {
  const engines = await onMachine<{ found: FoundEngine[] }>(machine, 'find')
  const found = engines.found.find((one) => one.engine === engine)
  if (found === undefined) throw new Error(`no ${engine} there: ${JSON.stringify(engines)}`)
  await writeFiles(machine, engineDoors[engine].files(registry, { port: doorPort, stateDir }, found))
  return { found, probe: (image) => onMachine(machine, 'probe', JSON.stringify({ found, image })) }
}

const program = fileURLToPath(new URL('engine-probe.ts', import.meta.url))

async function onMachine<Answer>(machine: Machine, ...args: string[]): Promise<Answer> {
  return JSON.parse(await machine.mustExec(process.execPath, [program, ...args])) as Answer
}

async function writeFiles(machine: Machine, files: readonly DoorFile[]): Promise<void> {
  for (const file of files) {
    const path = rootOf(machine) + file.path
    await mkdir(dirname(path), { recursive: true })
    // The doors of several registries share the links to the keys.
    await rm(path, { force: true })
    if ('link' in file) await symlink(file.link, path)
    else await writeFile(path, file.text)
  }
}
