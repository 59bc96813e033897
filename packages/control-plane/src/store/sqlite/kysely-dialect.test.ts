import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { kyselyOver } from './kysely-dialect.ts'

test('after a statement that took long, others get a turn before the next one', async () => {
  await using db = kyselyOver(new DatabaseSync(':memory:'))
  let turns = 0
  const turn = () => {
    turns += 1
    others = setImmediate(turn)
  }
  let others = setImmediate(turn)
  const count = (to: number) =>
    sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${to}) select max(i) from n`.execute(
      db,
    )
  // Opens the database.
  await count(1)
  const [afterLong, afterNext] = await Promise.all([count(1_000_000).then(() => turns), count(1).then(() => turns)])
  clearImmediate(others)
  expect(afterNext).toBeGreaterThan(afterLong)
})
