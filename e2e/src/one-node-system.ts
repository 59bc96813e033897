/** One node with its secrets in files, and a registry with Basic logins; on the usual control plane or another one. */
import {
  basicRegistry,
  fakeRay,
  secretFiles,
  startFairleadServe,
  startWorld,
  type EngineOptions,
  type FairleadServe,
  type FairleadServeOptions,
} from '@fairlead/testkit'

export type OneNodeSystem = Awaited<ReturnType<typeof startOneNodeSystem>>

export const startOneNodeSystem = (engine?: EngineOptions) => startOneNodeSystemOn(startFairleadServe, engine)

export async function startOneNodeSystemOn<Serve extends FairleadServe>(
  serve: (options: FairleadServeOptions) => Promise<Serve>,
  engine?: EngineOptions,
) {
  const parts = { registry: basicRegistry, secrets: secretFiles, image: fakeRay(), serve }
  const world = await startWorld({ ...parts, nodes: ['node'], engine })
  const [node] = world.nodes
  return { ...world, ...node }
}
