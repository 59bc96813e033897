/** Backups with real processes: under write load, and killed at random moments. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { NodeId } from '@fairlead/contract/names'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openSqliteStore } from '../store/sqlite/sqlite.ts'
import { keepState } from '../testing/kept-state.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { callerOf } from '../testing/test-control-plane.ts'
import { testNode } from '../testing/test-node.ts'
import { testChain } from '../testing/test-records.ts'
import { restoreBackup } from './restore-backup.ts'
import { takeBackup } from './take-backup.ts'
import { verifyBackup, verifyDataDir } from './verify-place.ts'

const rounds = Number(process.env['FAIRLEAD_CHAOS_ROUNDS'] ?? 10)
const children: ChildProcess[] = []
const folders = new DisposableStack()
const quiet = () => {}
const { signal } = new AbortController()

afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
})

const serving = new URL('../testing/crash-child.ts', import.meta.url)
const working = new URL('../testing/admin-child.ts', import.meta.url)

function run(script: URL, ...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [fileURLToPath(script), ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  return child
}

test('each backup of a control plane under load is a snapshot of one moment: complete, and no older than what was acknowledged', async () => {
  using dir = tempDir()
  const data = join(dir.path, 'data')
  const child = run(serving, data)
  const [line] = (await once(createInterface({ input: child.stdout ?? process.stdin }), 'line')) as [string]
  const { origin, adminToken } = JSON.parse(line) as { origin: string; adminToken: string }
  const admin = callerOf(origin, adminToken)
  const cloud = (await admin.post('/clouds', { name: 'c', provider: 'local' })).body.result
  const node = await testNode(origin, admin, cloud, { name: 'n' })
  const chain = testChain(NodeId.parse(node.id), 3000)
  let acknowledged = 0
  const ended = new AbortController()
  const load = (async () => {
    while (!ended.signal.aborted && acknowledged < chain.length) {
      const pulls = chain.slice(acknowledged, acknowledged + 5)
      const answer = await node.report({ pulls })
      if (answer.status !== 200) throw new Error(answer.text)
      acknowledged += pulls.length
    }
  })()
  await expect.poll(() => acknowledged, { timeout: 30_000 }).toBeGreaterThan(0)
  for (let round = 0; round < rounds; round++) {
    await sleep(50)
    const before = acknowledged
    const file = join(dir.path, `${round}.backup`)
    const manifest = await takeBackup({ dataDir: data }, file, quiet, signal)
    expect(manifest.rows['pulls']).toBeGreaterThanOrEqual(before)
    expect(await verifyBackup(file, quiet, signal)).toMatchObject({ records: manifest.rows['pulls'], nodes: 1 })
    expect(await verifyDataDir(data, quiet, signal)).toMatchObject({ nodes: 1 })
  }
  ended.abort()
  await load
  expect(acknowledged).toBeGreaterThan(rounds)
  const restored = join(dir.path, 'restored')
  const { manifest } = await restoreBackup(join(dir.path, `${rounds - 1}.backup`), restored, {
    replace: false,
    onProgress: quiet,
    signal,
  })
  const store = await openSqliteStore(restored)
  expect((await store.reader.pulls.lastOf(NodeId.parse(node.id)))?.sequence).toBe(manifest.rows['pulls'])
  expect((await store.reader.clouds.list({}, { before: null, limit: 10 })).map(({ name }) => name)).toEqual(['c'])
  await store.close()
})

/** A backup of 8000 records, which no test here changes. */
let kept: string
beforeAll(async () => {
  kept = folders.use(tempDir()).path
  await keepState(kept, { nodes: 2, records: 4000 })
})
afterAll(() => folders.dispose())

/** Kills the process partway through the time it took before. If the machine is less busy now, it may exit first: that is then the new duration. */
async function killWithin(child: ChildProcess, whole: number, part: number): Promise<number> {
  const started = performance.now()
  const ended = once(child, 'exit')
  const hasEnded = await Promise.race([ended.then(() => true), sleep(whole * part, false)])
  child.kill('SIGKILL')
  await ended
  return hasEnded ? performance.now() - started : whole
}

test('a backup that is killed leaves no backup and does not change the data', async () => {
  using dir = tempDir()
  const file = join(dir.path, 'one.backup')
  const started = performance.now()
  await once(run(working, 'backup', kept, file), 'exit')
  let whole = performance.now() - started
  expect(await verifyBackup(file, quiet, signal)).toMatchObject({ records: 8000 })
  rmSync(file)
  let killed = 0
  for (let round = 0; round < rounds || killed === 0; round++) {
    whole = await killWithin(run(working, 'backup', kept, file), whole, 0.3 + (0.7 * (round % rounds)) / rounds)
    const made = existsSync(file)
    if (!made) killed++
    expect(made ? (await verifyBackup(file, quiet, signal)).records : 8000).toBe(8000)
    rmSync(file, { force: true })
  }
  expect(killed).toBeGreaterThan(0)
  expect(await verifyDataDir(kept, quiet, signal)).toMatchObject({ records: 8000 })
})

test('a restore that is killed leaves the old state or the new one, never a mixture', async () => {
  using dir = tempDir()
  const file = join(dir.path, 'one.backup')
  await takeBackup({ dataDir: kept }, file, quiet, signal)
  const target = join(dir.path, 'data')
  await keepState(target, { nodes: 3, records: 5 })
  const started = performance.now()
  await once(run(working, 'restore', join(dir.path, 'timed'), file), 'exit')
  let whole = performance.now() - started
  const seen = new Set<number>()
  for (let round = 0; round < rounds || !seen.has(15); round++) {
    whole = await killWithin(run(working, 'restore', target, file), whole, 0.4 + (0.6 * (round % rounds)) / rounds)
    await (await openSqliteStore(target)).close()
    const { records } = await verifyDataDir(target, quiet, signal)
    expect([15, 8000]).toContain(records)
    seen.add(records)
    if (records === 15) continue
    const aside = readdirSync(target).find((name) => name.startsWith('replaced-')) ?? ''
    expect(await verifyDataDir(join(target, aside), quiet, signal)).toMatchObject({ records: 15 })
    rmSync(target, { recursive: true })
    await keepState(target, { nodes: 3, records: 5 })
  }
  expect(seen).toContain(15)
})
