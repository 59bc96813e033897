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

test('answers at once if the engine asks for a blob of that digest, too, as containerd does', async () => {
  const engine = new PullingEngine()
  const answers: [number, string][] = []
  engine.pull = async (reference) => {
    const [name = '', digest = ''] = reference.split('@')
    const [host = '', path = ''] = name.split('/')
    for (const kind of ['manifests', 'blobs']) {
      const answer = await fetch(`http://${host}/v2/${path}/${kind}/${digest}`)
      answers.push([answer.status, (await answer.text()).slice(0, 9)])
    }
    throw problem('ENGINE_FAILED', { http_status: 404 })
  }
  await probeGateway(engine, signal)
  expect(answers).toEqual([
    [404, '{"errors"'],
    [404, '{"errors"'],
  ])
})
