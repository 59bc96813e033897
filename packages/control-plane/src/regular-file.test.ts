/** Which files a control plane reads whole. */
import { execFileSync } from 'node:child_process'
import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readRegularFile } from './regular-file.ts'
import { tempDir } from './testing/temp-dir.ts'

const dir = tempDir()

// In either, the process would be stuck, and take no signal.
test('a pipe that nobody writes to and an endless device are not read', () => {
  const pipe = join(dir.path, 'pipe')
  execFileSync('mkfifo', [pipe])
  for (const path of [pipe, '/dev/zero']) {
    expect(() => readRegularFile(path)).toThrow(`${path} cannot be read: it is not a regular file`)
  }
})

test('S9: a file of 4 MiB is read, and not of one byte more', () => {
  const path = join(dir.path, 'file')
  writeFileSync(path, '')
  truncateSync(path, 4 * 1024 * 1024)
  expect(readRegularFile(path)).toHaveLength(4 * 1024 * 1024)
  truncateSync(path, 4 * 1024 * 1024 + 1)
  expect(() => readRegularFile(path)).toThrow(expect.objectContaining({ code: 'FILE_TOO_LARGE' }))
})

test('a folder and a missing file are named as such', () => {
  expect(() => readRegularFile(dir.path)).toThrow('it is a folder')
  expect(() => readRegularFile(join(dir.path, 'missing'))).toThrow('there is no such file')
})
