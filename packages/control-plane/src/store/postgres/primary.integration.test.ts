/** Which of two servers is read and written: the primary, however its address, its hosts and its predecessor behave. */
import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '@fairlead/contract/names'
import { isProblem, type ProblemCode } from '@fairlead/contract/problems'
import {
  createCa,
  startPostgres,
  startPostgresStandby,
  startTcpBalancer,
  startTcpProxy,
  type Postgres,
} from '@fairlead/testkit'
import { expect, test } from 'vitest'
import { openPostgresStore } from './postgres.ts'
import type { Store } from '../store.ts'

const withCode = (code: ProblemCode) => expect.toSatisfy((error: unknown) => isProblem(error, code))

/** A database whose owner has no other rights, as an operator would create it. */
async function ownedDatabase(postgres: Postgres): Promise<{ name: string; user: string; password: string }> {
  const name = new URL(await postgres.createDatabase()).pathname.slice(1)
  await postgres.query('postgres', "create role owner login password 'owner'")
  await postgres.query('postgres', `alter database ${name} owner to owner`)
  return { name, user: 'owner', password: 'owner' }
}

type Owned = Awaited<ReturnType<typeof ownedDatabase>>

interface Address {
  readonly host: string
  readonly port: number
}

const urlOf = ({ name, user, password }: Owned, ...at: readonly Address[]) =>
  `postgres://${user}:${password}@${at.map(({ host, port }) => `${host}:${port}`).join(',')}/${name}?target_session_attrs=read-write`

const said = (what: string, since: number) =>
  process.stdout.write(`${what} after ${((performance.now() - since) / 1000).toFixed(1)} s\n`)

const burn = (store: Store, nonce: string) =>
  store.write((transaction) => transaction.challenges.burn(nonce, '9999-01-01'))

/** Writes one after another until stopped; returns what was acknowledged. */
function keepWriting(store: Store) {
  const acknowledged: string[] = []
  const ended = new AbortController()
  const write = async () => {
    while (!ended.signal.aborted) {
      const nonce = newId('node')
      try {
        await burn(store, nonce)
        acknowledged.push(nonce)
      } catch (error) {
        if (!isProblem(error, 'DATABASE_UNREACHABLE')) throw error
        await sleep(10)
      }
    }
  }
  const writing = write()
  return {
    acknowledged,
    async stop() {
      ended.abort()
      await writing
      return acknowledged
    },
  }
}

const noncesOn = async (server: Postgres, name: string) =>
  new Set((await server.query(name, 'select nonce from answered_challenges')).split('\n'))

test('the address moves to the promoted standby while the old primary is still up: it acknowledges no more writes, and is left within seconds', async () => {
  await using primary = await startPostgres()
  await using standby = await startPostgresStandby(primary, { synchronous: true })
  await using address = await startTcpBalancer()
  address.setServers([primary])
  const owned = await ownedDatabase(primary)
  const store = await openPostgresStore(urlOf(owned, address))
  let gaps = 0
  store.onGap(() => (gaps += 1))
  const writes = keepWriting(store)
  await expect.poll(() => writes.acknowledged.length).toBeGreaterThan(10)

  await standby.promote()
  address.setServers([standby])
  const moved = performance.now()
  const before = writes.acknowledged.length
  await expect.poll(() => writes.acknowledged.length, { timeout: 15_000 }).toBeGreaterThan(before + 10)
  said('with an address that moved, writes went on', moved)
  await expect
    .poll(() => [store.peers?.listening, store.peers?.leading, gaps], { timeout: 10_000 })
    .toEqual([true, true, 1])
  const acknowledged = await writes.stop()
  const kept = await noncesOn(standby, owned.name)
  expect(acknowledged.filter((nonce) => !kept.has(nonce))).toEqual([])
  const sessions = `select count(*) from pg_stat_activity where datname = '${owned.name}' and application_name = 'fairlead'`
  // Sessions waiting for an acknowledgement that never comes are not counted: they react to nothing until then.
  await expect.poll(() => primary.query('postgres', `${sessions} and wait_event is distinct from 'SyncRep'`)).toBe('0')

  // An address that leads back to the replaced primary leads nowhere.
  address.setServers([primary])
  await standby.query(
    'postgres',
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${owned.name}'`,
  )
  // Over existing connections, and over new ones.
  for (let round = 0; round < 30; round++) {
    await expect(store.reader.clouds.count()).rejects.toEqual(withCode('DATABASE_UNREACHABLE'))
    await sleep(20)
  }
  await expect(burn(store, 'astray')).rejects.toEqual(withCode('DATABASE_UNREACHABLE'))
  address.setServers([standby])
  expect(await burn(store, 'home')).toBe(true)
  await store.close()
}, 60_000)

