/** Two nodes and a registry whose answers can be made slow, so that clusters start, wait and fail before the eyes of a browser. */
import { cliJson, makeFakeRayImage, pushImage, startFairleadServe, startFaultProxy } from '@fairlead/testkit'
import { rayVersion, startLab } from '../lab.ts'
import { startSystem } from '../start-system.ts'

const layerBytes = 24_000_000

export type ClusterSystem = Awaited<ReturnType<typeof startClusterSystem>>

export const startClusterSystem = () => startSystem(start)

async function start(parts: AsyncDisposableStack) {
  const lab = await startLab(parts, startFairleadServe)
  const { login, network, host, ca, serve, access, fairlead, untilCluster } = lab
  const registry = await lab.registry()
  const proxy = parts.use(await startFaultProxy({ target: registry, host, tls: ca }))
  const image = await makeFakeRayImage({ rayVersion, layers: [{ randomBytes: layerBytes }] })
  await pushImage(registry, 'team/trainer', '1', image, login)

  const nodes = await Promise.all(
    ['node-1', 'node-2'].map((name) => lab.machine(name, [proxy.host], { share_logs: true })),
  )
  /** On both nodes. */
  const writeSecret = async (name: string, server: string) => {
    for (const node of nodes) await node.writeSecret(name, { ...login, server })
  }
  await writeSecret('login', proxy.host)
  const agents = await Promise.all(nodes.map((node) => node.join()))

  return {
    network,
    agents,
    serve,
    registryHost: proxy.host,
    writeSecret,
    fairlead,
    untilCluster,
    tokenOf: async (role: 'viewer' | 'developer') =>
      (await cliJson<{ token: string }>(['token', 'create', '-n', role, '--role', role], access)).token,
    /** Layers come at this rate until what is given back is disposed of. */
    slowLayers: (bytesPerSecond: number): Disposable =>
      proxy.inject({ method: 'GET', path: /\/blobs\//, fault: { kind: 'slow', bytesPerSecond } }),
    async build(name: string, config: object = {}) {
      const { status, stderr } = await lab.build(name, `${proxy.host}/team/trainer:1`, config)
      if (status !== 0) throw new Error(`${name} was not built: ${stderr}`)
    },
    /** Removes the image from both engines, so that a start pulls again. */
    async forgetImages() {
      for (const { machine } of nodes) {
        await machine.mustExec('sh', ['-c', 'docker images -aq | xargs -r docker rmi -f'])
      }
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}
