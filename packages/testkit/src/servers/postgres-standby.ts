/** A second PostgreSQL that follows the first by streaming replication, and can be promoted to take its place. */
import { join } from 'node:path'
import { mustRun } from '../command.ts'
import { eventually } from '../deadline.ts'
import { freePort } from './free-port.ts'
import { ownerOf, startPostgresServer, type Postgres } from './postgres-server.ts'
import { newFolder } from '../run-folder.ts'
import type { TestCa } from './test-ca.ts'

export interface StandbyOptions {
  /** A commit is acknowledged once it is also on the standby's disk. */
  synchronous: boolean
  /** The address to listen on; the primary's when absent. */
  host?: string
  /** The replaced primary's port, for one that comes back as a standby. */
  port?: number
  tls?: TestCa
}

export interface PostgresStandby extends Postgres {
  /** Takes writes from then on; the primary does not notice. */
  readonly promote: () => Promise<void>
  /** The connection over which it follows; without it nothing more arrives. */
  readonly pause: () => Promise<void>
}

export async function startPostgresStandby(primary: Postgres, options: StandbyOptions): Promise<PostgresStandby> {
  const { host = primary.host, synchronous, tls } = options
  const { user, password, programs } = primary
  const home = newFolder('postgres')
  const runAs = await ownerOf([home])
  const from = ['--host', primary.host, '--port', String(primary.port), '--username', user]
  const copy = [`--pgdata=${join(home, 'data')}`, '--write-recovery-conf', '--checkpoint=fast', '--no-sync']
  await mustRun(...runAs(join(programs, 'pg_basebackup'), [...from, ...copy]), { env: { PGPASSWORD: password } })
  const port = options.port ?? (await freePort(host))
  const server = await startPostgresServer({ home, host, port, user, password, programs, runAs, tls, fsync: false })
  // After the copy, which would wait for its own standby once promoted.
  if (synchronous) {
    await primary.query('postgres', "alter system set synchronous_standby_names = '*'")
    await primary.query('postgres', 'select pg_reload_conf()')
  }
  const state = `select 1 from pg_stat_replication where sync_state = '${synchronous ? 'sync' : 'async'}'`
  await eventually(async () => (await primary.query('postgres', state)) === '1' || undefined, {
    what: 'the standby follows its primary',
    timeoutMs: 20_000,
  })
  return {
    ...server,
    get logFile() {
      return server.logFile
    },
    get pid() {
      return server.pid
    },
    async promote() {
      if ((await server.query('postgres', 'select pg_promote(true, 30)')) !== 't') {
        throw new Error(`the standby was not promoted: see ${server.logFile}`)
      }
    },
    async pause() {
      await server.query('postgres', "alter system set primary_conninfo = ''")
      await server.query('postgres', 'select pg_reload_conf()')
      await eventually(
        async () => (await server.query('postgres', 'select 1 from pg_stat_wal_receiver')) === '' || undefined,
        {
          what: 'the standby follows no more',
          timeoutMs: 20_000,
        },
      )
    },
  }
}
