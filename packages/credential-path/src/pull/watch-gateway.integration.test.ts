/** As with a rootless or a remote engine: it runs in a different network from the agent, which sees its socket. */
import { createNetwork } from '@fairlead/testkit'
import { expect, test } from 'vitest'
import { DockerEngine } from '../engine/docker.ts'
import type { GatewayProblem } from './gateway-reach.ts'
import { watchGateway } from './watch-gateway.ts'

test('reports an engine in another network than the agent when the agent starts', async () => {
  await using network = await createNetwork()
  const machine = await network.machine('elsewhere')
  const daemon = await machine.startEngine()
  await using engine = new DockerEngine({ socketPath: daemon.socket })
  const stop = new AbortController()
  const told: GatewayProblem[] = []
  const probes: string[] = []
  const log = { info: () => undefined, error: (fields: object) => void probes.push(JSON.stringify(fields)) }
  const onReach = async (reach: GatewayProblem): Promise<void> => void told.push(reach)
  const watching = watchGateway({ engine, log, onReach, everyMs: 200 }, stop.signal)
  try {
    await expect.poll(() => told, { timeout: 30_000 }).toEqual(['ENGINE_CANNOT_REACH_GATEWAY'])
    expect(probes).toEqual(['{"code":"ENGINE_CANNOT_REACH_GATEWAY"}'])
  } finally {
    stop.abort()
    await watching
  }
})
