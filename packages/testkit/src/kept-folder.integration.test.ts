/** A kept folder exists completely or not at all. */
import { existsSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keptFolder } from './kept-folder.ts'
import { newFolder } from './run-folder.ts'

test('removes what a killed process left, and fills the folder from the beginning', async () => {
  const place = join(newFolder('kept'), 'part')
  await mkdir(join(place, '..', '.making-part'))
  await writeFile(join(place, '..', '.making-part', 'half'), '')
  await keptFolder(place, (draft) => writeFile(join(draft, 'whole'), ''))
  expect(await readdir(place)).toEqual(['whole'])
})

test('is invisible while it is filled, and a failure leaves nothing', async () => {
  const place = join(newFolder('kept'), 'part')
  const broken = keptFolder(place, async (draft) => {
    await writeFile(join(draft, 'half'), '')
    expect(existsSync(place)).toBe(false)
    throw new Error('no room')
  })
  await expect(broken).rejects.toThrow('no room')
  expect(await readdir(join(place, '..'))).toEqual(['part.lock'])
})
