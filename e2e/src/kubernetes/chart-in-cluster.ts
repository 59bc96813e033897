/**
 * The chart in a test cluster: its installation and upgrades, and nodes on which nothing of Fairlead is but the agent's image. Their private
 * registry's name leads everyone to a canary, and the agents alone know where it is.
 */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  ensureKubernetesPrograms,
  inRepository,
  newFolder,
  runCommand,
  type HiddenRegistry,
  type KubernetesNode,
  type KubernetesNodeOptions,
  type KubernetesPod,
  type Lab,
  type Machine,
  type SecretManager,
  type TestKubernetes,
  type TestNetwork,
} from '@fairlead/testkit'
import { agentImage, importAgentImage } from './agent-image.ts'

export const namespace = 'fairlead-system'
export const startTaint = 'fairlead.dev/agent-not-ready'
export const chartFolder = inRepository('deploy/helm/fairlead')

/** Where a pod of the chart has the authority of the test servers. */
export const caInPod = '/etc/fairlead-policy/test-ca.pem'
const nodeLabel = 'fairlead.test/agent'

/** Helm, with a home of its own. */
export async function openHelm(env: Readonly<Record<string, string>> = {}) {
  const program = join(await ensureKubernetesPrograms(), 'helm')
  const home = newFolder('helm')
  await mkdir(home, { recursive: true })
  return (...args: string[]) => runCommand(program, args, { env: { ...env, HOME: home }, timeoutMs: 300_000 })
}

/** `secret`: what the door's login is known by; `policy`: laid over the owner's file. */
export async function chartIn(
  cluster: TestKubernetes,
  { registry, ca, secrets }: Lab<HiddenRegistry, SecretManager, TestNetwork>,
  { secret, policy = {} }: { readonly secret: string; readonly policy?: object },
) {
  const { kubectl } = cluster
  // With its own records in ConfigMaps, a Secret in this cluster is somebody else's.
  const helm = await openHelm({ KUBECONFIG: kubectl.kubeconfig, HELM_DRIVER: 'configmap' })
  const chart = await chartForTest(secrets.env)
  const values = {
    image: { ...agentImage, pullPolicy: 'Never' },
    policy: {
      allowed_registries: [registry.host],
      doors: { [`${registry.host}/team`]: secret },
      registry_ca: { [registry.host]: caInPod },
      disk_reserve_bytes: 0,
      ...policy,
    },
    policyFiles: { 'test-ca.pem': ca.caPem },
    nodeSelector: { [nodeLabel]: 'yes' },
    startTaint: true,
  }
  const agents = () => kubectl.pods({ namespace, selector: 'app.kubernetes.io/name=fairlead-agent' })
  return {
    helm,
    /** Installs the chart or upgrades it, with these values over the usual ones, and waits for its pods. */
    async upgrade(more: object = {}) {
      const file = join(newFolder('values'), 'values.json')
      await writeFile(file, JSON.stringify({ ...values, ...more }))
      const flags = ['--install', '--create-namespace', '--namespace', namespace, '--values', file]
      return helm('upgrade', 'fairlead', chart, ...flags, '--wait', '--timeout', '4m')
    },
    agents,
    async agentOn(node: string): Promise<KubernetesPod | undefined> {
      return (await agents()).find(({ spec }) => spec.nodeName === node)
    },
    /** Whether the chart may have an agent there. */
    letAgentOn: (node: string, isWanted: boolean) =>
      kubectl.must(['label', 'node', node, isWanted ? `${nodeLabel}=yes` : `${nodeLabel}-`]),
    /** Makes a machine a new node, as a cloud does: with the start taint. */
    async addNode(machine: Machine, options: KubernetesNodeOptions = {}): Promise<KubernetesNode> {
      await machine.writeHosts({ [registry.name]: registry.canary.address })
      await writeFile(
        join(machine.etcDir, 'hosts-of-agent'),
        `127.0.0.1 localhost\n${registry.address} ${registry.name}\n`,
      )
      const kubelet = { registerWithTaints: [{ key: startTaint, effect: 'NoSchedule' }] }
      const node = await cluster.join(machine, { kubelet, ...options })
      await importAgentImage(node)
      await kubectl.must(['label', 'node', node.name, `${nodeLabel}=yes`])
      return node
    },
    /** The file of the door on a node, as seen from this host. */
    doorFile: ({ root }: KubernetesNode): string =>
      join(root, '/etc/containerd/certs.d', registry.host.replace(/:(\d+)$/, '_$1_'), 'hosts.toml'),
  }
}

/**
 * The chart, and what its pods have on real nodes by themselves: the same name servers as everybody, here a file of hosts, and from its cloud these
 * variables, which EKS adds to pods.
 */
async function chartForTest(env: Readonly<Record<string, string>>): Promise<string> {
  const chart = join(newFolder('chart'), 'fairlead')
  await cp(chartFolder, chart, { recursive: true })
  const mount = '            - { name: hosts, mountPath: /etc/hosts, readOnly: true }'
  const volume = '        - { name: hosts, hostPath: { path: /etc/fairlead/hosts-of-agent, type: File } }'
  const after = (line: string, ...more: string[]) => {
    return (all: string) => all.replace(`${line}\n`, [line, ...more, ''].join('\n'))
  }
  const hosts = [after('          volumeMounts:', mount), after('      volumes:', volume)]
  const variables = Object.entries(env).map(([name, value]) => `            - ${JSON.stringify({ name, value })}`)
  // Pods of this world have no way off their nodes.
  const way = after('      serviceAccountName: fairlead-checker', '      hostNetwork: true')
  const edits = { daemonset: [...hosts, after('          env:', ...variables)], checker: [...hosts, way] }
  for (const [name, ofFile] of Object.entries(edits)) {
    const file = join(chart, 'templates', `${name}.yaml`)
    const text = await readFile(file, 'utf8')
    await writeFile(
      file,
      ofFile.reduce((all, edit) => edit(all), text),
    )
  }
  return chart
}
