/** A separate Docker Engine on a test machine. */
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { engineApi } from './engine-api.ts'
import type { CommandOptions } from '../command.ts'
import { untilReady, type Service } from '../service.ts'

/** What an engine needs from the machine that it runs on. */
export interface EngineHost {
  readonly name: string
  readonly dir: string
  readonly runDir: string
  readonly dockerEtcDir: string
  readonly spawn: (
    command: string,
    args: readonly string[],
    options: { logFile: string; graceMs: number; env: Record<string, string> },
  ) => Service
  readonly mustExec: (command: string, args: readonly string[], options?: CommandOptions) => Promise<string>
}

export interface EngineDisk {
  kind: 'ext4' | 'tmpfs'
  bytes: number
}

export interface EngineOptions {
  /** Its images are on a new, empty file system of this kind and size; in the machine's own folder when absent. */
  disk?: EngineDisk
  /** The engine's `daemon.json`. */
  config?: Record<string, unknown>
  args?: readonly string[]
  command?: string
  /** Set for the engine in addition; a PATH comes after that of `binDir`. */
  env?: Record<string, string>
  /** An engine with its own containerd and runc: a folder to put first on its PATH; null: Debian's. FAIRLEAD_ENGINE_BIN when absent. */
  binDir?: string | null
}

export interface TestEngine extends AsyncDisposable {
  /** Its socket as seen from this host; on the machine it is the usual `/var/run/docker.sock`. */
  readonly socket: string
  /** A path below the machine's `/run`, as seen from this host. */
  readonly onHost: (path: string) => string
  readonly pid: number
  readonly logFile: string
  readonly version: string
  readonly kill: (signal?: NodeJS.Signals) => void
  /** Removes every container, then stops. Its images stay, unless they are on a separate disk. */
  readonly stop: () => Promise<void>
  /** Stops, containers included, and starts again on the same images. */
  readonly restart: () => Promise<void>
  /** Stops without removing its containers, as when the machine shuts down. */
  readonly halt: () => Promise<void>
  readonly start: () => Promise<void>
}

export async function startEngine(machine: EngineHost, options: EngineOptions = {}): Promise<TestEngine> {
  const { config = {}, args = [], disk, binDir = process.env['FAIRLEAD_ENGINE_BIN'] ?? null } = options
  const command = options.command ?? (binDir === null ? 'dockerd' : join(binDir, 'dockerd'))
  await writeFile(join(machine.dockerEtcDir, 'daemon.json'), JSON.stringify(config))
  if (disk !== undefined) await mountDisk(machine, '/var/lib/docker', disk)
  const socket = join(machine.runDir, 'docker.sock')
  const api = engineApi(socket)
  let service: Service | undefined
  let version = ''

  const start = async (): Promise<void> => {
    // Left by a killed engine: with few process ids on a machine, another process may have its number by now.
    await rm(join(machine.runDir, 'docker.pid'), { force: true })
    service = machine.spawn(command, args, {
      logFile: join(machine.dir, 'engine.log'),
      graceMs: 20_000,
      // The engine takes containerd from PATH, where another one may be first.
      env: engineEnv(binDir, options.env),
    })
    version = await untilReady(service, `the engine of ${machine.name} answers`, api.version, 60_000)
  }
  const halt = async (): Promise<void> => {
    await service?.stop()
  }
  const stop = async (): Promise<void> => {
    if (service === undefined || service.exitCode !== undefined) return
    try {
      await api.removeAllContainers()
    } finally {
      await halt()
    }
  }
  await start()
  return {
    socket,
    onHost: (path) => join(machine.runDir, path.replace(/^(?:\/var)?\/run\//, '')),
    get pid() {
      return service?.pid ?? -1
    },
    logFile: join(machine.dir, 'engine.log'),
    get version() {
      return version
    },
    kill: (signal) => service?.kill(signal),
    stop,
    async restart() {
      await halt()
      await start()
    },
    halt,
    start,
    [Symbol.asyncDispose]: stop,
  }
}

const usualPath = '/usr/sbin:/usr/bin:/sbin:/bin'

/** What an engine's process needs: its own programs before those of the machine. */
export function engineEnv(binDir: string | null, env: Record<string, string> = {}): Record<string, string> {
  const path = env['PATH'] ?? usualPath
  return { ...env, PATH: binDir === null ? path : `${binDir}:${path}` }
}

export async function mountDisk(
  machine: Pick<EngineHost, 'dir' | 'mustExec'>,
  place: string,
  { kind, bytes }: EngineDisk,
): Promise<void> {
  if (kind === 'tmpfs') {
    await machine.mustExec('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', place])
    return
  }
  const image = join(machine.dir, 'disk.ext4')
  await machine.mustExec('sh', [
    '-ec',
    'umount -q "$2" || true; rm -f "$1"; truncate -s "$3" "$1"; mkfs.ext4 -q -F -E lazy_itable_init=1 "$1"; mount -o loop "$1" "$2"',
    'sh',
    image,
    place,
    String(bytes),
  ])
}
