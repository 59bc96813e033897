/** What the files of a run share is made by the first caller, and by the next one if that failed. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { madeOnce } from './made-once.ts'
import { newFolder } from './run-folder.ts'

beforeEach(() => void vi.stubEnv('FAIRLEAD_TEST_SHARED', newFolder('shared-by-files')))
afterEach(() => void vi.unstubAllEnvs())

test('concurrent callers get the same folder, which one of them filled', async () => {
  let made = 0
  const ask = () => madeOnce('part', (folder) => writeFile(join(folder, 'file'), String((made += 1))))
  const [first, ...others] = await Promise.all([ask(), ask(), ask()])
  expect(new Set(others)).toEqual(new Set([first]))
  expect(await readFile(join(first ?? '', 'file'), 'utf8')).toBe('1')
})

test('what could not be made is made from scratch by the next caller', async () => {
  const broken = madeOnce('part', async (folder) => {
    await writeFile(join(folder, 'half'), '')
    throw new Error('no room')
  })
  await expect(broken).rejects.toThrow('no room')
  const place = await madeOnce('part', (folder) => writeFile(join(folder, 'whole'), ''))
  await expect(readFile(join(place, 'half'))).rejects.toThrow('ENOENT')
})
