import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isProblem } from '@fairlead/contract/problems'
import { describe, expect, test } from 'vitest'
import { tempDir } from '../testing/temp-dir.ts'
import { thrown } from '../testing/thrown.ts'
import { makeDataDir } from './make-data-dir.ts'

describe('a data directory', () => {
  test('is created with its parents, for its owner only, and is found the second time', () => {
    using dir = tempDir()
    const path = join(dir.path, 'a/b/c')
    makeDataDir(path)
    makeDataDir(path)
    expect(statSync(path).mode & 0o777).toBe(0o700)
  })

  test.each(['0700', '0750', '0755'])('that was there keeps its mode, and others may read it: %s', (text) => {
    using dir = tempDir()
    const mode = Number.parseInt(text, 8)
    chmodSync(dir.path, mode)
    makeDataDir(dir.path)
    expect(statSync(dir.path).mode & 0o7777).toBe(mode)
  })

  test.each(['0770', '0775', '0702', '1777'])(
    'in which others may write is rejected, and keeps its mode: %s',
    (text) => {
      using dir = tempDir()
      const mode = Number.parseInt(text, 8)
      chmodSync(dir.path, mode)
      const error = thrown(() => makeDataDir(dir.path))
      expect(isProblem(error, 'DATA_DIR_WRITABLE_BY_OTHERS') && error.facts.path).toBe(dir.path)
      expect(statSync(dir.path).mode & 0o7777).toBe(mode)
    },
  )

  test('on a file system that cannot create it is rejected, without endless retries', () => {
    expect(thrown(() => makeDataDir('/proc/fairlead'))).toSatisfy((error) => isProblem(error, 'FILE_UNWRITABLE'))
    expect(thrown(() => makeDataDir('/proc/fairlead/below'))).toSatisfy((error) => isProblem(error, 'FILE_UNWRITABLE'))
  })

  test('of another user is rejected as such, and so is one that contains a file of another user', () => {
    using dir = tempDir()
    const own = process.getuid?.() ?? 0
    const theirs = join(dir.path, 'theirs')
    mkdirSync(theirs)
    writeFileSync(join(theirs, 'fairlead.sqlite'), '')
    const error = thrown(() => makeDataDir(theirs, own + 1))
    expect(isProblem(error, 'DATA_DIR_OF_OTHER_USER') && error.facts.path).toBe(theirs)
    makeDataDir(theirs, own)
  })

  test('may have any owner when started by root', () => {
    using dir = tempDir()
    makeDataDir(dir.path, 0)
  })
})
