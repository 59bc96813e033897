/**
 * R1, R7: `kill -9` of the control plane, an immediate stop of its database, or a full disk, at random moments under load. Afterwards all
 * acknowledged writes are there, and nothing is half-written. A part of the chaos layer, too.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '@fairlead/contract/names'
import { chaosRounds, playRounds, startPostgres, type Postgres } from '@fairlead/testkit'
import { afterEach, expect, test } from 'vitest'
import { callerOf, type Caller } from './testing/test-control-plane.ts'
import { facts, testNode, type TestNode } from './testing/test-node.ts'
import { smallDisk, type SmallDisk } from './testing/small-disk.ts'
import { tempDir } from './testing/temp-dir.ts'

const rounds = chaosRounds()
const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
})

interface Started {
  child: ChildProcess
  origin: string
  adminToken: string | null
  address: string
}

async function start(dataDir: string, database: string | null, listen?: string): Promise<Started> {
  const script = fileURLToPath(new URL('./testing/crash-child.ts', import.meta.url))
  const child = spawn(process.execPath, [script, dataDir, ...(listen === undefined ? [] : [listen])], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...(database !== null && { FAIRLEAD_DATABASE: database }) },
  })
  children.push(child)
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { child, ...(JSON.parse(line) as Omit<Started, 'child'>) }
}

/** Keeps creating environments and builds, and records what was acknowledged. */
async function build(caller: Caller, name: string, acknowledged: Map<string, number>, stopped: () => boolean) {
  const config_json = { docker_image: 'registry.example.com/app:1', ray_version: '2.55.1', env_vars: { A: name } }
  for (let count = 0; !stopped(); count++) {
    const made = await caller.post('/cluster_environments', { name: `${name}-${count}`, config_json })
    if (made.status !== 201) throw new Error(made.text)
    acknowledged.set(made.body.result.id, 1)
    const added = await caller.post(`/cluster_environments/${made.body.result.id}/builds`, { config_json })
    if (added.status !== 201) throw new Error(added.text)
    acknowledged.set(made.body.result.id, 2)
  }
}

/** Each says something new, in the first report of a round, too: one that repeats the last is a heartbeat, and is not written. */
let reported = 0

async function report(node: TestNode, acknowledged: string[], stopped: () => boolean) {
  while (!stopped()) {
    reported += 1
    const answer = await node.report({ report_id: newId('rep'), node: { ...facts, disk_free_bytes: reported } })
    if (answer.status !== 200) throw new Error(answer.text)
    acknowledged.push(answer.body.acknowledged)
  }
}

/** The contents of the database, read independently of any control plane. */
interface Kept {
  /** One row per environment: its id, the newest revision it names, how many builds it has, and the highest of them. */
  environments: { id: string; latest: number; builds: number; highest: number }[]
  reportIds: string[]
}

const environmentsQuery = `select e.id, e.latest_revision as latest, count(b.id) as builds, max(b.revision) as highest
  from cluster_environments e left join builds b on b.cluster_environment_id = e.id group by e.id, e.latest_revision`

function keptInSqlite(dataDir: string): Kept {
  const database = new DatabaseSync(join(dataDir, 'fairlead.sqlite'))
  expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
  expect(database.prepare('PRAGMA foreign_key_check').all()).toEqual([])
  const environments = database.prepare(environmentsQuery).all() as unknown as Kept['environments']
  const { report_ids } = database.prepare('select report_ids from nodes').get() as { report_ids: string }
  database.close()
  return { environments, reportIds: JSON.parse(report_ids) as string[] }
}

async function keptInPostgres(postgres: Postgres, url: string): Promise<Kept> {
  const ask = async (sql: string) => JSON.parse(await postgres.query(new URL(url).pathname.slice(1), sql)) as unknown
  return {
    environments: (await ask(
      `select coalesce(json_agg(r), '[]') from (${environmentsQuery}) r`,
    )) as Kept['environments'],
    reportIds: (await ask('select report_ids from nodes')) as string[],
  }
}

interface Trial {
  readonly fault: string
  readonly dataDir: string
  readonly database: { readonly postgres: Postgres; readonly url: string } | null
  /** What is interrupted under load; a disk has the data directory. */
  readonly victim: 'control plane' | 'database' | SmallDisk
}

