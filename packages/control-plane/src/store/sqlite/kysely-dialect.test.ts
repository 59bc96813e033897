import { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { kyselyOver } from './kysely-dialect.ts'

test('after a statement that took long, others get a turn before the next one', async () => {
  await using db = kyselyOver(new DatabaseSync(':memory:'))
  const done: string[] = []
  const say = (what: string) => () => done.push(what)
  const count = (to: number) =>
    sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${to}) select max(i) from n`.execute(
      db,
    )
  // Opens the database.
  await count(1)
  const long = count(1_000_000).then(say('long'))
  const next = count(1).then(say('next'))
  await Promise.all([long, next, setImmediate().then(say('others'))])
  expect(done).toEqual(['long', 'others', 'next'])
})
