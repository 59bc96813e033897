/** R1: `kill -9` at random moments under load. After the restart all acknowledged writes are there, and nothing is half-written. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '@fairlead/contract/names'
import { startPostgres, type Postgres } from '@fairlead/testkit'
import { afterEach, expect, test } from 'vitest'
import { callerOf, type Caller } from './testing/test-control-plane.ts'
import { testNode, type TestNode } from './testing/test-node.ts'
import { tempDir } from './testing/temp-dir.ts'

const rounds = Number(process.env['FAIRLEAD_CRASH_ROUNDS'] ?? 10)
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

async function report(node: TestNode, acknowledged: string[], stopped: () => boolean) {
  while (!stopped()) {
    const answer = await node.report({ report_id: newId('rep') })
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

/** Kills the control plane under load, again and again, and checks what its database kept. */
async function loseNothing(dataDir: string, database: string | null, look: () => Kept | Promise<Kept>): Promise<void> {
  const environments = new Map<string, number>()
  let started = await start(dataDir, database)
  const token = started.adminToken ?? ''
  const admin = () => callerOf(started.origin, token)
  const cloud = (await admin().post('/clouds', { name: 'c', provider: 'local' })).body.result
  const node = await testNode(started.origin, admin(), cloud, { name: 'n' })

  for (let round = 0; round < rounds; round++) {
    let stopped = false
    const reports: string[] = []
    const caller = admin()
    const load = [
      ...[0, 1, 2].map((index) => build(caller, `r${round}-${index}`, environments, () => stopped)),
      report(node, reports, () => stopped),
    ].map((work) => work.catch(() => undefined))
    // On a busy machine the first answer takes a while.
    const before = environments.size
    await expect.poll(() => environments.size, { timeout: 60_000, interval: 5 }).toBeGreaterThan(before)
    await sleep(Math.random() * 400)
    started.child.kill('SIGKILL')
    stopped = true
    await Promise.all([once(started.child, 'exit'), ...load])

    const kept = await look()
    const rows = new Map(kept.environments.map((row) => [row.id, row]))
    const lost = [...environments].filter(([id, count]) => (rows.get(id)?.builds ?? 0) < count)
    expect(lost).toEqual([])
    const halves = kept.environments.filter((row) => row.latest !== row.builds || row.latest !== row.highest)
    expect(halves).toEqual([])
    const last = reports.at(-1)
    expect(last === undefined || kept.reportIds.includes(last)).toBe(true)

    started = await start(dataDir, database, started.address)
    expect(started.adminToken).toBeNull()
  }
  expect(environments.size).toBeGreaterThan(rounds)
}

const timeoutMs = 120_000 + rounds * 3000

test(
  `${rounds} control planes killed under load lose nothing they acknowledged`,
  async () => {
    using dir = tempDir()
    await loseNothing(dir.path, null, () => keptInSqlite(dir.path))
  },
  timeoutMs,
)

test(
  `nor do ${rounds} on PostgreSQL`,
  async () => {
    using dir = tempDir()
    await using postgres = await startPostgres()
    const url = await postgres.createDatabase()
    await loseNothing(dir.path, url, () => keptInPostgres(postgres, url))
  },
  timeoutMs,
)
