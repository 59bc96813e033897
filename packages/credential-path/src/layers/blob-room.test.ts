/** How much of a folder blobs may take. */
import { mkdtemp, rmdir, statfs } from 'node:fs/promises'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { diskRoom, memoryRoom } from './blob-room.ts'

const tmpfs = 0x01021994

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-room-'))
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rmdir(folder)
})

describe('room on the disk', () => {
  test('is what is free beyond the reserve', async () => {
    const [free, beyond] = await Promise.all([diskRoom(folder, 0).free(), diskRoom(folder, 2 ** 60).free()])
    expect(free).toBeGreaterThan(0)
    expect(beyond).toBeLessThan(0)
  })

  test('is none in a folder that is not there', async () => {
    expect(await diskRoom(join(folder, 'absent'), 0).free()).toBe(0)
  })
})

describe('room in memory', () => {
  test('is none where the folder is not in memory, or not there', async () => {
    const here = import.meta.dirname
    expect((await statfs(here)).type).not.toBe(tmpfs)
    expect(await memoryRoom(here).free()).toBe(0)
    expect(await memoryRoom(join(folder, 'absent')).free()).toBe(0)
  })

  test('is no more than the machine, its file system and the limit of this process leave', async () => {
    const { type, bavail, bsize } = await statfs('/dev/shm')
    expect(type).toBe(tmpfs)
    const free = await memoryRoom().free()
    expect(free).toBeGreaterThan(0)
    expect(free).toBeLessThanOrEqual(bavail * bsize + 2 ** 28)
    expect(free).toBeLessThanOrEqual(freemem() + 2 ** 28)
    vi.spyOn(process, 'availableMemory').mockReturnValue(1000)
    expect(await memoryRoom().free()).toBe(1000)
  })
})
