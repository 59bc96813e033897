/** R7: a full disk under the control plane is one clear problem for each caller, and once there is room everything works again without help. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { restoreBackup } from './admin/restore-backup.ts'
import { takeBackup } from './admin/take-backup.ts'
import { smallDisk, type SmallDisk } from './testing/small-disk.ts'
import { tempDir } from './testing/temp-dir.ts'
import { testControlPlane } from './testing/test-control-plane.ts'
import { openSqliteStore } from './store/sqlite/sqlite.ts'

const quiet = () => {}
const never = new AbortController().signal

let disk: SmallDisk
beforeEach(() => {
  disk = smallDisk(4 * 1024 * 1024)
})
afterEach(() => disk[Symbol.dispose]())

test('R7: writes fail with one code while the disk is full, reads continue, and writes succeed again once there is room', async () => {
  const dataDir = join(disk.path, 'data')
  await using running = await testControlPlane({ dataDir })
  const make = (name: string) => running.admin.post('/clouds', { name, provider: 'local' })
  expect((await make('before')).status).toBe(201)
  disk.fill()
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
  disk.makeRoom()
  expect((await make('after')).status).toBe(201)
  expect(await names()).toContain('after')
})

test('a control plane that finds its disk full does not start, says why, and starts once there is room', async () => {
  const dataDir = join(disk.path, 'data')
  await (await openSqliteStore(dataDir)).close()
  disk.fill()
  await expect(openSqliteStore(dataDir)).rejects.toMatchObject({
    code: 'DATABASE_UNUSABLE',
    facts: { reason: 'the disk is full' },
  })
  disk.makeRoom()
  await (await openSqliteStore(dataDir)).close()
})

test('a backup or a restore onto a full disk says so, and leaves nothing behind', async () => {
  using dir = tempDir()
  const dataDir = join(dir.path, 'data')
  await (await openSqliteStore(dataDir)).close()
  const backup = join(dir.path, 'one.backup')
  await takeBackup({ dataDir }, backup, quiet, never)
  disk.fill()
  const full = { code: 'FILE_UNWRITABLE', facts: { reason: 'the disk is full' } }
  await expect(takeBackup({ dataDir }, join(disk.path, 'two.backup'), quiet, never)).rejects.toMatchObject(full)
  const restore = () =>
    restoreBackup(backup, join(disk.path, 'restored'), { replace: false, onProgress: quiet, signal: never })
  await expect(restore()).rejects.toMatchObject(full)
  expect(readdirSync(disk.path, { recursive: true })).toEqual(expect.not.arrayContaining(['two.backup']))
  expect(existsSync(join(disk.path, 'restored', 'fairlead.sqlite'))).toBe(false)
  disk.makeRoom()
  await restore()
  expect(existsSync(join(disk.path, 'restored', 'fairlead.sqlite'))).toBe(true)
})
