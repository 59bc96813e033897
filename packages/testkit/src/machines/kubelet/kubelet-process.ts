/** A kubelet's process on a test machine, which differs from this host only by namespaces. */
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Service } from '../../service.ts'
import type { Machine } from '../machine.ts'
import { kernelSettings, kubeletConfig } from './config.ts'

export interface KubeletProcessOptions {
  /** Contains `kubelet`. */
  readonly binDir: string
  /** Of its containerd. */
  readonly socket: string
  /** Laid over what every kubelet of a test has. */
  readonly config: object
  readonly args?: readonly string[]
  readonly credentialProviders?: CredentialProviders | undefined
}

/** What `--image-credential-provider-config` and `--image-credential-provider-bin-dir` name. */
export interface CredentialProviders {
  readonly configFile: string
  readonly binDir: string
}

export interface KubeletProcess {
  /** What it keeps, its pods' logs included. */
  readonly folder: string
  readonly start: () => Service
}

/** Once for each machine. */
export async function prepareKubelet(
  machine: Machine,
  { binDir, socket, config, args = [], credentialProviders }: KubeletProcessOptions,
): Promise<KubeletProcess> {
  const folder = join(machine.dir, 'kubelet')
  const podLogsDir = join(folder, 'pod-logs')
  await mkdir(podLogsDir, { recursive: true, mode: 0o700 })
  await keepFromHost(machine, join(folder, 'settings'))
  const places = { socket, podLogsDir, volumePluginDir: join(folder, 'plugins') }
  const configFile = join(folder, 'config.json')
  await writeFile(configFile, JSON.stringify({ ...kubeletConfig(places), ...config }))
  const start = (): Service =>
    machine.spawn(
      join(binDir, 'kubelet'),
      [
        `--config=${configFile}`,
        `--root-dir=${join(folder, 'root')}`,
        `--cert-dir=${join(folder, 'certificates')}`,
        `--node-ip=${machine.address}`,
        `--hostname-override=${machine.name}`,
        ...providerFlags(credentialProviders),
        ...args,
      ],
      { logFile: join(machine.dir, 'kubelet.log') },
    )
  return { folder, start }
}

function providerFlags(providers: CredentialProviders | undefined): string[] {
  if (providers === undefined) return []
  return [
    `--image-credential-provider-config=${providers.configFile}`,
    `--image-credential-provider-bin-dir=${providers.binDir}`,
  ]
}

/** What a kubelet would change on the host is already done. */
async function keepFromHost(machine: Machine, settings: string): Promise<void> {
  await mkdir(settings, { recursive: true })
  const binds = Object.entries(kernelSettings).map(([path, value]) => {
    const file = join(settings, basename(path))
    return `echo ${value} > ${file}; mount --bind ${file} ${path}`
  })
  // It links its pods' logs there.
  await machine.mustExec('sh', ['-ec', [...binds, 'mount -t tmpfs tmpfs /var/log'].join('\n')])
}
