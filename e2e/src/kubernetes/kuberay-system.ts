/**
 * A Kubernetes of two nodes with KubeRay's operator, whose private registry only the nodes' doors can reach: its name leads everyone else to a
 * canary. The login is in a secret manager, and the build was checked by a node.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  allEnded,
  awsSecrets,
  fairleadProgram,
  hiddenRegistry,
  isReady,
  joinAgent,
  makeImage,
  newFolder,
  onNetwork,
  prepare,
  rayVersion,
  realRay,
  startControlPlane,
  startFairleadServe,
  startKubeRay,
  startKubernetes,
  startLab,
  startWhole,
  type KubernetesNodeOptions,
  type KubernetesPod,
  type Machine,
} from '@fairlead/testkit'
import { startTaint } from './chart-system.ts'

export type KubeRaySystem = Awaited<ReturnType<typeof startKubeRaySystem>>

/** The name of the cluster environment, and of the RayCluster. */
export const clusterName = 'train'

export const startKubeRaySystem = () => startWhole(start)

async function start(parts: AsyncDisposableStack) {
  const registryKind = hiddenRegistry('registry.private.test')
  const lab = parts.use(await startLab({ on: onNetwork, registry: registryKind, secrets: awsSecrets() }))
  const { registry, network, secretName } = lab
  const policy = { allowed_registries: [registry.host] }
  // Before Kubernetes, which takes all processors to start.
  const plane = await startControlPlane(lab, { serve: startFairleadServe })
  const [cluster, ray, one, other] = await allEnded([
    startKubernetes(network),
    realRay()(),
    prepare(lab, 'node1', { policy }),
    prepare(lab, 'node2', { policy }),
  ])
  const app = await makeImage({ config: { Cmd: ['sh', '-c', 'echo hello; exec sleep infinity'] } })
  const image = await registry.push('team/ray', ray)
  for (const tag of ['1', '2', '3']) await registry.push('team/app', app, { tag })

  const toNode = async (machine: Machine, options: KubernetesNodeOptions = {}) => {
    await machine.writeHosts({ [registry.name]: registry.canary.address })
    const hosts = { [registry.name]: registry.address }
    const [node, agent] = await allEnded([
      cluster.join(machine, options),
      // It has no Docker, so it only checks builds and serves doors.
      joinAgent(lab, plane, machine, { checker: true, hosts }),
    ])
    const open = ['door', 'open', `${registry.host}/team=${secretName}`, '--engine', 'containerd']
    const opened = await machine.exec(process.execPath, [fairleadProgram, ...open])
    if (opened.status !== 0) throw new Error(`${opened.stdout}${opened.stderr}`)
    return { ...node, agent }
  }
  const nodes = await allEnded([toNode(one), toNode(other)])
  await startKubeRay(cluster)
  const file = join(newFolder('config'), 'train.yaml')
  const config = { docker_image: image.reference, ray_version: rayVersion, registry_login_secret: secretName }
  await writeFile(file, JSON.stringify(config))
  const built = await plane.fairlead('cluster-env', 'build', '-n', clusterName, file)
  if (built.status !== 0) throw new Error(`${built.stdout}${built.stderr}`)
  return {
    ...lab,
    ...plane,
    cluster,
    nodes,
    image,
    /** A machine as one more node, with an agent and its door; no pod comes before that is open. */
    async addNode(name: string) {
      const kubelet = { registerWithTaints: [{ key: startTaint, effect: 'NoSchedule' }] }
      const node = await toNode(await prepare(lab, name, { policy }), { kubelet })
      await cluster.kubectl.must(['taint', 'node', name, `${startTaint}-`])
      return node
    },
    /** The pods of the RayCluster that are ready, of its head or of its workers. */
    async readyPods(type: 'head' | 'worker') {
      const selector = encodeURIComponent(`ray.io/cluster=${clusterName},ray.io/node-type=${type}`)
      const path = `/api/v1/namespaces/default/pods?labelSelector=${selector}`
      const found = await cluster.kubectl.read<{ items: KubernetesPod[] }>(path)
      return found?.items.filter(isReady) ?? []
    },
  }
}
