import { expect, test } from 'vitest'
import { MissingPart, part, renewPart } from './missing-part.ts'

async function doneAfter(reloadedAt: number | null, served = true): Promise<string[]> {
  const did: string[] = []
  await renewPart({
    isServed: () => Promise.resolve(served),
    reloadedAt,
    now: 100_000,
    reload: () => did.push('reload'),
    tryAgain: () => did.push('try again'),
  })
  return did
}

test('distinguishes a part that cannot be loaded from a fault of the console', async () => {
  const missing = part(() => Promise.reject(new TypeError('Failed to fetch')))
  await expect(missing()).rejects.toBeInstanceOf(MissingPart)
  await expect(part(() => Promise.resolve('a page'))()).resolves.toBe('a page')
})

test('loads nothing again before the server answers', async () => {
  expect(await doneAfter(null, false)).toEqual([])
})

test('reloads the whole console once, since an upgrade renames its parts, and soon after that only the part', async () => {
  expect(await doneAfter(null)).toEqual(['reload'])
  expect(await doneAfter(95_000)).toEqual(['try again'])
  expect(await doneAfter(10_000)).toEqual(['reload'])
})
