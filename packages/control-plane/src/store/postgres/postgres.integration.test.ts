/** PostgreSQL meets the requirements of every store, and the additional guarantees for several replicas on one database. */
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { newId, type NodeId } from '@fairlead/contract/names'
import { isProblem, type ProblemCode } from '@fairlead/contract/problems'
import { createCa, startPostgres, type Postgres } from '@fairlead/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { migrations } from '../migrate.ts'
import { pullsOfBuilds } from '../migrations/0008-pulls-of-builds.ts'
import { openPostgresStore } from './postgres.ts'
import { describeStore } from '../store.conformance.ts'
import type { Store } from '../store.ts'
import type { PullFilter } from '../tables/pulls.ts'

let postgres: Postgres
let template: string
const stores: Store[] = []

beforeAll(async () => {
  postgres = await startPostgres({ tls: await createCa() })
  const url = await postgres.createDatabase()
  await (await openPostgresStore(url)).close()
  template = nameOf(url)
})
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
})
afterAll(() => postgres.stop())

const nameOf = (url: string) => new URL(url).pathname.slice(1)
const withCode = (code: ProblemCode) => expect.toSatisfy((error: unknown) => isProblem(error, code))

async function open(url: string): Promise<Store> {
  const store = await openPostgresStore(url)
  stores.push(store)
  return store
}

describeStore('PostgreSQL', async () => {
  const url = await postgres.createDatabase({ template })
  let store = await openPostgresStore(url)
  return {
    store,
    async reopen() {
      await store.close()
      store = await openPostgresStore(url)
      return store
    },
    another: () => open(url),
    async dispose() {
      await store.close()
    },
  }
})

test('finds pull records of an older schema by the build that they checked, and by their purpose', async () => {
  const url = await postgres.createDatabase()
  await (await openPostgresStore(url, migrations.slice(0, migrations.indexOf(pullsOfBuilds)))).close()
  const buildId = newId('bld')
  // More than one batch.
  await postgres.query(
    nameOf(url),
    `insert into clouds (id, name, provider, allow_any_secret, created_at) values ('cld_1', 'c', 'local', 1, 't');
     insert into nodes (id, name, cloud_id, checker, public_key, joined_at, report_ids) values ('node_1', 'n', 'cld_1', 0, 'k', 't', '[]');
     insert into pulls (key, id, node_id, sequence, hash, record, chain, received_at)
       select 'k' || n, 'pull_' || n, 'node_1', n, 'h' || n,
         json_build_object('purpose', case when n % 2 = 0 then 'check' else 'once' end,
           'build_id', case when n % 400 = 0 then '${buildId}' end), 'intact', 't'
       from generate_series(1001, 2200) n`,
  )
  const { reader } = await open(url)
  const found = async (filter: PullFilter) =>
    (await reader.pulls.list(filter, { before: null, limit: 2000 })).map(({ sequence }) => sequence)
  expect(await found({ buildId })).toEqual([2000, 1600, 1200])
  expect(await found({ buildId, purpose: 'once' })).toEqual([])
  expect(await found({ purpose: 'once' })).toHaveLength(600)
})

describe('several replicas', () => {
  test('that start together on an empty database migrate it once', async () => {
    const url = await postgres.createDatabase()
    await Promise.all([open(url), open(url), open(url)])
    expect(await postgres.query(nameOf(url), 'select version from schema_version')).toBe(String(migrations.length))
  })

  test('learn of each other’s commits: which nodes to wake, which are cut off, that there are events', async () => {
    const url = await postgres.createDatabase({ template })
    const [here, there] = [await open(url), await open(url)]
    const nodes = Array.from({ length: 500 }, () => newId('node'))
    const revoked = newId('node')
    const woken = new Set<NodeId>()
    const cut = new Set<NodeId>()
    let events = 0
    there.onCommit((committed) => {
      for (const id of committed.nodes) woken.add(id)
      for (const id of committed.revoked) cut.add(id)
      if (committed.events) events += 1
    })
    await here.write(async (transaction) => {
      for (const id of nodes) transaction.wake(id)
      transaction.cutOff(revoked)
      transaction.announce('node', revoked)
    })
    await expect.poll(() => woken.size).toBe(500)
    await expect.poll(() => [...cut]).toEqual([revoked])
    await expect.poll(() => events).toBe(1)
  })

  test('have one leader; when it goes, another takes over', async () => {
    const url = await postgres.createDatabase({ template })
    const first = await openPostgresStore(url)
    const second = await open(url)
    expect([first.peers?.leading, second.peers?.leading]).toEqual([true, false])
    await first.close()
    await expect.poll(() => second.peers?.leading).toBe(true)
  })

  test('goes on after a newer version added a column, with a retryable problem for each connection', async () => {
    const url = await postgres.createDatabase({ template })
    const store = await open(url)
    const find = () => store.reader.clouds.byName('acme')
    await find()
    await postgres.query(nameOf(url), 'alter table clouds add column shape text')
    await expect(find()).rejects.toEqual(withCode('DATABASE_UNREACHABLE'))
    expect(await find()).toBeNull()
  })
})