test('several hosts: finds the one that accepts writes, at startup and after a failover, and ignores the old one when it returns', async () => {
  await using primary = await startPostgres()
  await using standby = await startPostgresStandby(primary, { synchronous: true })
  const owned = await ownedDatabase(primary)
  // The standby comes first.
  const url = urlOf(owned, standby, primary)
  const store = await openPostgresStore(url)
  const writes = keepWriting(store)
  await expect.poll(() => writes.acknowledged.length).toBeGreaterThan(10)

  await primary.kill()
  const killed = performance.now()
  await standby.promote()
  const before = writes.acknowledged.length
  await expect.poll(() => writes.acknowledged.length, { timeout: 15_000 }).toBeGreaterThan(before)
  said('with a primary killed and its standby promoted at once, writes went on', killed)
  const sofar = [...writes.acknowledged]
  const kept = await noncesOn(standby, owned.name)
  expect(sofar.filter((nonce) => !kept.has(nonce))).toEqual([])

  // Nothing fenced the old primary, and it is first in the list.
  await primary.start()
  await primary.query('postgres', 'alter system reset synchronous_standby_names')
  await primary.query('postgres', 'select pg_reload_conf()')
  const alone = await noncesOn(primary, owned.name)
  const fresh = await openPostgresStore(urlOf(owned, primary, standby))
  expect(await burn(fresh, 'fresh')).toBe(true)
  await standby.query(
    'postgres',
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${owned.name}'`,
  )
  const cut = writes.acknowledged.length
  await expect.poll(() => writes.acknowledged.length, { timeout: 15_000 }).toBeGreaterThan(cut + 10)
  await expect.poll(() => burn(fresh, 'again').catch(() => null)).toBe(true)
  const acknowledged = await writes.stop()
  const all = await noncesOn(standby, owned.name)
  expect([...acknowledged, 'fresh', 'again'].filter((nonce) => !all.has(nonce))).toEqual([])
  expect(await noncesOn(primary, owned.name)).toEqual(alone)
  await store.close()
  await fresh.close()
}, 60_000)

test('leaves a primary that stops responding within seconds of the promotion', async () => {
  await using primary = await startPostgres()
  await using standby = await startPostgresStandby(primary, { synchronous: true })
  await using line = await startTcpProxy({ to: primary })
  const owned = await ownedDatabase(primary)
  const store = await openPostgresStore(urlOf(owned, line, standby))
  const writes = keepWriting(store)
  await expect.poll(() => writes.acknowledged.length).toBeGreaterThan(10)
  await line.setMode('silence')
  await standby.promote()
  const promoted = performance.now()
  const before = writes.acknowledged.length
  await expect.poll(() => writes.acknowledged.length, { timeout: 12_000 }).toBeGreaterThan(before + 10)
  said('with a primary that fell silent, writes went on', promoted)
  const acknowledged = await writes.stop()
  const kept = await noncesOn(standby, owned.name)
  expect(acknowledged.filter((nonce) => !kept.has(nonce))).toEqual([])
  await store.close()
}, 60_000)

test('leaves a primary that turns read-only at once, even when only reading; uses it again once it accepts writes', async () => {
  await using primary = await startPostgres()
  const owned = await ownedDatabase(primary)
  const store = await openPostgresStore(urlOf(owned, primary))
  const setReadOnly = async (value: string) => {
    await primary.query('postgres', `alter system set default_transaction_read_only = ${value}`)
    await primary.query('postgres', 'select pg_reload_conf()')
  }
  await setReadOnly('on')
  await expect
    .poll(() => store.reader.clouds.count().catch((error: unknown) => error), { timeout: 5000 })
    .toEqual(withCode('DATABASE_UNREACHABLE'))
  await expect(burn(store, 'one')).rejects.toEqual(withCode('DATABASE_UNREACHABLE'))
  await setReadOnly('off')
  await expect.poll(() => burn(store, 'two').catch(() => null), { timeout: 5000 }).toBe(true)
  await store.close()
  // A server that does not reveal its timeline is believed to accept writes.
  await primary.query(owned.name, 'revoke execute on function pg_control_system() from public')
  const believing = await openPostgresStore(urlOf(owned, primary))
  expect(await burn(believing, 'three')).toBe(true)
  await believing.close()
}, 60_000)

test('does not start with only a standby, and verifies the certificate of each of several hosts', async () => {
  const ca = await createCa()
  await using primary = await startPostgres({ tls: ca })
  await using standby = await startPostgresStandby(primary, { synchronous: false, host: '127.0.0.2', tls: ca })
  const owned = await ownedDatabase(primary)
  const proved = `&sslmode=verify-full&sslrootcert=${encodeURIComponent(ca.caFile)}`
  await expect.poll(() => standby.query(owned.name, 'select 1').catch(() => null)).toBe('1')
  await expect(openPostgresStore(urlOf(owned, standby) + proved)).rejects.toEqual(withCode('DATABASE_UNREACHABLE'))
  const store = await openPostgresStore(urlOf(owned, standby, primary) + proved)
  expect(await burn(store, 'one')).toBe(true)
  await store.close()
}, 60_000)
