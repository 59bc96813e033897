/** R1, R7: PostgreSQL goes down under load and comes back. No acknowledged write is lost, and all clients recover without help. */
import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '@fairlead/contract/names'
import { startPostgres, startTcpProxy } from '@fairlead/testkit'
import { expect, test, vi } from 'vitest'
import { testNode } from './testing/test-node.ts'
import { testReplicas } from './testing/test-replicas.ts'

test('a database restart under load: not ready meanwhile, waiting nodes keep waiting, and nothing is lost', async () => {
  const printed = vi.spyOn(console, 'error')
  await using postgres = await startPostgres()
  const url = await postgres.createDatabase()
  await using replicas = await testReplicas(2, url)
  const [admin, other] = replicas.admins
  if (admin === undefined || other === undefined) throw new TypeError('there are two')
  const cloud = (await admin.post('/clouds', { name: 'c', provider: 'local' })).body.result
  await admin.post('/cluster_environments', {
    name: 'e',
    config_json: { docker_image: 'registry.example.com/app:1', ray_version: '2.55.1' },
  })
  const cluster = (await admin.post('/clusters', { name: 'x', cluster_environment: 'e' })).body.result
  const joined = await testNode(replicas.planes[0]?.origin ?? '', admin, cloud, { name: 'n' })
  const node = joined.at(replicas.planes[1]?.origin ?? '')
  await node.report()
  const before = await node.desiredState()
  const waiting = node.desiredState({ wait: 60, etag: before.headers.get('etag') ?? '' })

  const ended = new AbortController()
  const acknowledged: string[] = []
  const statuses = new Set<number>()
  const refusals = new Set<string>()
  const load = async (caller: typeof admin, name: string) => {
    for (let count = 0; !ended.signal.aborted; count++) {
      const made = await caller.post('/clouds', { name: `${name}-${count}`, provider: 'local' })
      statuses.add(made.status)
      if (made.status === 201) acknowledged.push(made.body.result.id)
      if (made.status === 503) {
        refusals.add(`${made.body.code} ${made.headers.get('retry-after')}`)
        await sleep(20)
      }
    }
  }
  const reports = async () => {
    while (!ended.signal.aborted) statuses.add((await joined.report({ report_id: newId('rep') })).status)
  }
  const streamEnded = new AbortController()
  const events = await fetch(`${replicas.planes[1]?.origin}/api/v1/events`, {
    headers: { authorization: `Bearer ${replicas.token}` },
    signal: streamEnded.signal,
  })
  const followed = { text: '' }
  const follow = async () => {
    for await (const bytes of events.body ?? []) followed.text += Buffer.from(bytes).toString()
  }
  void follow()
    .catch(() => undefined)
    .then(() => (followed.text += 'it ended'))
  const loads = [load(admin, 'a'), load(other, 'b'), reports()]
  const ready = async () =>
    (await Promise.all([admin, other].map((one) => one.get('/-/readyz')))).map((one) => one.status)
  await sleep(300)
  expect(await ready()).toEqual([200, 200])
  await postgres.stop()
  expect(await ready()).toEqual([503, 503])
  expect((await admin.get('/-/healthz')).status).toBe(200)
  await postgres.start()
  await expect.poll(ready, { timeout: 15_000 }).toEqual([200, 200])
  const count = acknowledged.length
  await expect.poll(() => acknowledged.length > count + 4, { timeout: 15_000 }).toBe(true)
  ended.abort()
  await Promise.all(loads)

  // The wait that began before the restart sees work assigned after it.
  expect((await admin.post(`/clusters/${cluster.id}/start`)).status).toBe(202)
  const woken = await waiting
  expect([woken.status, woken.state?.workload?.cluster_id]).toEqual([200, cluster.id])
  // A stream continues, or ends so that its reader reconnects with its last event id.
  await expect.poll(() => followed.text).toMatch(new RegExp(`${cluster.id}|it ended`))
  expect([...statuses].filter((status) => ![200, 201, 503].includes(status))).toEqual([])
  expect([...refusals]).toEqual(['DATABASE_UNREACHABLE 2'])
  streamEnded.abort()
  const kept = new Set((await postgres.query(new URL(url).pathname.slice(1), 'select id from clouds')).split('\n'))
  expect(acknowledged.filter((id) => !kept.has(id))).toEqual([])
  // The loss of the database is logged without a stack trace.
  expect(printed).not.toHaveBeenCalled()
})

test('a database that stops responding: readiness probes still get an answer, and succeed again once it responds', async () => {
  await using postgres = await startPostgres()
  const url = new URL(await postgres.createDatabase())
  await using line = await startTcpProxy({ to: { host: postgres.host, port: postgres.port } })
  url.port = String(line.port)
  await using replicas = await testReplicas(1, url.href)
  const [admin] = replicas.admins
  if (admin === undefined) throw new TypeError('there is one')
  expect((await admin.get('/-/readyz')).status).toBe(200)
  await line.setMode('silence')
  for (let round = 0; round < 2; round++) {
    // More requests than connections.
    const answers = await Promise.all(Array.from({ length: 20 }, () => admin.get('/-/readyz')))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]))
  }
  await line.setMode('pass')
  await expect.poll(async () => (await admin.get('/-/readyz')).status, { timeout: 15_000 }).toBe(200)
})
