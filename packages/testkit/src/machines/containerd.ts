/** containerd on a test machine: containerd 2 for a kubelet, or Debian's containerd 1.6. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { containerdConfig } from './containerd/config.ts'
import type { Machine } from './machine.ts'
import { untilReady, type Service } from '../service.ts'

export interface ContainerdOptions {
  /** Contains `containerd` 2, its shim and `runc`; null: Debian's. */
  binDir: string | null
  /** The image that holds a pod's namespaces; pulled without a login, and only for a pod. */
  pauseImage?: string
  /** Where it looks for registries; Docker's folder when absent, its own default if null. */
  configPath?: string | null
}

export interface TestContainerd extends AsyncDisposable {
  /** Its socket, on the machine. */
  readonly socket: string
  readonly logFile: string
  readonly restart: () => Promise<void>
}

export async function startContainerd(machine: Machine, options: ContainerdOptions): Promise<TestContainerd> {
  const { binDir, pauseImage = 'pause.invalid/pause:1', configPath = '/etc/docker/certs.d' } = options
  // On this host's own file system: overlayfs cannot sit on overlayfs.
  const folder = join(machine.dir, 'containerd')
  await mkdir(folder, { mode: 0o711 })
  const socket = '/run/containerd/containerd.sock'
  const configFile = join(folder, 'config.toml')
  const places = { folder, socket, pauseImage, configPath }
  await writeFile(configFile, containerdConfig({ ...places, version: binDir === null ? 2 : 3 }))
  const logFile = join(machine.dir, 'containerd.log')
  const start = async (): Promise<Service> => {
    const started = machine.spawn(
      binDir === null ? 'containerd' : join(binDir, 'containerd'),
      ['--config', configFile],
      {
        logFile,
        env: { PATH: `${binDir === null ? '' : `${binDir}:`}/usr/sbin:/usr/bin:/sbin:/bin` },
      },
    )
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
