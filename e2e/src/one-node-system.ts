/** One node with an engine and a secrets folder of its own, a Basic registry over TLS, and an image that behaves like one with Ray. */
import {
  fairleadProgram,
  makeFakeRayImage,
  pushImage,
  startFairleadServe,
  type EngineOptions,
  type FairleadServe,
  type FakeRayOptions,
} from '@fairlead/testkit'
import { rayVersion, startLab, type StartServe } from './lab.ts'
import { startSystem } from './start-system.ts'

export type OneNodeSystem = Awaited<ReturnType<typeof startOneNodeSystem>>

export const startOneNodeSystem = (engine?: EngineOptions) => startOneNodeSystemOn(startFairleadServe, engine)

/** On another control plane than the usual one. */
export const startOneNodeSystemOn = <Serve extends FairleadServe>(
  startServe: StartServe<Serve>,
  engine?: EngineOptions,
) => startSystem((parts) => start(parts, startServe, engine))

async function start<Serve extends FairleadServe>(
  parts: AsyncDisposableStack,
  startServe: StartServe<Serve>,
  options?: EngineOptions,
) {
  const lab = await startLab(parts, startServe)
  const { login, network, serve, fairlead, build, untilCluster } = lab
  const registry = await lab.registry()
  const push = async (repository: string, options: FakeRayOptions = {}): Promise<string> => {
    await pushImage(registry, repository, '1', await makeFakeRayImage({ rayVersion, ...options }), login)
    return `${registry.host}/${repository}:1`
  }
  const { machine, engine, writeSecret, join } = await lab.machine('node', [registry.host], {}, options)
  await writeSecret('login', { ...login, server: registry.host })
  const agent = await join()
  return {
    password: login.password,
    registry,
    rayVersion,
    /** Where more machines may be. */
    network,
    machine,
    engine,
    serve,
    agent,
    push,
    writeSecret,
    fairlead,
    build,
    untilCluster,
    /** `fairlead` typed on the node itself. */
    onNode: (...args: string[]) =>
      machine.exec(process.execPath, [fairleadProgram, ...args], { env: { NO_COLOR: '1' }, timeoutMs: 100_000 }),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}
