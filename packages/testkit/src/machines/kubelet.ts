/** A real kubelet on a test machine, without an API server: it runs the pods whose manifests are in a folder. */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { request } from 'undici'
import { startContainerd, type TestContainerd } from './containerd.ts'
import { aloneConfig, readOnlyPort } from './kubelet/config.ts'
import { prepareKubelet, type CredentialProviders } from './kubelet/kubelet-process.ts'
import type { Machine } from './machine.ts'
import { untilReady } from '../service.ts'

export interface KubeletOptions {
  /** Contains `kubelet`, `containerd`, its shim and `runc`. */
  binDir: string
  /** The image that holds a pod's namespaces; pulled without a login. */
  pauseImage: string
  /** One that runs on the machine; one of its own when absent. */
  containerd?: Pick<TestContainerd, 'socket' | 'logFile'>
  credentialProviders?: CredentialProviders
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
  const podsDir = join(machine.dir, 'pods')
  await mkdir(podsDir, { mode: 0o700 })
  const { socket } = containerd
  const kubelet = await prepareKubelet(machine, { binDir, socket, config: aloneConfig(podsDir), credentialProviders })
  const service = kubelet.start()
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
