import { mkdirSync, statSync, writeFileSync } from 'node:fs'
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
