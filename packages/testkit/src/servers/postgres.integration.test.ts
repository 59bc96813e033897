/** The tests' PostgreSQL: started, copied, killed and started again. */
import { expect, test } from 'vitest'
import { startPostgres } from './postgres.ts'

test('sorts linguistically, and keeps what was committed through a kill', async () => {
  await using postgres = await startPostgres()
  // Tests kill processes, never the machine: what a process wrote is safe without a flush.
  expect(await postgres.query('postgres', "select 'a' < 'B', current_setting('fsync')")).toBe('t|off')

  const first = new URL(await postgres.createDatabase())
  const name = first.pathname.slice(1)
  await postgres.query(name, 'create table kept (text text); insert into kept values (1)')
  await postgres.kill()
  await postgres.start()
  expect(await postgres.query(name, 'select * from kept')).toBe('1')
  const copy = new URL(await postgres.createDatabase({ template: name }))
  expect(await postgres.query(copy.pathname.slice(1), 'select * from kept')).toBe('1')
})
