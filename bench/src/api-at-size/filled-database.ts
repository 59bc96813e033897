/** A filled database of a control plane, made once a day, kept beside the other caches, and copied for each run. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fillPostgres } from '@fairlead/control-plane/admin/postgres-database'
import { fillSqlite } from '@fairlead/control-plane/admin/sqlite-database'
import { databasePath } from '@fairlead/control-plane/store/data-dir'
import { inRepository, mustRun, newFolder, startPostgres } from '@fairlead/testkit'
import { insertRecords, type ByCloud } from './records.ts'

export const databaseNames = ['sqlite', 'postgresql'] as const
export type DatabaseName = (typeof databaseNames)[number]

const cache = inRepository('.cache/api-at-size')

/** Records count from the day on which they were made: what was pulled in the last 24 hours is asked for too. */
const nameOf = (database: DatabaseName, scale: number, now: number): string =>
  `${new Date(now).toISOString().slice(0, 10)}-${scale}-${database}`

export interface FilledDatabase extends AsyncDisposable {
  /** For `fairlead serve`, together with `env`. */
  readonly dir: string
  readonly env: Readonly<Record<string, string>>
  readonly landmarks: ByCloud
}

export async function openFilled(
  database: DatabaseName,
  scale: number,
  say: (line: string) => void,
): Promise<FilledDatabase> {
  const kept = join(cache, nameOf(database, scale, Date.now()))
  const read = async () => JSON.parse(await readFile(join(kept, 'landmarks.json'), 'utf8')) as ByCloud
  const landmarks = await read().catch(async () => {
    say(`filling ${database} at scale ${scale}: kept in ${kept}`)
    await forgetOlder(database, scale)
    await (database === 'sqlite' ? keepSqlite : keepPostgres)(kept, scale)
    return read()
  })
  say(`copying what ${database} has`)
  const dir = newFolder('api-at-size')
  if (database === 'sqlite') {
    await mustRun('cp', ['-a', '--reflink=auto', `${join(kept, 'data')}/.`, dir])
    await fillSqlite(databasePath(dir), justMigrate)
    return { dir, env: {}, landmarks, [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) }
  }
  const postgres = await startPostgres({ from: join(kept, 'data'), fsync: true })
  await fillPostgres(postgres.url('fairlead'), justMigrate)
  // As autovacuum does soon after many rows have changed.
  await postgres.query('fairlead', 'vacuum analyze')
  return {
    dir,
    env: { FAIRLEAD_DATABASE: postgres.url('fairlead') },
    landmarks,
    async [Symbol.asyncDispose]() {
      await postgres.stop()
      await rm(postgres.folder, { recursive: true })
    },
  }
}

/** A start waits less long than a migration of it all may take. */
const justMigrate = async (): Promise<void> => {}

async function forgetOlder(database: DatabaseName, scale: number): Promise<void> {
  const end = nameOf(database, scale, 0).slice(10)
  const names = await readdir(cache).catch(() => [])
  for (const name of names.filter((one) => one.endsWith(end))) await rm(join(cache, name), { recursive: true })
}

async function keepSqlite(kept: string, scale: number): Promise<void> {
  const draft = newFolder('filling')
  const path = databasePath(draft)
  const landmarks = await fillSqlite(path, (db) => insertRecords(db, scale))
  await keep(kept, draft, landmarks)
}

async function keepPostgres(kept: string, scale: number): Promise<void> {
  await using postgres = await startPostgres()
  await postgres.query('postgres', 'create database fairlead')
  const landmarks = await fillPostgres(postgres.url('fairlead'), (db) => insertRecords(db, scale))
  // As autovacuum does on a database that lives longer.
  await postgres.query('fairlead', 'vacuum analyze')
  await postgres.stop()
  await keep(kept, postgres.folder, landmarks)
}

/** The landmarks come last: without them, the folder is not complete. */
async function keep(kept: string, from: string, landmarks: ByCloud): Promise<void> {
  await rm(kept, { recursive: true, force: true })
  await mkdir(kept, { recursive: true })
  await mustRun('cp', ['-a', from, join(kept, 'data')])
  await rm(from, { recursive: true })
  await writeFile(join(kept, 'landmarks.json'), JSON.stringify(landmarks))
}
