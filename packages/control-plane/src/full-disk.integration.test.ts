/** R7: a full disk under the control plane is one clear problem for each caller, and once there is room everything works again without help. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { restoreBackup } from './admin/restore-backup.ts'
import { takeBackup } from './admin/take-backup.ts'
import { tempDir } from './testing/temp-dir.ts'
import { testControlPlane } from './testing/test-control-plane.ts'
import { openSqliteStore } from './store/sqlite/sqlite.ts'

const diskBytes = 4 * 1024 * 1024
const quiet = () => {}
const never = new AbortController().signal

let dir: ReturnType<typeof tempDir>
let disk: string
beforeEach(() => {
  dir = tempDir()
  disk = join(dir.path, 'disk')
  mkdirSync(disk)
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes},mode=700`, 'tmpfs', disk])
})
afterEach(() => {
  execFileSync('umount', ['--lazy', disk])
  dir[Symbol.dispose]()
})

const filler = () => join(disk, 'filler')
function fill(): void {
  const { bavail, bsize } = statfsSync(disk)
  writeFileSync(filler(), Buffer.alloc(bavail * bsize))
}
const makeRoom = () => rmSync(filler())

test('R7: writes fail with one code while the disk is full, reads continue, and writes succeed again once there is room', async () => {
  const dataDir = join(disk, 'data')
  await using running = await testControlPlane({ dataDir })
  const make = (name: string) => running.admin.post('/clouds', { name, provider: 'local' })
  expect((await make('before')).status).toBe(201)
  fill()
  const codes = new Set<string>()
  const made: string[] = ['before']
  for (let count = 0; count < 20; count++) {
    const { status, body, headers } = await make(`c${count}`)
    if (status === 201) made.push(`c${count}`)
    else codes.add([status, body.code, headers.get('retry-after')].join(' '))
  }
  expect([...codes]).toEqual(['503 DATABASE_UNUSABLE 5'])
  const names = async () => (await running.admin.get('/clouds')).body.results.map(({ name }: { name: string }) => name)
  expect((await names()).toSorted()).toEqual(made.toSorted())
  makeRoom()
  expect((await make('after')).status).toBe(201)
  expect(await names()).toContain('after')
})

test('a control plane that finds its disk full does not start, says why, and starts once there is room', async () => {
  const dataDir = join(disk, 'data')
  await (await openSqliteStore(dataDir)).close()
  fill()
  await expect(openSqliteStore(dataDir)).rejects.toMatchObject({
    code: 'DATABASE_UNUSABLE',
    facts: { reason: 'the disk is full' },
  })
  makeRoom()
  await (await openSqliteStore(dataDir)).close()
})

test('a backup or a restore onto a full disk says so, and leaves nothing behind', async () => {
  const dataDir = join(dir.path, 'data')
  await (await openSqliteStore(dataDir)).close()
  const backup = join(dir.path, 'one.backup')
  await takeBackup({ dataDir }, backup, quiet, never)
  fill()
  const full = { code: 'FILE_UNWRITABLE', facts: { reason: 'the disk is full' } }
  await expect(takeBackup({ dataDir }, join(disk, 'two.backup'), quiet, never)).rejects.toMatchObject(full)
  const restore = () =>
    restoreBackup(backup, join(disk, 'restored'), { replace: false, onProgress: quiet, signal: never })
  await expect(restore()).rejects.toMatchObject(full)
  expect(readdirSync(disk, { recursive: true })).toEqual(expect.not.arrayContaining(['two.backup']))
  expect(existsSync(join(disk, 'restored', 'fairlead.sqlite'))).toBe(false)
  makeRoom()
  await restore()
  expect(existsSync(join(disk, 'restored', 'fairlead.sqlite'))).toBe(true)
})
