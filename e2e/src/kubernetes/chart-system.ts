/** A Kubernetes of two new nodes on which the chart is not installed yet; the login of their registry is in files. */
import {
  hiddenRegistry,
  makeImage,
  onNetwork,
  prepare,
  secretFiles,
  startKubernetes,
  startLab,
  startWhole,
  type KubernetesNodeOptions,
} from '@fairlead/testkit'
import { chartIn } from './chart-in-cluster.ts'

export type ChartSystem = Awaited<ReturnType<typeof startChartSystem>>

export const startChartSystem = () => startWhole(start)

async function start(parts: AsyncDisposableStack) {
  const registryKind = hiddenRegistry('registry.private.test')
  const lab = parts.use(await startLab({ on: onNetwork, registry: registryKind, secrets: secretFiles }))
  const app = await makeImage({ config: { Cmd: ['sh', '-c', 'echo hello; exec sleep infinity'] } })
  for (const tag of ['1', '4']) await lab.registry.push('team/app', app, { tag })
  const cluster = await startKubernetes(lab.network)
  const chart = await chartIn(cluster, lab, { secret: lab.secretName })
  const addNode = async (name: string, options: KubernetesNodeOptions = {}) =>
    chart.addNode(await prepare(lab, name), options)
  const nodes = await Promise.all(['node1', 'node2'].map((name) => addNode(name)))
  return { ...lab, cluster, chart, nodes, addNode }
}
