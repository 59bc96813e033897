import { mkdtemp, readdir, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { problem } from '@fairlead/contract/problems'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Spool } from './spool.ts'
import { SpoolShelf } from './spool-shelf.ts'

const unreachable = problem('REGISTRY_UNREACHABLE', { registry: 'registry.example.com' })
const corrupt = problem('IMAGE_CORRUPT', { registry: 'registry.example.com', repository: 'team/app' })
let folder: string
let shelf: SpoolShelf
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-shelf-'))
  shelf = new SpoolShelf({ folder, reserveBytes: 0, keptAfterFailureMs: 60_000 })
})
afterEach(async () => {
  await shelf[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const lent = (key = 'image'): Promise<Spool | null> => shelf.lend(key, async (spool) => spool)
const failed = async (error: unknown, key = 'image'): Promise<Spool | null> => {
  let seen: Spool | null = null
  const pull = shelf.lend(key, async (spool) => {
    seen = spool
    throw error
  })
  await expect(pull).rejects.toBe(error)
  return seen
}

describe('a spool', () => {
  test('is deleted when the pull ends', async () => {
    const first = await lent()
    expect(first).not.toBeNull()
    expect(await lent()).not.toBe(first)
  })

  test('is kept for the next attempt after a retryable failure', async () => {
    const first = await failed(unreachable)
    expect(await lent()).toBe(first)
  })

  test('is kept no longer than it should be', async () => {
    await using brief = new SpoolShelf({ folder, reserveBytes: 0, keptAfterFailureMs: 1 })
    let first: Spool | null = null
    const pull = brief.lend('image', async (spool) => {
      first = spool
      throw unreachable
    })
    await expect(pull).rejects.toBe(unreachable)
    await sleep(30)
    expect(await brief.lend('image', async (spool) => spool)).not.toBe(first)
  })

  test.for([
    ['bytes that were wrong', corrupt],
    ['a pull that nobody wants any more', problem('INTERRUPTED')],
    ['a full disk', problem('NODE_DISK_FULL')],
    ['a fault of our own', new Error('oops')],
  ] as const)('is thrown away after %s', async ([, error]) => {
    const first = await failed(error)
    expect(await lent()).not.toBe(first)
  })

  test('is shared by two pulls of one image, and remains until the last of them ends', async () => {
    const gate = Promise.withResolvers<void>()
    const slow = shelf.lend('image', async (spool) => {
      await gate.promise
      return spool
    })
    const quick = await lent()
    expect(await lent()).toBe(quick)
    gate.resolve()
    expect(await slow).toBe(quick)
    expect(await lent()).not.toBe(quick)
  })

  test('belongs to one image of one repository', async () => {
    const first = await failed(unreachable)
    expect(await lent('another')).not.toBe(first)
  })

  test('is freed when room is needed, which is distinct from having nothing to free', async () => {
    expect(await shelf.makeRoom()).toBe(false)
    const first = await failed(unreachable)
    expect(await shelf.makeRoom()).toBe(true)
    expect(await lent()).not.toBe(first)
  })

  test('S17: concurrent spools are promised no more than is free', async () => {
    const { bavail, bsize } = await statfs(folder)
    const eighth = Math.floor((bavail * bsize) / 8)
    const gate = Promise.withResolvers<void>()
    const room: boolean[] = []
    const lend = (image: string): Promise<void> =>
      shelf.lend(image, async (spool) => {
        room.push((spool?.blob({ mediaType: 'x', digest: `sha256:${'a'.repeat(64)}`, size: eighth }) ?? null) !== null)
        await gate.promise
      })
    const pulls = Array.from({ length: 30 }, (_, index) => lend(`image ${index}`))
    await vi.waitFor(() => expect(room).toHaveLength(30))
    expect(room.filter((fits) => fits).length).toBeLessThanOrEqual(8)
    gate.resolve()
    await Promise.all(pulls)
    // What was promised is free again.
    expect(
      await shelf.lend('image', async (spool) => spool?.blob({ mediaType: 'x', digest: 'd', size: eighth })),
    ).not.toBeNull()
  })

  test('is not created if it would use the reserve, if there is no folder, or if the folder is not writable', async () => {
    const places = [{ folder, reserveBytes: 2 ** 60 }, null, { folder: join(folder, 'absent'), reserveBytes: 0 }]
    const spools = places.map((place) => new SpoolShelf(place).lend('image', async (spool) => spool))
    expect(await Promise.all(spools)).toEqual([null, null, null])
    expect(await readdir(folder)).toEqual([])
  })
})