describe('a lost connection', () => {
  test('in a transaction is a retryable problem, and leaves nothing behind', async () => {
    const url = await postgres.createDatabase({ template })
    const store = await open(url)
    const cut = store.write(async (transaction) => {
      await transaction.challenges.burn('nonce', '9999')
      await postgres.query(
        'postgres',
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${nameOf(url)}' and state like 'idle in%'`,
      )
      await transaction.challenges.burn('another', '9999')
    })
    await expect(cut).rejects.toEqual(withCode('DATABASE_UNREACHABLE'))
    expect(await store.write((transaction) => transaction.challenges.burn('nonce', '9999'))).toBe(true)
  })

  test('at a commit may have committed: waiting requests look again', async () => {
    const direct = await postgres.createDatabase({ template })
    await using proxy = await cutAtCommit(postgres)
    const url = new URL(direct)
    url.port = String(proxy.port)
    const store = await open(url.href)
    const told: NodeId[] = []
    store.onCommit(({ nodes }) => told.push(...nodes))
    const node = newId('node')
    // Opens a connection, whose first message names settings of commits.
    await store.reader.clouds.count()
    proxy.arm()
    const lost = store.write(async (transaction) => {
      transaction.wake(node)
      return transaction.challenges.burn('nonce', '9999')
    })
    await expect(lost).rejects.toEqual(withCode('DATABASE_UNREACHABLE'))
    expect(told).toEqual([node])
    // Repeating it shows that it was done, and does nothing twice.
    expect(await store.write((transaction) => transaction.challenges.burn('nonce', '9999'))).toBe(false)
  })

  test('across a server restart reconnects on its own, and reports that commits may have been missed', async () => {
    const url = await postgres.createDatabase({ template })
    const store = await open(url)
    let gaps = 0
    store.onGap(() => (gaps += 1))
    await postgres.stop()
    await expect(store.reader.clouds.count()).rejects.toEqual(withCode('DATABASE_UNREACHABLE'))
    await expect(store.write(async () => {})).rejects.toEqual(withCode('DATABASE_UNREACHABLE'))
    expect(store.peers?.listening).toBe(false)
    await postgres.start()
    await expect.poll(() => gaps, { timeout: 10_000 }).toBe(1)
    expect(await store.reader.clouds.count()).toBe(0)
    expect(store.peers?.listening).toBe(true)
  })
})

describe('a failed open gives the reason, and never the password', () => {
  const refused: [string, ProblemCode, (url: URL) => void][] = [
    ['nobody listens', 'DATABASE_UNREACHABLE', (url) => (url.port = '1')],
    ['a host that does not exist', 'DATABASE_UNREACHABLE', (url) => (url.hostname = 'nowhere.invalid')],
    ['a wrong password', 'DATABASE_LOGIN_REFUSED', (url) => (url.password = 'wrong-canary')],
    ['no password', 'DATABASE_LOGIN_REFUSED', (url) => (url.password = '')],
    ['a missing database', 'DATABASE_MISSING', (url) => (url.pathname = '/none')],
    ['a certificate that nobody vouches for', 'DATABASE_TLS', (url) => (url.search = 'sslmode=verify-full')],
    ['a setting that is not known', 'USAGE', (url) => (url.search = 'load_balance_hosts=random')],
    ['a server that need not take writes', 'USAGE', (url) => (url.search = 'target_session_attrs=any')],
    ['another scheme', 'USAGE', (url) => (url.href = url.href.replace('postgres:', 'mysql:'))],
  ]
  test.each(refused)('%s: %s', async (_, code, change) => {
    const url = new URL(postgres.url('postgres'))
    change(url)
    const error: unknown = await openPostgresStore(url.href).catch((caught: unknown) => caught)
    expect(error).toEqual(withCode(code))
    expect(JSON.stringify(error) + String(error)).not.toMatch(new RegExp(`${postgres.password}|canary`))
  })

  test('rejects a newer database, and does not change it', async () => {
    const url = await postgres.createDatabase()
    await (await openPostgresStore(url, [...migrations, async () => {}])).close()
    const error: unknown = await openPostgresStore(url).catch((caught: unknown) => caught)
    expect(error).toEqual(withCode('DATABASE_TOO_NEW'))
    expect(String(error)).toContain(`${postgres.host}:${postgres.port}/${nameOf(url)}`)
    expect(String(error)).not.toContain(postgres.password)
  })

  test('a user without permission to create tables', async () => {
    const url = new URL(await postgres.createDatabase())
    await postgres.query('postgres', "create role guest login password 'guest'")
    ;[url.username, url.password] = ['guest', 'guest']
    await expect(openPostgresStore(url.href)).rejects.toEqual(withCode('DATABASE_RIGHTS_MISSING'))
  })

  test('over TLS the server’s certificate is verified with the configured root certificate', async () => {
    const ca = await createCa()
    await using another = await startPostgres({ tls: ca })
    const url = new URL(await another.createDatabase())
    url.search = new URLSearchParams({ sslmode: 'verify-full', sslrootcert: ca.caFile }).toString()
    await (await openPostgresStore(url.href)).close()
    url.search = 'sslmode=require'
    await (await openPostgresStore(url.href)).close()
  })
})

/** Once armed, forwards the next commit, and cuts the connection before its answer. */
async function cutAtCommit(target: Postgres): Promise<AsyncDisposable & { port: number; arm: () => void }> {
  let armed = false
  const server = createServer((client) => {
    const upstream = connect(target.port, target.host)
    let answers = true
    client.on('data', (bytes) => {
      if (armed && bytes.includes('commit')) {
        armed = false
        answers = false
        setTimeout(() => client.destroy(), 200)
      }
      upstream.write(bytes)
    })
    upstream.on('data', (bytes) => {
      if (answers) client.write(bytes)
    })
    client.on('close', () => upstream.end()).on('error', () => undefined)
    upstream.on('close', () => client.destroy()).on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    arm: () => {
      armed = true
    },
    [Symbol.asyncDispose]: async () => {
      server.close()
    },
  }
}
