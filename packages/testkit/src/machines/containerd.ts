/** containerd 2 on a test machine, for a kubelet. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { containerdConfig } from './containerd/config.ts'
import type { Machine } from './machine.ts'
import { untilReady, type Service } from '../service.ts'

export interface ContainerdOptions {
  /** Contains `containerd`, its shim and `runc`. */
  binDir: string
  /** The image that holds a pod's namespaces; pulled without a login. */
  pauseImage: string
}

export interface TestContainerd extends AsyncDisposable {
  /** Its socket, on the machine. */
  readonly socket: string
  readonly logFile: string
}

export async function startContainerd(machine: Machine, options: ContainerdOptions): Promise<TestContainerd> {
  const { binDir, pauseImage } = options
  // On this host's own file system: overlayfs cannot sit on overlayfs.
  const folder = join(machine.dir, 'containerd')
  await mkdir(folder, { mode: 0o711 })
  const socket = '/run/containerd/containerd.sock'
  const configFile = join(folder, 'config.toml')
  await writeFile(configFile, containerdConfig({ folder, socket, pauseImage }))
  const service: Service = machine.spawn(join(binDir, 'containerd'), ['--config', configFile], {
    logFile: join(machine.dir, 'containerd.log'),
    env: { PATH: `${binDir}:/usr/sbin:/usr/bin:/sbin:/bin` },
  })
  await untilReady(service, `containerd of ${machine.name} serves`, () =>
    service.log().includes('containerd successfully booted') ? true : undefined,
  )
  return { socket, logFile: service.logFile, [Symbol.asyncDispose]: service.stop }
}
