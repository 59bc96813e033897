/** containerd on a test machine: containerd 2 for a kubelet, containerd 1.7, or Debian's containerd 1.6. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { containerdConfig } from './containerd/config.ts'
import { engineEnv, mountDisk, type EngineDisk } from './engine.ts'
import type { Machine } from './machine.ts'
import { untilReady, type Service } from '../service.ts'

export interface ContainerdOptions {
  /** Contains `containerd` 2, its shim and `runc`; null: Debian's. */
  binDir: string | null
  /** In that folder: `containerd-1` is containerd 1.7; containerd 2 when absent. */
  program?: 'containerd' | 'containerd-1'
  /** The image that holds a pod's namespaces; pulled without a login, and only for a pod. */
  pauseImage?: string
  /** Where it looks for registries; Docker's folder when absent, its own default if null. */
  configPath?: string | null
  /** Its images are on a new, empty file system of this kind and size; in the machine's own folder when absent. */
  disk?: EngineDisk
  /** Set for its process in addition; a PATH comes after that of `binDir`. */
  env?: Record<string, string>
  /** How pods get their networks; containerd 2 only. Without it, they all are on the machine's. */
  cni?: { binDir: string; configDir: string }
  /** Layers of an image that are unpacked at the same time; containerd 2 only, where one is the default. */
  maxConcurrentUnpacks?: number
}

export interface TestContainerd extends AsyncDisposable {
  /** Its socket, on the machine. */
  readonly socket: string
  readonly logFile: string
  readonly restart: () => Promise<void>
}

export async function startContainerd(machine: Machine, options: ContainerdOptions): Promise<TestContainerd> {
  const { binDir, program = 'containerd' } = options
  const { pauseImage = 'pause.invalid/pause:1', configPath = '/etc/docker/certs.d' } = options
  const { maxConcurrentUnpacks = null, cni = null } = options
  // On this host's own file system: overlayfs cannot sit on overlayfs.
  const folder = join(machine.dir, 'containerd')
  const root = join(folder, 'root')
  await mkdir(root, { mode: 0o711, recursive: true })
  if (options.disk !== undefined) await mountDisk(machine, root, options.disk)
  const socket = '/run/containerd/containerd.sock'
  const configFile = join(folder, 'config.toml')
  const places = { folder, socket, pauseImage, configPath, maxConcurrentUnpacks, cni }
  await writeFile(
    configFile,
    containerdConfig({ ...places, version: binDir === null || program === 'containerd-1' ? 2 : 3 }),
  )
  const logFile = join(machine.dir, 'containerd.log')
  const start = async (): Promise<Service> => {
    const started = machine.spawn(binDir === null ? 'containerd' : join(binDir, program), ['--config', configFile], {
      logFile,
      env: engineEnv(binDir, options.env),
    })
    await untilReady(started, `containerd of ${machine.name} serves`, () =>
      started.log().includes('containerd successfully booted') ? true : undefined,
    )
    return started
  }
  let service = await start()
  return {
    socket,
    logFile,
    async restart() {
      await service.stop()
      service = await start()
    },
    [Symbol.asyncDispose]: () => service.stop(),
  }
}
