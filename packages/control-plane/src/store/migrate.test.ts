/** R9: a database of every released schema migrates, with all its contents. */
import { DatabaseSync } from 'node:sqlite'
import { newId, type CloudId } from '@fairlead/contract/names'
import { expect, test } from 'vitest'
import { verifyDataDir } from '../admin/verify-place.ts'
import { testChain } from '../testing/test-records.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { databasePath } from './data-dir.ts'
import { migrations } from './migrate.ts'
import { pullsOfBuilds } from './migrations/0008-pulls-of-builds.ts'
import { purposesOfPulls } from './migrations/0010-purposes-of-pulls.ts'
import { sortedLists } from './migrations/0011-sorted-lists.ts'
import { cloudsOfPulls } from './migrations/0020-clouds-of-pulls.ts'
import { newestBuildsAndCloudsOfEvents } from './migrations/0022-newest-builds-and-clouds-of-events.ts'
import { openSqliteStore } from './sqlite/sqlite.ts'

const nodeId = newId('node')
const chain = testChain(nodeId, 3)

/** What the first release could store; later additions have their defaults. */
function fill(path: string): void {
  const database = new DatabaseSync(path)
  database.exec(`
    insert into clouds (id, name, provider, allow_any_secret, created_at) values ('cld_1', 'c', 'local', 1, 't');
    insert into grants values ('grt_1', 'cld_1', 'team/', 'prefix', '["registry.example.com"]', 't');
    insert into cluster_environments (id, name, cloud_id, creator_id, created_at, last_modified_at, archived_at, latest_revision) values ('cenv_1', 'e', 'cld_1', 'tok_1', 't', 't', null, 1);
    insert into builds (id, cluster_environment_id, revision, status, docker_image_name, ray_version, env_vars, cloud_id,
      creator_id, created_at, last_modified_at, warnings, steps, attempt)
      values ('bld_1', 'cenv_1', 1, 'succeeded', 'app', '2.55.1', '{"A":"b"}', 'cld_1', 'tok_1', 't', 't', '[]', '[]', 1);
    insert into clusters (id, name, state, cloud_id, build_id, worker_count, pin_digest, generation, was_running, creator_id,
      created_at, state_changed_at) values ('ses_1', 'x', 'Running', 'cld_1', 'bld_1', 0, 1, 1, 1, 'tok_1', 't', 't');
    insert into nodes (id, name, cloud_id, checker, public_key, joined_at, report_ids, pull_chain)
      values ('${nodeId}', 'n', 'cld_1', 0, 'k', 't', '[]', 'intact');
    insert into cluster_members (cluster_id, generation, node_id, role, phase, steps, warnings, assigned_at)
      values ('ses_1', 1, '${nodeId}', 'head', 'running', '[]', '[]', 't');
    insert into api_tokens (id, name, role, token_hash, created_at) values ('tok_1', 'a', 'admin', 'h', 't');
    insert into events (kind, resource_id, at) values ('node', '${nodeId}', 't');
  `)
  const insert = database.prepare(
    'insert into pulls (key, id, node_id, sequence, hash, code, record, chain, received_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  for (const record of chain) {
    const { id, sequence, hash, code } = record
    insert.run(`${sequence}`, id, nodeId, sequence, hash, code, JSON.stringify(record), 'intact', 't')
  }
  database.close()
}

