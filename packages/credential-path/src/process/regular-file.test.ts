/** Which files are read whole. */
import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newFolder } from '@fairlead/testkit'
import { expect, test } from 'vitest'
import { readIfThere, readRegularFile } from './regular-file.ts'

test('S9: a file of 4 MiB is read, and not of one byte more', async () => {
  const path = join(newFolder('regular'), 'file')
  await writeFile(path, '')
  await truncate(path, 4 * 1024 * 1024)
  expect((await readRegularFile(path)).length).toBe(4 * 1024 * 1024)
  await truncate(path, 4 * 1024 * 1024 + 1)
  await expect(readIfThere(path)).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' })
})

test.each(['/dev/zero', '/proc'])('%s is not read', async (path) => {
  await expect(readIfThere(path)).rejects.toMatchObject({ code: 'CONFIG_FILE_UNREADABLE' })
})

test('a file below a file is not there', async () => {
  const path = join(newFolder('regular'), 'file')
  await writeFile(path, '')
  expect(await readIfThere(join(path, 'below'))).toBeNull()
})
