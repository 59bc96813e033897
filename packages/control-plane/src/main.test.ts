/** What a start guarantees: the first admin, restarts, TLS beyond loopback, and changes over time. */
import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { isProblem } from '@fairlead/contract/problems'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startControlPlane } from './main.ts'
import { tempDir } from './testing/temp-dir.ts'
import { testClock } from './testing/test-clock.ts'
import { testControlPlane } from './testing/test-control-plane.ts'
import { testNode, workloadReport } from './testing/test-node.ts'

// Real sockets and real commits, on a machine that may be busy.
const quiet = { listen: '127.0.0.1:0', logLevel: 'silent' } as const

test('the first start creates an admin token, and stores only its hash', async () => {
  using dir = tempDir()
  const first = await startControlPlane({ ...quiet, dataDir: dir.path })
  const token = first.adminToken ?? ''
  expect(token).toMatch(/^flt_/)
  await first.close()
  const second = await startControlPlane({ ...quiet, dataDir: dir.path })
  expect(second.adminToken).toBeNull()
  const me = await fetch(`${second.origin}/api/v1/api_tokens/me`, { headers: { authorization: `Bearer ${token}` } })
  expect(me.status).toBe(200)
  await second.close()
  expect(readFileSync(join(dir.path, 'fairlead.sqlite')).includes(token.slice(4))).toBe(false)
  const third = await startControlPlane({ ...quiet, dataDir: dir.path, newAdminToken: true })
  expect(third.adminToken).toMatch(/^flt_/)
  await third.close()
})

test('rejects a second one on the same address, and on the same data directory', async () => {
  await using running = await testControlPlane()
  using dir = tempDir()
  const sameAddress = startControlPlane({ ...quiet, listen: running.plane.address, dataDir: dir.path })
  await expect(sameAddress).rejects.toSatisfy((error) => isProblem(error, 'ADDRESS_IN_USE'))
  const sameDir = startControlPlane({ ...quiet, dataDir: running.dataDir })
  await expect(sameDir).rejects.toSatisfy((error) => isProblem(error, 'DATA_DIR_IN_USE'))
})

test('rejects plain http beyond loopback, wherever it would be used', async () => {
  using dir = tempDir()
  const origin = 'http://control.example.com'
  for (const listen of ['0.0.0.0:0', '127.0.0.1:0']) {
    const start = startControlPlane({ ...quiet, listen, origin, dataDir: dir.path })
    await expect(start).rejects.toSatisfy((error) => isProblem(error, 'PLAIN_HTTP_REFUSED'))
  }
})

test('behind a proxy that terminates TLS it answers in plain http on loopback, under the proxy’s name', async () => {
  await using running = await testControlPlane({ origin: 'https://control.example.com' })
  expect(running.plane).toMatchObject({ origin: 'https://control.example.com', caFile: null })
  const answer = await fetch(`http://${running.plane.address}/healthz`)
  expect(answer.status).toBe(200)
})