/** Interrupts the writes again and again, and checks what the database kept. */
async function loseNothing({ fault, dataDir, database, victim }: Trial): Promise<void> {
  const environments = new Map<string, number>()
  let started = await start(dataDir, database?.url ?? null)
  const token = started.adminToken ?? ''
  const admin = () => callerOf(started.origin, token)
  const cloud = (await admin().post('/clouds', { name: 'c', provider: 'local' })).body.result
  const node = await testNode(started.origin, admin(), cloud, { name: 'n' })
  const look = () => (database === null ? keptInSqlite(dataDir) : keptInPostgres(database.postgres, database.url))

  const strike = async (): Promise<void> => {
    if (victim === 'database') return database?.postgres.stopAtOnce()
    if (typeof victim === 'object') return victim.fill()
    started.child.kill('SIGKILL')
    await once(started.child, 'exit')
  }
  const recover = async (): Promise<void> => {
    if (victim === 'control plane') {
      started = await start(dataDir, database?.url ?? null, started.address)
      if (started.adminToken !== null) throw new Error('the control plane made a new database')
    }
    await expect.poll(async () => (await admin().get('/-/readyz')).status, { timeout: 30_000 }).toBe(200)
  }
  await playRounds({
    fault,
    exposure: { secrets: () => [token], places: () => [dataDir] },
    async play({ seed, between }) {
      let stopped = false
      const reports: string[] = []
      const caller = admin()
      const load = [
        ...[0, 1, 2].map((index) => build(caller, `r${seed}-${index}`, environments, () => stopped)),
        report(node, reports, () => stopped),
      ].map((work) => work.catch((error: unknown) => String(error)))
      // On a busy machine the first answer takes a while.
      const before = environments.size
      await expect.poll(() => environments.size, { timeout: 60_000, interval: 5 }).toBeGreaterThan(before)
      await sleep(between(0, 400))
      await strike()
      // A full disk ends each of them by itself.
      stopped = typeof victim === 'string'
      const ends = await Promise.all(load)
      const unclear = typeof victim === 'string' ? [] : ends.filter((end) => !end?.includes('DATABASE_UNUSABLE'))
      expect(unclear).toEqual([])
      if (typeof victim === 'object') victim.makeRoom()
      if (victim === 'database') await database?.postgres.start()

      const kept = await look()
      const rows = new Map(kept.environments.map((row) => [row.id, row]))
      const lost = [...environments].filter(([id, count]) => (rows.get(id)?.builds ?? 0) < count).map(([id]) => id)
      const halves = kept.environments.filter((row) => row.latest !== row.builds || row.latest !== row.highest)
      expect(halves).toEqual([])
      const last = reports.at(-1)
      if (last !== undefined && !kept.reportIds.includes(last)) lost.push(last)
      await recover()
      return lost
    },
  })
  expect(environments.size).toBeGreaterThan(0)
}

const timeoutMs = 120_000 + rounds * 5000

test(
  `${rounds} control planes killed under load lose nothing they acknowledged`,
  async () => {
    using dir = tempDir()
    const fault = 'kill -9 of a control plane under load (SQLite)'
    await loseNothing({ fault, dataDir: dir.path, database: null, victim: 'control plane' })
  },
  timeoutMs,
)

test(
  `${rounds} disks that fill up under load lose nothing that was acknowledged, and the control plane continues without a restart`,
  async () => {
    using disk = smallDisk(64 * 1024 * 1024)
    const fault = 'a disk that fills up under a loaded control plane (SQLite)'
    await loseNothing({ fault, dataDir: join(disk.path, 'data'), database: null, victim: disk })
  },
  timeoutMs,
)

test.each([
  ['control plane', 'kill -9 of a control plane under load (PostgreSQL)'],
  ['database', 'immediate stop of PostgreSQL under load'],
] as const)(
  `on PostgreSQL, ${rounds} interruptions of the %s under load lose nothing that was acknowledged`,
  async (victim, fault) => {
    using dir = tempDir()
    await using postgres = await startPostgres()
    const url = await postgres.createDatabase()
    await loseNothing({ fault, dataDir: dir.path, database: { postgres, url }, victim })
  },
  timeoutMs,
)
