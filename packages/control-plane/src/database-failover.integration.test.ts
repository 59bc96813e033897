/** R1, R7: the primary dies under load and its standby takes over. Every acknowledged write is there once, or clients learn that it is lost. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { startPostgres, startPostgresStandby, startTcpBalancer } from '@fairlead/testkit'
import { expect, test, vi } from 'vitest'
import { followEvents } from './testing/event-follower.ts'
import type { Caller } from './testing/test-control-plane.ts'
import { testNode } from './testing/test-node.ts'
import { testReplicas } from './testing/test-replicas.ts'

const config_json = { docker_image: 'registry.example.com/app:1', ray_version: '2.55.1' }

/** A primary that gets killed, a standby, and the address that leads to one or the other. */
async function startPair(synchronous: boolean) {
  await using starting = new AsyncDisposableStack()
  const primary = starting.use(await startPostgres())
  const standby = starting.use(await startPostgresStandby(primary, { synchronous }))
  const address = starting.use(await startTcpBalancer())
  address.setServers([primary])
  const url = new URL(await primary.createDatabase())
  url.port = String(address.port)
  const parts = starting.move()
  const failOver = async () => {
    await standby.promote()
    address.setServers([standby])
  }
  const name = url.pathname.slice(1)
  return { primary, standby, address, url: url.href, name, failOver, [Symbol.asyncDispose]: () => parts.disposeAsync() }
}

/** Creates clouds, each under an idempotency key until it is acknowledged. */
function keepMaking(caller: Caller, prefix: string) {
  const acknowledged: string[] = []
  const statuses = new Map<string, number>()
  const ended = new AbortController()
  let longest = 0
  const make = async (): Promise<void> => {
    let last = performance.now()
    let key = randomUUID()
    while (!ended.signal.aborted) {
      const name = `${prefix}-${acknowledged.length}`
      const made = await caller.post('/clouds', { name, provider: 'local' }, { 'idempotency-key': key })
      const told = made.status === 201 ? '201' : `${made.status} ${made.body.code}`
      statuses.set(told, (statuses.get(told) ?? 0) + 1)
      if (made.status !== 201) {
        await sleep(10)
        continue
      }
      acknowledged.push(made.body.result.id)
      key = randomUUID()
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }
  }
  const making = make()
  return {
    acknowledged,
    statuses,
    longestWait: () => longest,
    async stop() {
      ended.abort()
      await making
    },
  }
}

