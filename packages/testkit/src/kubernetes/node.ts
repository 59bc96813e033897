/** A machine as a node of a test cluster: containerd, a kubelet, and what brings packets to pods and Services. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LocalOciImage } from '../images/local-image.ts'
import { writeOciArchive } from '../images/oci-archive.ts'
import { startContainerd, type TestContainerd } from '../machines/containerd.ts'
import { prepareKubelet, type CredentialProviders } from '../machines/kubelet/kubelet-process.ts'
import type { Machine } from '../machines/machine.ts'
import { newFolder } from '../run-folder.ts'
import { untilReady, type Service } from '../service.ts'
import type { TestCa } from '../servers/test-ca.ts'
import { grantAccess } from './access.ts'
import { nameServerAddress, podRange, podRangeOf } from './cluster-ranges.ts'
import type { Kubectl } from './kubectl.ts'

export interface KubernetesNodeOptions {
  /** Where its containerd looks for registries; `/etc/containerd/certs.d` when absent, its own default if null. */
  readonly configPath?: string | null
  readonly credentialProviders?: CredentialProviders
  /** Laid over its kubelet's configuration, such as `registerWithTaints`. */
  readonly kubelet?: object
}

export interface KubernetesNode {
  readonly name: string
  readonly machine: Machine
  /** Its file system as seen from this host, to install things into. */
  readonly root: string
  readonly containerd: TestContainerd
  readonly kubelet: {
    readonly logFile: string
    /** What it keeps, its pods' logs included. */
    readonly folder: string
    readonly restart: () => Promise<void>
  }
  /** Gives its containerd an image under a name that no registry has to know. */
  readonly importImage: (image: LocalOciImage, name: string) => Promise<void>
  /** The names of what its containerd has for pods. */
  readonly images: () => Promise<string[]>
  /** Makes the next pod pull again. */
  readonly forgetImage: (name: string) => Promise<void>
}

export interface NodeGround {
  /** Of this node among the nodes. */
  readonly number: number
  /** Contains `kubelet`, `containerd`, its shim and `runc`. */
  readonly engineDir: string
  /** Contains `kube-proxy`, `pause` and the plugins of CNI. */
  readonly binDir: string
  readonly server: string
  readonly ca: TestCa
  readonly kubectl: Kubectl
  readonly pause: LocalOciImage
}

/** Never pulled: each node gets it as a file. */
const pauseImage = 'registry.k8s.io/pause:3.10.1'

export async function startNode(
  machine: Machine,
  ground: NodeGround,
  options: KubernetesNodeOptions = {},
): Promise<KubernetesNode> {
  const { number, engineDir, binDir, server, ca, kubectl, pause } = ground
  const { configPath = '/etc/containerd/certs.d', credentialProviders } = options
  const { name } = machine
  const root = `/proc/${machine.holderPid}/root`
  const [serving, toServer, proxyToServer] = await Promise.all([
    ca.issue([name, machine.address]),
    grantAccess(server, ca, { user: `system:node:${name}`, groups: ['system:nodes'] }),
    grantAccess(server, ca, { user: 'system:kube-proxy' }),
  ])
  const cniDir = '/etc/cni/net.d'
  await mkdir(join(root, cniDir), { recursive: true })
  await mkdir(join(root, '/etc/containerd/certs.d'), { recursive: true })
  await writeFile(join(root, cniDir, '10-pods.conflist'), JSON.stringify(podNetwork(podRangeOf(number))))
  const cni = { binDir, configDir: cniDir }
  const containerd = await startContainerd(machine, { binDir: engineDir, pauseImage, configPath, cni })
  const ctr = (...args: string[]): Promise<string> =>
    machine.mustExec(join(engineDir, 'ctr'), ['--address', containerd.socket, '--namespace', 'k8s.io', ...args])
  const importImage: KubernetesNode['importImage'] = async (image, as) => {
    const file = join(newFolder('image'), 'image.tar')
    await writeOciArchive(file, image, as)
    await ctr('images', 'import', file)
  }
  await importImage(pause, pauseImage)

  const kubelet = await prepareKubelet(machine, {
    binDir: engineDir,
    socket: containerd.socket,
    credentialProviders,
    args: [`--kubeconfig=${toServer.kubeconfig}`],
    config: {
      authentication: {
        anonymous: { enabled: false },
        webhook: { enabled: true },
        x509: { clientCAFile: ca.caFile },
      },
      authorization: { mode: 'Webhook' },
      tlsCertFile: serving.certFile,
      tlsPrivateKeyFile: serving.keyFile,
      clusterDomain: 'cluster.local',
      clusterDNS: [nameServerAddress],
      ...options.kubelet,
    },
  })
  await startProxy(machine, { binDir, kubeconfig: proxyToServer.kubeconfig })
  let service = kubelet.start()
  await untilNodeIsReady(service, kubectl, name)
  return {
    name,
    machine,
    root,
    containerd,
    kubelet: {
      logFile: service.logFile,
      folder: kubelet.folder,
      async restart() {
        await service.stop()
        service = kubelet.start()
        await untilNodeIsReady(service, kubectl, name)
      },
    },
    importImage,
    images: async () => (await ctr('images', 'list', '--quiet')).split('\n').filter(Boolean),
    async forgetImage(image) {
      await ctr('images', 'remove', '--sync', image)
    },
  }
}

async function startProxy(machine: Machine, { binDir, kubeconfig }: { binDir: string; kubeconfig: string }) {
  const file = join(machine.dir, 'kube-proxy.json')
  const config = {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'iptables',
    clientConnection: { kubeconfig },
    hostnameOverride: machine.name,
    clusterCIDR: podRange,
    // They are the host's.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  }
  await writeFile(file, JSON.stringify(config))
  machine.spawn(join(binDir, 'kube-proxy'), [`--config=${file}`], { logFile: join(machine.dir, 'kube-proxy.log') })
}

function untilNodeIsReady(kubelet: Service, kubectl: Kubectl, name: string): Promise<true> {
  const ready = async (): Promise<true | undefined> => {
    const node = await kubectl.read<{ status: { conditions?: Condition[] } }>(`/api/v1/nodes/${name}`)
    return node?.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') || undefined
  }
  return untilReady(kubelet, `the node ${name} is ready`, ready, 180_000, 100)
}

interface Condition {
  readonly type: string
  readonly status: string
}

const podNetwork = (subnet: string): object => ({
  cniVersion: '1.0.0',
  name: 'pods',
  plugins: [
    {
      type: 'bridge',
      bridge: 'cni0',
      isGateway: true,
      isDefaultGateway: true,
      hairpinMode: true,
      ipMasq: false,
      ipam: { type: 'host-local', dataDir: '/run/cni-ipam', ranges: [[{ subnet }]] },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
})
