/** PgBouncer in front of a tests' PostgreSQL, with Debian's settings except for the mode of its pools. */
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { ownerOf, type Postgres } from './postgres-server.ts'
import { newFolder } from '../run-folder.ts'
import { startService, untilReady } from '../service.ts'
import { runCommand } from '../command.ts'

export interface PgBouncer extends AsyncDisposable {
  /** The same database, through it. */
  readonly through: (url: string) => string
}

export async function startPgBouncer(
  postgres: Postgres,
  mode: 'session' | 'transaction' | 'statement',
): Promise<PgBouncer> {
  const home = newFolder('pgbouncer')
  const port = await freePort('127.0.0.1')
  const [settings, users] = [join(home, 'pgbouncer.ini'), join(home, 'users.txt')]
  const lines = [
    '[databases]',
    `* = host=${postgres.host} port=${postgres.port}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = scram-sha-256',
    `auth_file = ${users}`,
    `pool_mode = ${mode}`,
  ]
  await writeFile(settings, `${lines.join('\n')}\n`)
  await writeFile(users, `"${postgres.user}" "${postgres.password}"\n`)
  await chmod(users, 0o600)
  const [command, args] = (await ownerOf([home, settings, users]))('/usr/sbin/pgbouncer', [settings])
  const service = startService({
    command,
    args,
    forks: command === 'unshare',
    logFile: join(home, 'pgbouncer.log'),
    cwd: home,
  })
  await untilReady(service, `PgBouncer listens on 127.0.0.1:${port}`, async () => {
    const ready = ['--host', '127.0.0.1', '--port', String(port), '-q']
    return (await runCommand(join(postgres.programs, 'pg_isready'), ready)).status === 0 ? true : undefined
  })
  return {
    through(url) {
      const changed = new URL(url)
      changed.host = `127.0.0.1:${port}`
      return changed.href
    },
    [Symbol.asyncDispose]: () => service.stop(),
  }
}
