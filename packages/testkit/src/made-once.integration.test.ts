/** What the files of a run share is made by the first caller. */
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
