/** What probes and load balancers ask: does the process answer, and should it receive requests. */
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { isProblem } from '@fairlead/contract/problems'
import { expect, test, vi } from 'vitest'
import { startControlPlane } from '../main.ts'
import { callerOf, testControlPlane } from '../testing/test-control-plane.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { Readiness } from './readiness.ts'

function statusUnder(host: string, port: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers: { host } }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
    sent.on('error', reject)
    sent.end()
  })
}

const quiet = { listen: '127.0.0.1:0', logLevel: 'silent' } as const

test('answers probes without a token and under any name, since probes connect to an address', async () => {
  await using running = await testControlPlane({ origin: 'https://control.example.com' })
  const { port } = new URL(`http://${running.plane.address}`)
  for (const path of ['/healthz', '/readyz']) {
    expect(await statusUnder('10.1.2.3:8470', port, path), path).toBe(200)
  }
})

test('is not ready if the database fails or does not respond, or once shutdown has begun', async () => {
  const ready = async (count: () => Promise<number>, readiness = new Readiness()) =>
    readiness.check({ clouds: { count } } as never)
  await expect(ready(async () => 0)).resolves.toBeUndefined()
  const failing = ready(async () => {
    throw new RangeError('canary')
  })
  await expect(failing).rejects.toMatchObject({
    code: 'NOT_READY',
    message: expect.not.stringContaining('canary') as string,
  })
  vi.useFakeTimers()
  const silent = ready(() => new Promise(() => {})).catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(2000)
  vi.useRealTimers()
  expect(isProblem(await silent, 'NOT_READY')).toBe(true)
  const ending = new Readiness()
  ending.end()
  await expect(ready(async () => 0, ending)).rejects.toMatchObject({ code: 'NOT_READY' })
})

test('while draining it answers 503 to probes, and still serves requests', async () => {
  using dir = tempDir()
  const plane = await startControlPlane({ ...quiet, dataDir: dir.path, drainSeconds: 1 })
  const admin = callerOf(plane.origin, plane.adminToken)
  const closed = plane.close()
  await sleep(50)
  const probe = await admin.get('/-/readyz')
  expect(probe).toMatchObject({ status: 503, body: { code: 'NOT_READY' } })
  expect((await admin.get('/-/healthz')).status).toBe(200)
  expect((await admin.get('/clouds')).status).toBe(200)
  await closed
  await expect(admin.get('/-/healthz')).rejects.toThrow(TypeError)
})

test('serves metrics on a separate listener if configured, with health and nothing else', async () => {
  await using running = await testControlPlane({ metricsListen: '127.0.0.1:0' })
  const at = (path: string) => fetch(`http://${running.plane.metricsAddress}${path}`)
  expect(await (await at('/metrics')).text()).toContain('fairlead_waiting_polls 0')
  expect((await at('/healthz')).status).toBe(200)
  expect((await at('/readyz')).status).toBe(200)
  const elsewhere = await at('/api/v1/clouds')
  expect(elsewhere.status).toBe(404)
  expect(await elsewhere.json()).toMatchObject({ code: 'ROUTE_NOT_FOUND' })
  expect((await running.admin.get('/-/metrics')).status).toBe(404)
})

test('a separate listener on loopback refuses a Host that is not loopback, as in DNS rebinding', async () => {
  await using running = await testControlPlane({ metricsListen: '127.0.0.1:0' })
  const { port } = new URL(`http://${running.plane.metricsAddress}`)
  expect(await statusUnder('evil.example.com', port, '/metrics')).toBe(421)
  expect(await statusUnder(`localhost:${port}`, port, '/metrics')).toBe(200)
})

test('without one, metrics require a token', async () => {
  await using running = await testControlPlane()
  expect(running.plane.metricsAddress).toBeNull()
  expect((await running.as(null).get('/-/metrics')).status).toBe(401)
  const viewer = await running.withRole('viewer')
  expect((await viewer.get('/-/metrics')).text).toContain('fairlead_http_request_seconds_bucket')
})

test('an invalid or occupied metrics address prevents startup', async () => {
  using dir = tempDir()
  const start = (metricsListen: string) => startControlPlane({ ...quiet, dataDir: dir.path, metricsListen })
  await expect(start('nonsense')).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining('--metrics-listen') as string,
  })
  await using running = await testControlPlane()
  await expect(start(running.plane.address)).rejects.toSatisfy((error) => isProblem(error, 'ADDRESS_IN_USE'))
})
