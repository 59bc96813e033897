import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testControlPlane, type TestControlPlane } from '../../control-plane/src/testing/test-control-plane.ts'
import { freePort } from '../../testkit/src/servers/free-port.ts'
import { startTcpProxy, type TcpProxy } from '../../testkit/src/servers/faults/tcp-proxy.ts'
import { FairleadClient } from './client.ts'
import type { Change } from './events.ts'

let running: TestControlPlane
let proxy: TcpProxy
let client: FairleadClient
let port: number

beforeAll(async () => {
  port = await freePort()
  proxy = await startTcpProxy({ to: { host: '127.0.0.1', port } })
  const origin = `http://127.0.0.1:${proxy.port}`
  running = await testControlPlane({ listen: `127.0.0.1:${port}`, origin })
  client = new FairleadClient({ host: origin, token: running.plane.adminToken ?? '' })
  await client.clouds.create({ name: 'lab', provider: 'local', allow_any_secret: true })
  const config_json = { docker_image: 'registry.example.com/app:1', ray_version: '2.55.1' }
  await client.clusterEnvironments.create({ name: 'env', config_json })
})

afterAll(async () => {
  await proxy.stop()
  await running[Symbol.asyncDispose]()
})

/** Bypasses the proxy while it lets nothing through. */
function createClusterDirectly(name: string): Promise<string> {
  const headers = {
    host: `127.0.0.1:${proxy.port}`,
    authorization: `Bearer ${running.plane.adminToken}`,
    'content-type': 'application/json',
  }
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', method: 'POST', path: '/api/v1/clusters', headers }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
      answer.on('end', () => resolve((JSON.parse(text) as { result: { id: string } }).result.id))
    })
    sent.on('error', reject)
    sent.end(JSON.stringify({ name, cluster_environment: 'env' }))
  })
}

test('changes made while the connection is cut are reported once it is back, and nothing is reported twice', async () => {
  const seen: Change[] = []
  const end = new AbortController()
  let opened = 0
  const following = (async () => {
    for await (const change of client.events({ signal: end.signal, onOpen: () => opened++ })) seen.push(change)
  })().catch((error: unknown) => error)
  await expect.poll(() => opened).toBe(1)

  const first = await client.clusters.create({ name: 'first', cluster_environment: 'env' })
  await expect.poll(() => seen.map((change) => change.id)).toEqual([first.id])

  await proxy.setMode('refuse')
  proxy.cut()
  const missed = await createClusterDirectly('missed')
  expect(seen).toHaveLength(1)
  await proxy.setMode('pass')

  await expect.poll(() => seen.map((change) => change.id)).toEqual([first.id, missed])
  expect(opened).toBeGreaterThan(1)
  end.abort()
  expect(await following).toMatchObject({ name: 'AbortError' })
})
