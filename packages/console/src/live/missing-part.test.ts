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

test('a part that cannot be loaded is told from a fault of the console', async () => {
  const missing = part(() => Promise.reject(new TypeError('Failed to fetch')))
  await expect(missing()).rejects.toBeInstanceOf(MissingPart)
  await expect(part(() => Promise.resolve('a page'))()).resolves.toBe('a page')
})

test('nothing is loaded again before the server answers', async () => {
  expect(await doneAfter(null, false)).toEqual([])
})

test('the whole console is loaded again once, since an upgrade renames its parts, and only the part soon after that', async () => {
  expect(await doneAfter(null)).toEqual(['reload'])
  expect(await doneAfter(95_000)).toEqual(['try again'])
  expect(await doneAfter(10_000)).toEqual(['reload'])
})
