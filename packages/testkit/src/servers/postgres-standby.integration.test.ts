/** The tests' standby: it has what was acknowledged, and takes writes once promoted. */
import { expect, test } from 'vitest'
import { startPostgresStandby } from './postgres-standby.ts'
import { startPostgres } from './postgres.ts'

test('a promoted standby has everything that its primary acknowledged, and begins a timeline', async () => {
  await using primary = await startPostgres()
  await using standby = await startPostgresStandby(primary, { synchronous: true })
  const name = new URL(await primary.createDatabase()).pathname.slice(1)
  await primary.query(name, 'create table kept (text text); insert into kept values (1)')
  await expect(standby.query('postgres', 'create table another ()')).rejects.toThrow('read-only transaction')
  await primary.kill()
  await standby.promote()
  expect(await standby.query(name, 'insert into kept values (2) returning (select count(*) from kept)')).toBe('1')
  const timeline = 'select left(pg_walfile_name(pg_current_wal_lsn()), 8)'
  expect(await standby.query(name, timeline)).toBe('00000002')
  // The one that was replaced comes back unaware of it, and waits for its standby.
  await primary.start()
  expect(await primary.query(name, `${timeline}, (select count(*) from kept)`)).toBe('00000001|1')
})

test('a standby that has stopped following lacks what comes after', async () => {
  await using primary = await startPostgres()
  await using standby = await startPostgresStandby(primary, { synchronous: false })
  await standby.pause()
  await primary.query('postgres', 'create table lost (text text)')
  await standby.promote()
  expect(await standby.query('postgres', "select to_regclass('lost') is null")).toBe('t')
})
