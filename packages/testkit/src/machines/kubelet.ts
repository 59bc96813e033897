/** A real kubelet on a test machine, without an API server: it runs the pods whose manifests are in a folder. */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { request } from 'undici'
import { startContainerd, type TestContainerd } from './containerd.ts'
import { kernelSettings, kubeletConfig, readOnlyPort } from './kubelet/config.ts'
import type { Machine } from './machine.ts'
import { untilReady } from '../service.ts'

export interface KubeletOptions {
  /** Contains `kubelet`, `containerd`, its shim and `runc`. */
  binDir: string
  /** The image that holds a pod's namespaces; pulled without a login. */
  pauseImage: string
  /** One that runs on the machine; one of its own when absent. */
  containerd?: Pick<TestContainerd, 'socket' | 'logFile'>
  /** What `--image-credential-provider-config` and `--image-credential-provider-bin-dir` name. */
  credentialProviders?: { configFile: string; binDir: string }
}

export interface KubeletPod {
  metadata: { name: string }
  status: {
    phase?: string
    containerStatuses?: {
      imageID: string
      state: { running?: object; waiting?: { reason: string; message?: string } }
    }[]
  }
}

export interface TestKubelet extends AsyncDisposable {
  readonly logFile: string
  readonly containerdLogFile: string
  /** Puts the manifest of a pod on the host's network, with one container of this image, into the kubelet's folder. */
  readonly addPod: (name: string, image: string) => Promise<void>
  readonly removePod: (name: string) => Promise<void>
  /** Undefined if it has not started that pod. */
  readonly pod: (name: string) => Promise<KubeletPod | undefined>
}

export async function startKubelet(machine: Machine, options: KubeletOptions): Promise<TestKubelet> {
  const { binDir, pauseImage, credentialProviders } = options
  const containerd =
    options.containerd === undefined
      ? await startContainerd(machine, { binDir, pauseImage })
      : { ...options.containerd, [Symbol.asyncDispose]: () => Promise.resolve() }
  const folder = join(machine.dir, 'kubelet')
  const podsDir = join(folder, 'pods')
  const podLogsDir = join(folder, 'pod-logs')
  await Promise.all([podsDir, podLogsDir].map((path) => mkdir(path, { recursive: true, mode: 0o700 })))
  await keepFromHost(machine, join(folder, 'settings'))
  const configFile = join(folder, 'config.json')
  const places = { podsDir, podLogsDir, volumePluginDir: join(folder, 'plugins'), socket: containerd.socket }
  await writeFile(configFile, JSON.stringify(kubeletConfig({ ...places, cgroup: await claimCgroup(machine) })))
  const service = machine.spawn(
    join(binDir, 'kubelet'),
    [
      `--config=${configFile}`,
      `--root-dir=${join(folder, 'root')}`,
      `--cert-dir=${join(folder, 'certificates')}`,
      `--node-ip=${machine.address}`,
      `--hostname-override=${machine.name}`,
      ...providerFlags(credentialProviders),
    ],
    { logFile: join(machine.dir, 'kubelet.log') },
  )
  const pods = async (): Promise<KubeletPod[]> => {
    const { body } = await request(`http://${machine.address}:${readOnlyPort}/pods`)
    return ((await body.json()) as { items: KubeletPod[] | null }).items ?? []
  }
  await untilReady(
    service,
    `the kubelet of ${machine.name} answers`,
    () => pods().catch(() => undefined), // not listening yet
    60_000,
  )
  const manifestOf = (name: string): string => join(podsDir, `${name}.json`)
  return {
    logFile: service.logFile,
    containerdLogFile: containerd.logFile,
    addPod: (name, image) => writeFile(manifestOf(name), JSON.stringify(podOf(name, image))),
    removePod: (name) => rm(manifestOf(name)),
    async pod(name) {
      return (await pods()).find((pod) => pod.metadata.name === `${name}-${machine.name}`)
    },
    async [Symbol.asyncDispose]() {
      await service.stop()
      await containerd[Symbol.asyncDispose]()
    },
  }
}

function providerFlags(providers: KubeletOptions['credentialProviders']): string[] {
  if (providers === undefined) return []
  return [
    `--image-credential-provider-config=${providers.configFile}`,
    `--image-credential-provider-bin-dir=${providers.binDir}`,
  ]
}

function podOf(name: string, image: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      hostNetwork: true,
      terminationGracePeriodSeconds: 0,
      containers: [{ name: 'main', image, imagePullPolicy: 'Always' }],
    },
  }
}

/** The machine differs from this host only by namespaces: what a kubelet would change on the host is already done. */
async function keepFromHost(machine: Machine, settings: string): Promise<void> {
  await mkdir(settings, { recursive: true })
  for (const [path, value] of Object.entries(kernelSettings)) {
    const file = join(settings, basename(path))
    await writeFile(file, `${value}\n`)
    await machine.mustExec('mount', ['--bind', file, path])
  }
  // It links its pods' logs there.
  await machine.mustExec('mount', ['-t', 'tmpfs', 'tmpfs', '/var/log'])
}

/** A name for the cgroup of all its pods. It is where Docker's containers are, so the machine removes what remains when it ends. */
async function claimCgroup(machine: Machine): Promise<string> {
  const cgroup = basename(machine.dir) + `-${machine.holderPid}-pods`
  await mkdir(join(machine.dir, 'docker', 'containers', cgroup), { recursive: true })
  return cgroup
}
