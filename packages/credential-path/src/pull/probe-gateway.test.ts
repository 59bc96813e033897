import { problem } from '@fairlead/contract/problems'
import { expect, test } from 'vitest'
import { PullingEngine } from '../testing/pulling-engine.ts'
import { probeGateway } from './probe-gateway.ts'

const signal = new AbortController().signal

test('an engine on this machine reaches the gateway, and keeps nothing of the probe', async () => {
  const engine = new PullingEngine()
  await probeGateway(engine, signal)
  expect(engine.requests).toHaveLength(1)
  expect([engine.images.size, engine.names.size]).toEqual([0, 0])
})

test('an engine with a loopback of its own is told', async () => {
  const engine = new PullingEngine()
  engine.seesLoopback = false
  await expect(probeGateway(engine, signal)).rejects.toMatchObject({ code: 'ENGINE_CANNOT_REACH_GATEWAY' })
})

test('an engine that does not answer is another matter', async () => {
  const engine = new PullingEngine()
  engine.isReachable = false
  await expect(probeGateway(engine, signal)).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' })
  engine.isReachable = true
  engine.pull = () => Promise.reject(problem('NODE_DISK_FULL'))
  await expect(probeGateway(engine, signal)).rejects.toMatchObject({ code: 'NODE_DISK_FULL' })
})