test('beyond loopback it creates a CA once, serves a certificate from it, and join tokens carry the hash of the CA', async () => {
  using dir = tempDir()
  const start = () => startControlPlane({ ...quiet, listen: '0.0.0.0:0', dataDir: dir.path })
  const plane = await start()
  const ca = readFileSync(plane.caFile ?? '')
  const fingerprint = createHash('sha256').update(new X509Certificate(ca).raw).digest('hex')
  expect(statSync(join(dir.path, 'ca-key.pem')).mode & 0o777).toBe(0o600)
  const port = plane.address.split(':')[1]
  const ask = (path: string, body: object | null): Promise<{ result: Record<string, string> }> =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${plane.adminToken}`, 'content-type': 'application/json' }
      const method = body === null ? 'GET' : 'POST'
      const sent = request({ host: '127.0.0.1', port, path: `/api/v1${path}`, method, ca, headers }, (answer) => {
        let text = ''
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
        answer.on('end', () => resolve(JSON.parse(text)))
      })
      sent.on('error', reject)
      sent.end(body === null ? undefined : JSON.stringify(body))
    })
  const cloud = await ask('/clouds', { name: 'c', provider: 'local' })
  const token = await ask(`/clouds/${cloud.result['id']}/join_tokens`, {})
  expect(token.result['token']).toMatch(new RegExp(`^fjt_[A-Za-z0-9_-]{43}\\.${fingerprint}$`))
  const aws = { name: 'prod', provider: 'aws', region: 'eu-west-1', account_id: '111122223333' }
  const proven = await ask(`/clouds/${(await ask('/clouds', aws)).result['id']}/join_command`, null)
  expect(proven.result['command']).toBe(
    `fairlead agent join --host ${plane.origin} --provider aws --cloud prod --ca-sha256 ${fingerprint}`,
  )
  await plane.close()
  const again = await start()
  expect(readFileSync(again.caFile ?? '')).toEqual(ca)
  await again.close()
})

test('close ends waiting requests and event streams at once', async () => {
  const running = await testControlPlane()
  const cloud = (await running.admin.post('/clouds', { name: 'c', provider: 'local' })).body.result
  const node = await testNode(running.plane.origin, running.admin, cloud, { name: 'n' })
  const etag = (await node.desiredState()).headers.get('etag') ?? ''
  const waiting = node.desiredState({ wait: 25, etag })
  const events = await fetch(`${running.plane.origin}/api/v1/events`, {
    headers: { authorization: `Bearer ${running.plane.adminToken}` },
  })
  await new Promise((resolve) => setTimeout(resolve, 100))
  await running[Symbol.asyncDispose]()
  // What is still open after two seconds is cut, and would reject.
  expect((await waiting).status).toBe(304)
  expect(await events.text()).toContain('hello')
})

test('a silent node is lost: its cluster says so, another node gets its check, and termination does not wait for it', async () => {
  // The task that looks at nodes every other second then runs when this test decides.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  onTestFinished(() => void vi.useRealTimers())
  const clock = testClock(Date.now())
  await using running = await testControlPlane({}, clock.now)
  const { admin, plane } = running
  const cloud = (await admin.post('/clouds', { name: 'c', provider: 'local' })).body.result
  const node = await testNode(plane.origin, admin, cloud, { name: 'n1', clock: clock.now })
  await node.report()
  const config_json = { docker_image: 'registry.example.com/app:1', ray_version: '2.55.1' }
  const environment = (await admin.post('/cluster_environments', { name: 'e', config_json })).body.result
  const cluster = (await admin.post('/clusters', { name: 'x', cluster_environment: 'e' })).body.result
  await admin.post(`/clusters/${cluster.id}/start`)
  await node.report({ workload: workloadReport({ cluster_id: cluster.id, phase: 'pulling' }) })

  clock.advance(91_000)
  const late = await testNode(plane.origin, admin, cloud, { name: 'n2', clock: clock.now })
  await late.report()
  const eventually = async (path: string, expected: object) => {
    const look = async () => {
      vi.advanceTimersByTime(2000)
      return (await admin.get(path)).body.result
    }
    await expect.poll(look, { timeout: 20_000, interval: 20 }).toMatchObject(expected)
  }
  await eventually(`/clusters/${cluster.id}`, {
    state: 'StartingUp',
    problem: { code: 'HEAD_LOST', detail: expect.stringContaining('n1') },
    nodes: [{ phase: 'lost' }],
  })
  expect((await admin.get(`/nodes/${node.id}`)).body.result.state).toBe('lost')
  expect((await late.desiredState()).state.checks).toMatchObject([
    { build_id: environment.latest_build.id, attempt: 2 },
  ])

  await node.openSession()
  await eventually(`/clusters/${cluster.id}`, { problem: null, nodes: [{ phase: 'pulling' }] })
  clock.advance(91_000)
  const ended = (await admin.post(`/clusters/${cluster.id}/terminate`)).body.result
  expect(ended.state).toBe('Terminated')
})
