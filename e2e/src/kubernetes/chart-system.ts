/**
 * A Kubernetes of two new nodes with the start taint, on which nothing of Fairlead is but the agent's image: the chart brings the rest. Their
 * private registry's name leads everyone to a canary, and the agents alone know where it is.
 */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  hiddenRegistry,
  kubernetesPrograms,
  makeImage,
  newFolder,
  onNetwork,
  prepare,
  runCommand,
  secretFiles,
  startKubernetes,
  startLab,
  startWhole,
  type KubernetesNode,
  type KubernetesNodeOptions,
} from '@fairlead/testkit'
import { agentImage, importAgentImage } from './agent-image.ts'

export type ChartSystem = Awaited<ReturnType<typeof startChartSystem>>

export const namespace = 'fairlead-system'
export const startTaint = 'fairlead.dev/agent-not-ready'
export const chartFolder = fileURLToPath(new URL('../../../deploy/helm/fairlead', import.meta.url))

/** Helm, with a home of its own. */
export async function openHelm(env: Readonly<Record<string, string>> = {}) {
  const program = join(await kubernetesPrograms(), 'helm')
  const home = newFolder('helm')
  await mkdir(home, { recursive: true })
  return (...args: string[]) => runCommand(program, args, { env: { ...env, HOME: home }, timeoutMs: 300_000 })
}

export const startChartSystem = () => startWhole(start)

async function start(parts: AsyncDisposableStack) {
  const registryKind = hiddenRegistry('registry.private.test')
  const lab = parts.use(await startLab({ on: onNetwork, registry: registryKind, secrets: secretFiles }))
  const { registry, network, secretName, ca } = lab
  const app = await makeImage({ config: { Cmd: ['sh', '-c', 'echo hello; exec sleep infinity'] } })
  for (const tag of ['1', '2', '3', '4']) await registry.push('team/app', app, { tag })
  const cluster = await startKubernetes(network)
  /** A new node, as a cloud makes it: with the start taint. */
  const addNode = async (name: string, options: KubernetesNodeOptions = {}): Promise<KubernetesNode> => {
    const machine = await prepare(lab, name)
    await machine.writeHosts({ [registry.name]: registry.canary.address })
    await writeFile(
      join(machine.etcDir, 'hosts-of-agent'),
      `127.0.0.1 localhost\n${registry.address} ${registry.name}\n`,
    )
    const kubelet = { registerWithTaints: [{ key: startTaint, effect: 'NoSchedule' }] }
    const node = await cluster.join(machine, { kubelet, ...options })
    await importAgentImage(node)
    return node
  }
  const nodes = await Promise.all(['node1', 'node2'].map((name) => addNode(name)))
  const helm = await openHelm({ KUBECONFIG: cluster.kubectl.kubeconfig })
  const chart = await chartWithHosts()
  const values = {
    image: { ...agentImage, pullPolicy: 'Never' },
    policy: {
      allowed_registries: [registry.host],
      doors: { [`${registry.host}/team`]: secretName },
      registry_ca: { [registry.host]: '/etc/fairlead-policy/registry-ca.pem' },
    },
    policyFiles: { 'registry-ca.pem': ca.caPem },
    startTaint: true,
  }
  return {
    ...lab,
    cluster,
    nodes,
    addNode,
    helm,
    /** Installs the chart or upgrades it, with these values over the usual ones, and waits for its pods. */
    async upgrade(more: object = {}) {
      const file = join(newFolder('values'), 'values.json')
      await writeFile(file, JSON.stringify({ ...values, ...more }))
      const flags = ['--install', '--create-namespace', '--namespace', namespace, '--values', file]
      return helm('upgrade', 'fairlead', chart, ...flags, '--wait', '--timeout', '4m')
    },
  }
}

/** The chart, and a file of hosts for its pods, which on real nodes have the same name servers as everybody. */
async function chartWithHosts(): Promise<string> {
  const chart = join(newFolder('chart'), 'fairlead')
  await cp(chartFolder, chart, { recursive: true })
  const mount = '            - { name: hosts, mountPath: /etc/hosts, readOnly: true }'
  const volume = '        - { name: hosts, hostPath: { path: /etc/fairlead/hosts-of-agent, type: File } }'
  const after = (line: string, more: string) => (all: string) => all.replace(line, `${line}\n${more}`)
  const hosts = [after('          volumeMounts:', mount), after('      volumes:', volume)]
  // Pods of this world have no way off their nodes.
  const way = after('      serviceAccountName: fairlead-checker', '      hostNetwork: true')
  for (const [name, edits] of Object.entries({ daemonset: hosts, checker: [...hosts, way] })) {
    const file = join(chart, 'templates', `${name}.yaml`)
    const text = await readFile(file, 'utf8')
    await writeFile(
      file,
      edits.reduce((all, edit) => edit(all), text),
    )
  }
  return chart
}