test('finds pull records of an older schema by the build that they checked', async () => {
  using dir = tempDir()
  const before = migrations.slice(0, migrations.indexOf(pullsOfBuilds))
  await (await openSqliteStore(dir.path, before)).close()
  fill(databasePath(dir.path))
  const buildId = newId('bld')
  const database = new DatabaseSync(databasePath(dir.path))
  const insert = database.prepare(
    'insert into pulls (key, id, node_id, sequence, hash, record, chain, received_at) values (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  // More than one batch.
  database.exec('begin')
  for (let sequence = 1001; sequence < 2201; sequence++) {
    const record = JSON.stringify({ build_id: sequence % 400 === 0 ? buildId : null })
    insert.run(`k${sequence}`, `pull_${sequence}`, nodeId, sequence, `h${sequence}`, record, 'intact', 't')
  }
  database.exec('commit')
  database.close()
  const store = await openSqliteStore(dir.path)
  const found = await store.reader.pulls.list({ buildId }, { before: null, limit: 10 })
  expect(found.map(({ sequence }) => sequence)).toEqual([2000, 1600, 1200])
  await store.close()
})

test('finds pull records of an older schema by their purpose', async () => {
  using dir = tempDir()
  await (await openSqliteStore(dir.path, migrations.slice(0, migrations.indexOf(purposesOfPulls)))).close()
  fill(databasePath(dir.path))
  const store = await openSqliteStore(dir.path)
  const found = await store.reader.pulls.list({ purpose: 'cluster' }, { before: null, limit: 10 })
  expect(found.map(({ record }) => record)).toEqual(chain.toReversed())
  expect(await store.reader.pulls.list({ purpose: 'check' }, { before: null, limit: 10 })).toEqual([])
  await store.close()
})

test('narrows and sorts pull records of an older schema, and names the creators of what it holds', async () => {
  using dir = tempDir()
  await (await openSqliteStore(dir.path, migrations.slice(0, migrations.indexOf(sortedLists)))).close()
  fill(databasePath(dir.path))
  const store = await openSqliteStore(dir.path)
  const [first] = chain
  const order = { by: 'bytes', direction: 'asc' } as const
  const found = await store.reader.pulls.list(
    { registry: first?.registry, decision: first?.decision },
    { before: null, order, limit: 10 },
  )
  expect(found.map(({ record }) => record)).toEqual(chain)
  expect(await store.reader.pulls.count({ registry: 'elsewhere' }, 10)).toBe(0)
  expect(await store.reader.environments.byName('e')).toMatchObject({ creator_id: 'tok_1', creator_name: 'a' })
  expect(await store.reader.clusters.byName('x')).toMatchObject({ creator_name: 'a' })
  await store.close()
})

test('finds pull records of an older schema by the cloud of their node, and by the owners of their pods', async () => {
  using dir = tempDir()
  await (await openSqliteStore(dir.path, migrations.slice(0, migrations.indexOf(cloudsOfPulls)))).close()
  fill(databasePath(dir.path))
  const database = new DatabaseSync(databasePath(dir.path))
  database.exec("insert into pull_owners (owner, pull_key) values ('team/Job/train', '2')")
  database.close()
  const store = await openSqliteStore(dir.path)
  const within = ['cld_1' as CloudId]
  const slice = { before: null, limit: 10 }
  expect(await store.reader.pulls.list({ within }, slice)).toHaveLength(chain.length)
  expect(await store.reader.pulls.list({ within: [newId('cld')] }, slice)).toEqual([])
  const owned = await store.reader.pulls.list({ podOwner: 'team/Job/train', within, nodeId }, slice)
  expect(owned.map(({ record }) => record)).toEqual([chain[1]])
  await store.close()
})

test('finds environments of an older schema by their newest build and by parts of their names, and events by their cloud', async () => {
  using dir = tempDir()
  const before = migrations.slice(0, migrations.indexOf(newestBuildsAndCloudsOfEvents))
  await (await openSqliteStore(dir.path, before)).close()
  fill(databasePath(dir.path))
  const database = new DatabaseSync(databasePath(dir.path))
  const events = [
    ['cloud', 'cld_1'],
    ['build', 'bld_1'],
    ['cluster', 'ses_1'],
    ['cluster_environment', 'cenv_1'],
    ['pull', chain[0]?.id ?? ''],
    ['cluster', 'ses_gone'],
    ['token', 'tok_1'],
  ]
  for (const event of events)
    database.prepare("insert into events (kind, resource_id, at) values (?, ?, 't')").run(...event)
  database.exec("update pulls set cloud_id = 'cld_1'")
  database.prepare('update cluster_environments set name = ?').run(`Train-${'x'.repeat(120)}-9`)
  database.close()
  const store = await openSqliteStore(dir.path)
  const { reader } = store
  const found = async (filter: object) => reader.environments.count({ includeArchived: false, ...filter }, 9)
  expect(await found({ buildStatus: 'succeeded' })).toBe(1)
  expect(await found({ buildStatus: 'failed' })).toBe(0)
  for (const nameContains of ['train', 't', 'X-', '9', 'xxx-9']) expect(await found({ nameContains })).toBe(1)
  expect(await found({ nameContains: 'xx9' })).toBe(0)
  const after = async (cloud: string) => reader.events.after(0, 100, { within: [cloud as CloudId] })
  expect((await after('cld_1')).map(({ resource_id }) => resource_id)).toEqual([
    nodeId,
    'cld_1',
    'bld_1',
    'ses_1',
    'cenv_1',
    chain[0]?.id,
    'tok_1',
  ])
  // Which tokens it may know of is decided by the limited view.
  expect((await after('cld_2')).map(({ resource_id }) => resource_id)).toEqual(['tok_1'])
  await store.close()
})

test.each(migrations.map((_, index) => index + 1))('migrates a database of schema %i', async (version) => {
  using dir = tempDir()
  await (await openSqliteStore(dir.path, migrations.slice(0, version))).close()
  fill(databasePath(dir.path))
  const store = await openSqliteStore(dir.path)
  const { reader } = store
  expect(await reader.clouds.byName('c')).toMatchObject({ provider: 'local', join: 'token', allow_any_secret: true })
  expect(await reader.environments.byName('e')).toMatchObject({ latest_revision: 1 })
  expect(
    await reader.builds.latestOf([(await reader.environments.byName('e'))?.id ?? (undefined as never)]),
  ).toMatchObject([{ status: 'succeeded', env_vars: { A: 'b' }, advice: [] }])
  // A running cluster keeps its settings: its Ray requires no token.
  expect(await reader.clusters.byName('x')).toMatchObject({ state: 'Running', ray_token: null })
  expect(await reader.members.holding(nodeId)).toMatchObject({ role: 'head', phase: 'running' })
  expect(await reader.apiTokens.byHash('h')).toMatchObject({ name: 'a', role: 'admin' })
  expect(await reader.pulls.lastOf(nodeId)).toMatchObject({ record: chain[2] })
  expect(await reader.counts()).toEqual({ clusters: { Running: 1 }, builds: { succeeded: 1 } })
  await store.close()
  expect(await verifyDataDir(dir.path, () => {}, new AbortController().signal)).toMatchObject({
    schema_version: migrations.length,
    records: 3,
  })
})
