/**
 * A Kubernetes of two nodes with KubeRay's operator and the chart, whose private registry only the nodes' doors can reach: its name leads everyone
 * else to a canary. The login is in AWS's secret manager, and the build was checked by a node that is none of Kubernetes.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  allEnded,
  awsSecrets,
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
} from '@fairlead/testkit'
import { caInPod, chartIn } from './chart-in-cluster.ts'

export type KubeRaySystem = Awaited<ReturnType<typeof startKubeRaySystem>>

/** The name of the cluster environment, and of the RayCluster. */
export const clusterName = 'train'

export const startKubeRaySystem = () => startWhole(start)

async function start(parts: AsyncDisposableStack) {
  const registryKind = hiddenRegistry('registry.private.test')
  const lab = parts.use(await startLab({ on: onNetwork, registry: registryKind, secrets: awsSecrets() }))
  const { registry, network, secrets, secretName, login } = lab
  // Before Kubernetes, which takes all processors to start.
  const plane = await startControlPlane(lab, { serve: startFairleadServe })
  const checker = await prepare(lab, 'checker', { policy: { allowed_registries: [registry.host] } })
  await joinAgent(lab, plane, checker, { checker: true, hosts: { [registry.name]: registry.address } })
  const cluster = await startKubernetes(network)
  // By its ARN: agents that have not joined know by it where to ask.
  const { arn } = await secrets.moto.updateSecret(secretName, { ...login, server: registry.host })
  const chart = await chartIn(cluster, lab, { secret: arn, policy: { secret_manager_ca: caInPod } })
  const addNode = async (name: string) => chart.addNode(await prepare(lab, name))
  const ray = await realRay()()
  const app = await makeImage({ config: { Cmd: ['sh', '-c', 'echo hello; exec sleep infinity'] } })
  const image = await registry.push('team/ray', ray)
  for (const tag of ['1', '2', '3']) await registry.push('team/app', app, { tag })
  const nodes = await allEnded([addNode('node1'), addNode('node2')])
  const [installed] = await allEnded([chart.upgrade(), startKubeRay(cluster)])
  if (installed.status !== 0) throw new Error(`${installed.stdout}${installed.stderr}`)
  const file = join(newFolder('config'), 'train.yaml')
  const config = { docker_image: image.reference, ray_version: rayVersion, registry_login_secret: secretName }
  await writeFile(file, JSON.stringify(config))
  const built = await plane.fairlead('cluster-env', 'build', '-n', clusterName, file)
  if (built.status !== 0) throw new Error(`${built.stdout}${built.stderr}`)
  return {
    ...lab,
    ...plane,
    cluster,
    chart,
    nodes,
    image,
    addNode,
    /** The pods of the RayCluster that are ready, of its head or of its workers. */
    async readyPods(type: 'head' | 'worker') {
      const selector = `ray.io/cluster=${clusterName},ray.io/node-type=${type}`
      return (await cluster.kubectl.pods({ selector })).filter(isReady)
    },
  }
}
