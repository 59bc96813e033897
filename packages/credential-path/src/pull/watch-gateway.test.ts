import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PullingEngine } from '../testing/pulling-engine.ts'
import type { GatewayProblem } from './gateway-reach.ts'
import { watchGateway } from './watch-gateway.ts'

let engine: PullingEngine
let told: GatewayProblem[]
let logged: object[]
let stop: AbortController
let watching: Promise<void>

function watch(): void {
  const note = (fields: object): void => void logged.push(fields)
  const onReach = async (reach: GatewayProblem): Promise<void> => void told.push(reach)
  watching = watchGateway({ engine, log: { info: note, error: note }, onReach, everyMs: 5 }, stop.signal)
}

beforeEach(() => {
  engine = new PullingEngine()
  told = []
  logged = []
  stop = new AbortController()
})
afterEach(async () => {
  stop.abort()
  await watching
})

const unreachable = 'ENGINE_CANNOT_REACH_GATEWAY'

test('asks an engine that reaches the gateway once, and logs nothing', async () => {
  watch()
  await expect.poll(() => told).toEqual([null])
  await sleep(50)
  expect([engine.requests.length, logged]).toEqual([1, []])
})

test('reports an engine with a separate loopback at once, and only once', async () => {
  engine.seesLoopback = false
  watch()
  await expect.poll(() => told).toEqual([unreachable])
  await sleep(50)
  expect(logged).toEqual([{ code: unreachable }])
})

test('asks an engine again after it restarts', async () => {
  engine.seesLoopback = false
  watch()
  await expect.poll(() => told).toEqual([unreachable])
  engine.seesLoopback = true
  engine.pids = [process.pid, 1]
  await expect.poll(() => told).toEqual([unreachable, null])
})

test('asks an unavailable engine when it is back', async () => {
  engine.isReachable = false
  watch()
  await sleep(50)
  expect(told).toEqual([])
  engine.isReachable = true
  await expect.poll(() => told).toEqual([null])
})
