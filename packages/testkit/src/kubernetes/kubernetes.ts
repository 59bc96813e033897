/**
 * A real Kubernetes on test machines: a control plane, and nodes with kubelets, from the programs that `ensureKubernetesPrograms` builds.
 * Nothing of it is on this host's own network, and it has no uplink. It ends with its machines.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from '../deadline.ts'
import { enginePrograms, ensureKubernetesPrograms } from '../go-programs.ts'
import type { LocalOciImage } from '../images/local-image.ts'
import { makeImage } from '../images/make-image.ts'
import type { Machine } from '../machines/machine.ts'
import type { TestNetwork } from '../machines/network.ts'
import { createCa, type TestCa } from '../servers/test-ca.ts'
import { grantAccess, type Subject } from './access.ts'
import { podRange, podRangeOf } from './cluster-ranges.ts'
import { startControlPlane } from './control-plane.ts'
import { kubectlOf, type Kubectl } from './kubectl.ts'
import { startNode, type KubernetesNode, type KubernetesNodeOptions } from './node.ts'

export interface TestKubernetes {
  /** Of the API server. It is also the issuer of service accounts' tokens, and tells anyone the keys to verify them. */
  readonly server: string
  /** Who signed what its programs are known by. */
  readonly ca: TestCa
  /** May do everything. */
  readonly kubectl: Kubectl
  /** As a user with only the rights that a test gave it. */
  readonly as: (subject: Subject) => Promise<Kubectl>
  /** The machine of the control plane. */
  readonly control: Machine
  /** Where etcd has all that Kubernetes knows. */
  readonly etcdFolder: string
  /** Where the programs are. */
  readonly binDir: string
  /** Makes a machine of the same network a node. */
  readonly join: (machine: Machine, options?: KubernetesNodeOptions) => Promise<KubernetesNode>
}

export async function startKubernetes(network: TestNetwork): Promise<TestKubernetes> {
  const [binDir, engineDir] = await Promise.all([ensureKubernetesPrograms(), enginePrograms()])
  const ca = await createCa(undefined, 'Kubernetes')
  const pause = await pauseFrom(binDir)
  const machine = await network.machine('kubernetes')
  const { server, kubectl, etcdFolder } = await startControlPlane(machine, { binDir, ca })
  await eventually(
    () => kubectl.read('/api/v1/namespaces/default/serviceaccounts/default'),
    // Before it exists, every pod is refused.
    { what: 'the default service account exists', timeoutMs: 180_000, everyMs: 100 },
  )
  const machines: Machine[] = []
  return {
    server,
    ca,
    kubectl,
    as: async (subject) => kubectlOf(binDir, await grantAccess(server, ca, subject)),
    control: machine,
    etcdFolder,
    binDir,
    async join(node, options) {
      const others = [...machines]
      const number = machines.push(node)
      await connectPods(machine, node, number, others)
      return startNode(node, { number, engineDir, binDir, server, ca, kubectl, pause }, options)
    },
  }
}

/** What holds the network of each pod. */
async function pauseFrom(binDir: string): Promise<LocalOciImage> {
  const pause = { content: await readFile(join(binDir, 'pause')), mode: 0o755 }
  return makeImage({ base: 'none', files: { pause }, config: { Entrypoint: ['/pause'], Cmd: [] } })
}

/** Routes between all pods, and for those of a node to whatever the node itself reaches, as from the node. */
async function connectPods(control: Machine, node: Machine, number: number, others: readonly Machine[]): Promise<void> {
  const routes = others.map((other, index) => `ip route add ${podRangeOf(index + 1)} via ${other.address}`)
  const setUp = [
    'echo 1 > /proc/sys/net/ipv4/ip_forward',
    // Else a pod's call of a Service on its own node goes past the rules of Services.
    '[ ! -e /proc/sys/net/bridge ] || echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables',
    `ip route add default via ${control.address}`,
    ...routes,
    `iptables -w -t nat -A POSTROUTING -s ${podRange} ! -d ${podRange} -j MASQUERADE`,
  ]
  await node.mustExec('sh', ['-ec', setUp.join('\n')])
  const toNode = ['route', 'replace', podRangeOf(number), 'via', node.address]
  await Promise.all([control, ...others].map((machine) => machine.mustExec('ip', toNode)))
}
