/** R3: 1,000 agents whose control plane was gone for an hour come back by themselves. The hour is one of their clocks; their channel is the agent's own. */
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { FairleadClient } from '@fairlead/sdk'
import {
  createNetwork,
  eventually,
  makeWrongClock,
  playRounds,
  startFairleadServe,
  type FairleadServe,
  type WrongClock,
} from '@fairlead/testkit'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { trust } from '../lab/control-plane.ts'
import { instant } from './calls.ts'
import { startNodes, type PlayedNodes } from './nodes.ts'

const agents = 1000
const hour = 3600

const parts = new AsyncDisposableStack()
let clock: WrongClock
let serve: FairleadServe
let nodes: PlayedNodes

beforeAll(async () => {
  const network = parts.use(await createNetwork())
  clock = await makeWrongClock(0)
  serve = parts.use(await startFairleadServe({ listen: `${network.hostAddress}:0`, env: clock.env }))
  for (const [name, value] of Object.entries(clock.env)) vi.stubEnv(name, value)
  nodes = parts.use(startNodes())
  vi.unstubAllEnvs()
  await trust(serve.caFile)
  const client = new FairleadClient({ host: serve.origin, token: serve.adminToken })
  const cloud = await client.clouds.create({ name: 'fleet', provider: 'local' })
  const caPem = serve.caFile === null ? null : await readFile(serve.caFile, 'utf8')
  const atOnce = 20
  for (let first = 0; first < agents; first += atOnce) {
    const tickets = await Promise.all(
      Array.from({ length: atOnce }, async (_, index) => ({
        name: `node-${first + index}`,
        joinToken: (await client.clouds.createJoinToken(cloud.id)).token,
      })),
    )
    await nodes.join({ origin: serve.origin, caPem, cloudId: cloud.id }, tickets)
  }
  await nodes.run()
})
afterAll(() => parts.disposeAsync())

test('R3: 1,000 agents come back by themselves after an hour without their control plane', async () => {
  let outages = 0
  await playRounds({
    fault: `an hour without the control plane, for ${agents} agents`,
    exposure: { secrets: () => [serve.adminToken], places: () => [serve.dir, serve.logFile], except: /admin[-_]token/ },
    async play({ between }) {
      serve.kill('SIGKILL')
      await sleep(between(1000, 8000))
      outages += 1
      await clock.set(outages * hour)
      // The first are answered before this test sees that it listens.
      const stopped = instant()
      await serve.restart()
      const listening = instant()
      const back = async () => ((await nodes.answeredSince(stopped)).answered === agents ? true : undefined)
      await eventually(back, { what: 'every agent was answered', timeoutMs: 120_000, everyMs: 100 })
      process.stdout.write(
        `all ${agents} were answered ${((instant() - listening) / 1000).toFixed(1)} s after it listened\n`,
      )
      return []
    },
  })
  expect(outages).toBeGreaterThan(0)
})
