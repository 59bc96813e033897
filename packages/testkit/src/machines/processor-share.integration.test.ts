import { readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { withFileLock } from '../file-lock.ts'
import { rayStartLock } from '../worlds/ray-images.ts'
import { processorShares, withContainersFirst } from './processor-share.ts'

const shares = await processorShares()
const weights = () => Promise.all(shares.map(async ({ path }) => (await readFile(path, 'utf8')).trim()))

test('containers have the highest weight during the work, and the earlier one after it', () =>
  withFileLock(rayStartLock, async () => {
    expect(shares.length).toBeGreaterThan(0)
    const usual = shares.map((share) => share.usual)
    expect(await withContainersFirst(weights)).toEqual(shares.map(({ most }) => most))
    expect(await weights()).toEqual(usual)

    const failure = withContainersFirst(() => Promise.reject(new Error('no Ray')))
    await expect(failure).rejects.toThrow('no Ray')
    expect(await weights()).toEqual(usual)

    for (const { path, most } of shares) await writeFile(path, most)
    await withContainersFirst(weights)
    expect(await weights()).toEqual(usual)
  }))