test('a failover to a synchronous standby under load keeps every acknowledged write once; waits and streams continue, and one replica leads', async () => {
  const printed = vi.spyOn(console, 'error')
  await using pair = await startPair(true)
  await using replicas = await testReplicas(3, pair.url)
  const [admin, other] = replicas.admins as [Caller, Caller]
  const origins = replicas.planes.map(({ origin }) => origin) as [string, string, string]
  const cloud = (await admin.post('/clouds', { name: 'c', provider: 'local' })).body.result
  await admin.post('/cluster_environments', { name: 'e', config_json })
  const cluster = (await admin.post('/clusters', { name: 'x', cluster_environment: 'e' })).body.result
  const joined = await testNode(origins[0], admin, cloud, { name: 'n' })
  const node = joined.at(origins[1])
  await node.report()
  const before = await node.desiredState()
  const waiting = node.desiredState({ wait: 60, etag: before.headers.get('etag') ?? '' })
  const followers = await Promise.all(origins.map((origin) => followEvents(origin, replicas.token)))
  await using following = new AsyncDisposableStack()
  for (const follower of followers) following.use(follower)

  const loads = [keepMaking(admin, 'a'), keepMaking(other, 'b')]
  const made = () => loads.map(({ acknowledged }) => acknowledged.length)
  await expect.poll(() => Math.min(...made()), { timeout: 10_000 }).toBeGreaterThan(10)
  await pair.primary.kill()
  const killed = performance.now()
  await pair.failOver()
  const took = performance.now() - killed
  const [a = 0, b = 0] = made()
  await expect.poll(() => made().every((count, index) => count > [a, b][index]! + 10), { timeout: 15_000 }).toBe(true)
  for (const load of loads) await load.stop()
  const refused = Math.max(...loads.map((load) => load.longestWait()))
  process.stdout.write(
    `promoted ${took.toFixed(0)} ms after the kill; writes were refused for ${refused.toFixed(0)} ms\n`,
  )
  for (const { statuses } of loads) {
    expect([...statuses.keys()].filter((told) => told !== '201')).toEqual(['503 DATABASE_UNREACHABLE'])
  }

  // Assigned work reaches the node that waited at another replica throughout, over a reconnected listener.
  expect((await admin.post(`/clusters/${cluster.id}/start`)).status).toBe(202)
  expect((await waiting).state?.workload?.cluster_id).toBe(cluster.id)

  const acknowledged = loads.flatMap((load) => load.acknowledged)
  const audited = `select cloud_id, count(*) from audit_events where act = 'cloud.create' group by cloud_id`
  const acts = new Map(
    (await pair.standby.query(pair.name, audited)).split('\n').map((line) => line.split('|') as [string, string]),
  )
  expect(acknowledged.filter((id) => acts.get(id) !== '1')).toEqual([])
  // Each reader saw every event once, in strictly increasing order, and never has to start over.
  for (const { seen } of followers) {
    const told = () => seen.filter(({ event }) => event === 'cloud').map(({ id }) => id)
    await expect.poll(() => acknowledged.filter((id) => !told().includes(id)), { timeout: 10_000 }).toEqual([])
    const ofMade = told().filter((id) => id !== undefined && acknowledged.includes(id))
    expect(ofMade).toHaveLength(acknowledged.length)
    const numbers = seen.map(({ sequence }) => sequence)
    expect(numbers).toEqual([...new Set(numbers)].toSorted((one, next) => one - next))
    expect(seen.filter(({ event }) => event === 'reset')).toEqual([])
  }
  const leaders = `select count(*) from pg_locks where locktype = 'advisory' and objid = 7301002 and granted`
  await expect.poll(() => pair.standby.query(pair.name, leaders), { timeout: 10_000 }).toBe('1')
  expect(printed).not.toHaveBeenCalled()
}, 90_000)

test('a failover to a lagging standby loses what it lacks: readers start over, and everything else continues', async () => {
  await using pair = await startPair(false)
  await using replicas = await testReplicas(2, pair.url)
  const [admin, other] = replicas.admins as [Caller, Caller]
  const [origin] = replicas.planes.map((plane) => plane.origin) as [string]
  const kept = (await admin.post('/clouds', { name: 'kept', provider: 'local' })).body.result
  const old = await testNode(origin, admin, kept, { name: 'old' })
  const caughtUp = `select count(*) from nodes`
  await expect.poll(() => pair.standby.query(pair.name, caughtUp).catch(() => ''), { timeout: 10_000 }).toBe('1')
  await pair.standby.pause()
  await using follower = await followEvents(origin, replicas.token)
  const lost = (await admin.post('/clouds', { name: 'lost', provider: 'local' })).body.result
  const young = await testNode(origin, admin, kept, { name: 'young' })
  await expect.poll(() => follower.seen.map(({ id }) => id)).toContain(young.id)

  // The old primary stays up, and so do the connections to it.
  await pair.failOver()
  const names = async () =>
    (await other.get('/clouds')).body.results?.map(({ name }: { name: string }) => name) as string[] | undefined
  await expect.poll(names, { timeout: 15_000 }).toEqual(['kept'])
  await expect.poll(() => follower.seen.filter(({ event }) => event === 'reset').length, { timeout: 10_000 }).toBe(1)
  const made = (await other.post('/clouds', { name: 'lost', provider: 'local' })).body.result
  expect(made.id).not.toBe(lost.id)
  await expect.poll(() => follower.seen.map(({ id }) => id)).toContain(made.id)
  // A node that joined earlier continues; one whose join was lost has to join again.
  expect((await old.report()).status).toBe(200)
  expect(await young.report()).toMatchObject({ status: 401, body: { code: 'NODE_SIGNATURE_INVALID' } })
}, 60_000)
