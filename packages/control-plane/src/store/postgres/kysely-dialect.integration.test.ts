import { startPostgres, type Postgres } from '@fairlead/testkit'
import { sql, type Kysely } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Tables } from '../row.ts'
import { readDatabaseUrl } from './database-url.ts'
import { kyselyOver } from './kysely-dialect.ts'
import { openPool } from './pool.ts'
import { openPostgresStore } from './postgres.ts'
import { PreparedStatements } from './prepared-statements.ts'
import { Primary } from './primary.ts'

let postgres: Postgres
let db: Kysely<Tables>

beforeAll(async () => {
  postgres = await startPostgres()
  const url = await postgres.createDatabase()
  await (await openPostgresStore(url)).close()
  const primary = new Primary(readDatabaseUrl(url))
  await primary.find()
  db = kyselyOver(openPool(primary, new PreparedStatements()))
})
afterAll(async () => {
  await db.destroy()
  await postgres.stop()
})

test('a statement is prepared once, and serves lists of every length', async () => {
  const statements = await db.connection().execute(async (connection) => {
    for (const ids of [['a'], ['a', 'b', 'c'], []]) {
      await connection.selectFrom('own_keys').select('key').where('name', 'in', ids).execute()
    }
    const prepared = sql<{
      statement: string
    }>`select statement from pg_prepared_statements where statement like '%own_keys%' and name <> ''`
    return (await prepared.execute(connection)).rows.map(({ statement }) => statement)
  })
  expect(statements).toContain('select "key" from "own_keys" where "name" = any($1)')
  expect(statements.filter((statement) => statement.startsWith('select "key"'))).toHaveLength(1)
})

test('a list finds text whatever it contains, and numbers', async () => {
  const odd = ['', 'a,b', '{a}', '"a"', String.raw`a\b`, 'null', 'NULL', "a'b", ' a ', 'ä', 'a\nb']
  await db
    .insertInto('own_keys')
    .values(odd.map((name) => ({ name, key: `key of ${name}` })))
    .execute()
  for (const name of odd) {
    const found = await db.selectFrom('own_keys').select('key').where('name', 'in', [name, 'none']).execute()
    expect(found).toEqual([{ key: `key of ${name}` }])
  }
  expect(await db.selectFrom('own_keys').select('key').where('name', 'in', odd).execute()).toHaveLength(odd.length)
  expect(await db.selectFrom('own_keys').select('key').where('name', 'in', ['a\0', 'none']).execute()).toEqual([])
  const versions = db.selectFrom('schema_version').select('version')
  const { version } = await versions.executeTakeFirstOrThrow()
  expect(await versions.where('version', 'in', [version, -1]).execute()).toEqual([{ version }])
})
