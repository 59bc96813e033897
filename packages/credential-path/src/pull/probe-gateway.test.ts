import { problem } from '@fairlead/contract/problems'
import { expect, test } from 'vitest'
import { PullingEngine } from '../testing/pulling-engine.ts'
import { probeGateway } from './probe-gateway.ts'

const signal = new AbortController().signal

test('lets an engine on this machine reach the gateway, and leaves nothing of the probe', async () => {
  const engine = new PullingEngine()
  await probeGateway(engine, signal)
  expect(engine.requests).toHaveLength(1)
  expect([engine.images.size, engine.names.size]).toEqual([0, 0])
})

test('reports an engine with a separate loopback', async () => {
  const engine = new PullingEngine()
  engine.seesLoopback = false
  await expect(probeGateway(engine, signal)).rejects.toMatchObject({ code: 'ENGINE_CANNOT_REACH_GATEWAY' })
})

test('treats an engine that does not answer as a different problem', async () => {
  const engine = new PullingEngine()
  engine.isReachable = false
  await expect(probeGateway(engine, signal)).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' })
  engine.isReachable = true
  engine.pull = () => Promise.reject(problem('NODE_DISK_FULL'))
  await expect(probeGateway(engine, signal)).rejects.toMatchObject({ code: 'NODE_DISK_FULL' })
})
