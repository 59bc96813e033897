/** One node whose registry is behind a proxy, and a cluster that starts on it again and again while something goes wrong. */
import { dirname } from 'node:path'
import {
  basicRegistry,
  behindProxy,
  eventually,
  makeFakeRayImage,
  rayVersion,
  secretFiles,
  startFairleadServe,
  startWorld,
  type FairleadServe,
  type FairleadServeOptions,
  type HttpFault,
  type SecretManager,
} from '@fairlead/testkit'
import { expect } from 'vitest'

export interface ChaosSystemOptions {
  readonly serve?: (options: FairleadServeOptions) => Promise<FairleadServe>
  /** Of its agent, in addition to what its secrets need. */
  readonly agentEnv?: Record<string, string>
}

export type ChaosSystem = Awaited<ReturnType<typeof startChaosSystem>>

/** Where a start can be interrupted, in order. */
export const moments = [
  'manifest',
  'config',
  'first layer',
  'middle of a layer',
  'image loaded',
  'container created',
  'running',
] as const
export type Moment = (typeof moments)[number]

const layerBytes = 6_000_000

export async function startChaosSystem({ serve = startFairleadServe, agentEnv = {} }: ChaosSystemOptions = {}) {
  const image = await makeFakeRayImage({ rayVersion, layers: [{ randomBytes: layerBytes }, { randomBytes: 400_000 }] })
  const secrets = async (): Promise<SecretManager> => ({ ...(await secretFiles()), env: agentEnv })
  const world = await startWorld({
    registry: behindProxy(basicRegistry),
    secrets,
    image: () => Promise.resolve(image),
    serve,
    nodes: ['node'],
  })
  const [node] = world.nodes
  const { proxy } = world.registry
  const built = await world.build('app')
  expect(built.status, built.stdout + built.stderr).toBe(0)
  await must('cluster', 'start', '-n', 'ray', '--env', 'app')

  async function must(...args: string[]): Promise<void> {
    const { status, stdout, stderr } = await world.fairlead(...args)
    expect(status, stdout + stderr).toBe(0)
  }
  const running = () => world.untilCluster('ray', ({ state }) => state === 'Running')
  const layers = image.blobs.filter(({ mediaType }) => mediaType.includes('layer'))
  const [config] = image.blobs
  const large = layers.find(({ size }) => size >= layerBytes)
  const requests: Partial<Record<Moment, RegExp>> = {
    manifest: /\/manifests\//,
    config: new RegExp(`${config?.digest}$`),
    'first layer': new RegExp(layers.map(({ digest }) => `${digest}$`).join('|')),
    'middle of a layer': new RegExp(`${large?.digest}$`),
  }

  /** Resolves once a start is at that moment. */
  function untilThere(moment: Moment, hits: () => number): Promise<unknown> {
    const patience = { what: `the start is at: ${moment}`, timeoutMs: 60_000 }
    if (moment === 'running') return running()
    if (moment !== 'image loaded' && moment !== 'container created')
      return eventually(() => hits() || undefined, patience)
    const list = moment === 'image loaded' ? ['images', '-q'] : ['ps', '-aq']
    return eventually(async () => (await node.machine.mustExec('docker', list)) !== '' || undefined, patience)
  }

  /** Starts the cluster and returns at that moment of the start. The registry holds it there, if it has a part in it, until it is released. */
  async function startUntil(moment: Moment): Promise<{ readonly release: () => void }> {
    const path = requests[moment]
    const released = Promise.withResolvers<void>()
    const fault: HttpFault =
      moment === 'middle of a layer'
        ? { kind: 'stall', afterBytes: layerBytes / 2 }
        : { kind: 'hold', until: released.promise }
    const rule = path === undefined ? null : proxy.inject({ path, fault })
    await must('cluster', 'start', '-n', 'ray', '--no-wait')
    await untilThere(moment, () => rule?.hits ?? 0)
    return {
      release: () => {
        rule?.remove()
        released.resolve()
      },
    }
  }

  let asked = 0
  return {
    ...world,
    ...node,
    must,
    running,
    startUntil,
    exposure: {
      secrets: () => [world.login.password],
      places: () => [
        world.serve.dir,
        dirname(world.serve.logFile),
        node.agent.logFile,
        node.engine.logFile,
        node.machine.stateDir,
        node.machine.homeDir,
        node.machine.etcDir,
        node.machine.dockerEtcDir,
      ],
      except: /\/etc-fairlead\/secrets\//,
    },
    /** Whatever the last round left: no cluster, no container, no image. */
    async clear(): Promise<void> {
      proxy.clear()
      await must('cluster', 'terminate', '-n', 'ray')
      await world.untilCluster('ray', ({ state }) => state === 'Terminated')
      await expect.poll(() => node.containers()).toEqual([])
      await node.forgetImages()
      asked = proxy.requests.length
    },
    /** How often the layer that was fetched most was fetched from its first byte, since the start began. */
    mostFetches(): number {
      const fromStart = proxy.requests
        .slice(asked)
        .filter(({ range }) => range === null || range.startsWith('bytes=0-'))
      return Math.max(...layers.map(({ digest }) => fromStart.filter(({ path }) => path.endsWith(digest)).length))
    },
  }
}
