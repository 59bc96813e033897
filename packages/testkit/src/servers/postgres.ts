/**
 * A real PostgreSQL for one test run, with passwords, and with a natural-language collation: code that relies on byte order
 * fails here.
 */
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mustRun } from '../command.ts'
import { freePort } from './free-port.ts'
import { ownerOf, startPostgresServer, type Postgres } from './postgres-server.ts'
import { newFolder } from '../run-folder.ts'
import type { TestCa } from './test-ca.ts'

export interface PostgresOptions {
  /** The address to listen on; 127.0.0.1 when absent. */
  host?: string
  /** Also accepts TLS connections. */
  tls?: TestCa
  /** The folder of its programs; Debian's version 15 by default. */
  programs?: string
  /** Syncs to the disk, as in production: for measurements. A test kills processes, and what they gave the kernel outlives them. */
  fsync?: boolean
  /** The folder of an earlier server, which has stopped: this one begins with a copy of its databases. */
  from?: string
}

const user = 'fairlead'
/** A few gigabytes. */
const copyMs = 300_000

export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const { host = '127.0.0.1', tls, programs = '/usr/lib/postgresql/15/bin', fsync = false, from } = options
  const home = newFolder('postgres')
  const passwordFile = join(home, 'password')
  if (from !== undefined) await mustRun('cp', ['-a', '--reflink=auto', `${from}/.`, home], { timeoutMs: copyMs })
  else await writeFile(passwordFile, randomBytes(18).toString('base64url'), { mode: 0o600 })
  const password = await readFile(passwordFile, 'utf8')
  const runAs = await ownerOf([home, passwordFile])
  if (from === undefined) {
    const locale = ['--encoding=UTF8', '--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=en-US']
    const login = [`--username=${user}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256']
    await mustRun(
      ...runAs(join(programs, 'initdb'), [`--pgdata=${join(home, 'data')}`, ...login, ...locale, '--no-sync']),
    )
  }
  return startPostgresServer({ home, host, port: await freePort(host), user, password, programs, runAs, tls, fsync })
}
