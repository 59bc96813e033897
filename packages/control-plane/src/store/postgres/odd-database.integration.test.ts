/** Databases that somebody has set up in another way: each works the same, or is refused with what to change. */
import { isProblem, type ProblemCode } from '@fairlead/contract/problems'
import { startPostgres, type Postgres } from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPostgresStore } from './postgres.ts'

let postgres: Postgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())

const nameOf = (url: string) => new URL(url).pathname.slice(1)
const withCode = (code: ProblemCode) => expect.toSatisfy((error: unknown) => isProblem(error, code))

/** A database whose sessions begin with these settings. */
async function databaseWith(...settings: string[]): Promise<string> {
  const url = await postgres.createDatabase()
  for (const setting of settings) await postgres.query('postgres', `alter database ${nameOf(url)} set ${setting}`)
  return url
}

test.each(['repeatable read', 'serializable'])(
  'a write sees all earlier ones where transactions are %s by default',
  async (isolation) => {
    const url = await databaseWith(`default_transaction_isolation = '${isolation}'`)
    const [here, there] = [await openPostgresStore(url), await openPostgresStore(url)]
    const burn = (store: typeof here) => store.write((transaction) => transaction.challenges.burn('nonce', '9999'))
    const count = 20
    const burnt = await Promise.all(
      Array.from({ length: count }, (_, at) => burn(at % 2 === 0 ? here : there).catch((error: unknown) => error)),
    )
    expect(burnt.filter((isFirst) => isFirst === true)).toHaveLength(1)
    expect(burnt.filter((isFirst) => isFirst === false)).toHaveLength(count - 1)
    await here.close()
    await there.close()
  },
)

test('a write waits for its turn, however short the database lets others wait for a lock', async () => {
  const url = await databaseWith('lock_timeout = 1')
  const [here, there] = [await openPostgresStore(url), await openPostgresStore(url)]
  const slow = here.write(async () => postgres.query('postgres', 'select pg_sleep(0.3)'))
  await there.write(async () => {})
  await slow
  await here.close()
  await there.close()
})

describe('refuses', () => {
  const foreign: [string, string][] = [
    ['a table of the same name', 'create table clouds (number integer)'],
    ['a view of the same name', 'create view events as select 1 as number'],
    [
      'a version table of another program',
      "create table schema_version (version text); insert into schema_version values ('1.2')",
    ],
    [
      'a version that there never was',
      'create table schema_version (version integer); insert into schema_version values (-1)',
    ],
  ]
  test.each(foreign)('a database with %s, and leaves it as it was', async (_, made) => {
    const url = await postgres.createDatabase()
    await postgres.query(nameOf(url), made)
    const tables = () =>
      postgres.query(nameOf(url), "select count(*) from pg_class where relnamespace = 'public'::regnamespace")
    const before = await tables()
    await expect(openPostgresStore(url)).rejects.toEqual(withCode('DATABASE_UNFIT'))
    expect(await tables()).toBe(before)
  })

  test('a user whose search path has no schema', async () => {
    await expect(openPostgresStore(await databaseWith('search_path = nowhere'))).rejects.toEqual(
      withCode('DATABASE_UNFIT'),
    )
  })

  test('an encoding that lacks most characters', async () => {
    await postgres.query(
      'postgres',
      "create database narrow encoding 'LATIN1' locale 'C' locale_provider libc template template0",
    )
    await expect(openPostgresStore(postgres.url('narrow'))).rejects.toEqual(withCode('DATABASE_UNFIT'))
  })

  test('a database that lets nobody in for a while, with a problem that passes', async () => {
    await expect(openPostgresStore(postgres.url('template0'))).rejects.toEqual(withCode('DATABASE_UNREACHABLE'))
  })
})

test('a table that somebody dropped is a problem of the database, also while it runs', async () => {
  const url = await postgres.createDatabase()
  const store = await openPostgresStore(url)
  await postgres.query(nameOf(url), 'drop table answered_challenges')
  const burn = store.write((transaction) => transaction.challenges.burn('nonce', '9999'))
  await expect(burn).rejects.toEqual(withCode('DATABASE_UNFIT'))
  await store.close()
})
