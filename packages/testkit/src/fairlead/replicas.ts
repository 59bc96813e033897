/** Several replicas of a control plane, each in its own process, on one throw-away PostgreSQL, behind a plain TCP balancer. */
import { mkdir } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { allEnded } from '../all-ended.ts'
import type { Postgres } from '../servers/postgres-server.ts'
import { startPostgresStandby, type PostgresStandby } from '../servers/postgres-standby.ts'
import { startPostgres } from '../servers/postgres.ts'
import { newFolder } from '../run-folder.ts'
import { startTcpBalancer, type TcpBalancer } from '../servers/tcp-balancer.ts'
import { createCa } from '../servers/test-ca.ts'
import type { FairleadServe, FairleadServeOptions } from './fairlead-serve.ts'
import { startServeProcess, type ServeProcess } from './serve-process.ts'

export interface ReplicasOptions extends FairleadServeOptions {
  count?: number
  /** PostgreSQL has a synchronous standby, and the replicas know both by name. */
  standby?: boolean
  /** PostgreSQL syncs to the disk: for measurements. */
  fsync?: boolean
}

export interface FairleadReplicas extends FairleadServe {
  readonly replicas: readonly ServeProcess[]
  readonly postgres: Postgres
  /** Null if none was requested. */
  readonly standby: PostgresStandby | null
  /** New connections go only to these; to all if none is named. */
  readonly steerTo: (...replicas: readonly ServeProcess[]) => void
  /** How many connections a replica has through the balancer now. */
  readonly connectionsOf: (replica: ServeProcess) => number
}

export async function startReplicas(options: ReplicasOptions = {}): Promise<FairleadReplicas> {
  const {
    count = 3,
    dir = newFolder('control-planes'),
    listen = '127.0.0.1:0',
    tls,
    connectTo = {},
    signInFile,
    env,
  } = options
  await using starting = new AsyncDisposableStack()
  const [host, port] = splitAddress(listen)
  const postgres = starting.use(await startPostgres({ fsync: options.fsync ?? false }))
  const standby = options.standby ? starting.use(await startPostgresStandby(postgres, { synchronous: true })) : null
  const url = withHosts(await postgres.createDatabase(), standby === null ? [postgres] : [postgres, standby])
  const balancer = starting.use(await startTcpBalancer({ host, port }))
  const loopback = host === 'localhost' || host.startsWith('127.')
  const certificate = tls ?? (loopback ? undefined : await shareCertificate(host))
  const scheme = certificate === undefined ? 'http' : 'https'
  const origin = options.origin ?? `${scheme}://${isIP(host) === 6 ? `[${host}]` : host}:${balancer.port}`
  const home = newFolder('serve')
  // One log for all: each appends whole lines.
  const logFile = join(home, 'serve.log')
  const start = async (_: unknown, index: number): Promise<ServeProcess> => {
    const own = join(dir, `replica-${index + 1}`)
    await mkdir(own, { recursive: true, mode: 0o700 })
    return starting.use(
      await startServeProcess({
        dir: own,
        home,
        logFile,
        listen: '127.0.0.1:0',
        origin,
        tls: certificate,
        connectTo,
        signInFile,
        env: { ...env, FAIRLEAD_DATABASE: url },
      }),
    )
  }
  const replicas = await allEnded(Array.from({ length: count }, start))
  const tokens = replicas.flatMap(({ adminToken }) => adminToken ?? [])
  const [adminToken] = tokens
  const [first] = replicas
  if (adminToken === undefined || first === undefined || tokens.length > 1) {
    throw new Error(`${tokens.length} of ${count} replicas made the first admin token`)
  }
  const addressOf = (replica: ServeProcess) => splitAddress(replica.address)
  const steerTo = (...some: readonly ServeProcess[]): void =>
    balancer.setServers(
      (some.length === 0 ? replicas : some).map(addressOf).map(([to, at]) => ({ host: to, port: at })),
    )
  steerTo()
  const parts = starting.move()
  const stop = (): Promise<void> => parts.disposeAsync()
  return {
    origin,
    adminToken,
    caFile: certificate?.caFile ?? null,
    get pid() {
      return first.pid
    },
    get pids() {
      return replicas.map(({ pid }) => pid)
    },
    logFile,
    dir,
    database: { url, folder: postgres.folder },
    tail: first.tail,
    kill(signal) {
      for (const replica of replicas) replica.kill(signal)
    },
    async restart() {
      await allEnded(replicas.map((replica) => replica.restart()))
    },
    stop,
    replicas,
    postgres,
    standby,
    steerTo,
    connectionsOf: ({ address }) => openAt(balancer, address),
    [Symbol.asyncDispose]: stop,
  }
}

const openAt = (balancer: TcpBalancer, address: string): number => balancer.open().get(address) ?? 0

/** In libpq's format: one after the other. */
function withHosts(url: string, hosts: readonly Postgres[]): string {
  const { username, password, pathname } = new URL(url)
  return `postgres://${username}:${password}@${hosts.map(({ host, port }) => `${host}:${port}`).join(',')}${pathname}`
}

/** A node trusts its authority, whichever replica answers. */
async function shareCertificate(host: string) {
  const ca = await createCa()
  return { ...(await ca.issue([host])), caFile: ca.caFile }
}

function splitAddress(address: string): [host: string, port: number] {
  const at = address.lastIndexOf(':')
  return [address.slice(0, at).replace(/^\[(.*)\]$/, '$1'), Number(address.slice(at + 1))]
}
