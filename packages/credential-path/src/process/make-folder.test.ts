import { chmodSync, mkdtempDisposableSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeFolder } from './make-folder.mjs'

const modeOf = (path: string) => statSync(path).mode & 0o777

test('makes what is missing with its mode, whatever the umask, and leaves what is there', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'fairlead-folder-'))
  const at = (...names: string[]) => join(folder.path, ...names)
  const umask = process.umask(0o077)
  try {
    makeFolder(at('a', 'b'), 0o755)
    makeFolder(at('a', 'b', 'c'))
    makeFolder(at('a', 'b'))
  } finally {
    process.umask(umask)
  }
  expect([at('a'), at('a', 'b'), at('a', 'b', 'c')].map(modeOf)).toEqual([0o755, 0o755, 0o700])
  expect(modeOf(folder.path)).toBe(0o700)
})

test.each(['/proc/x', '/proc/x/y/z'])('gives up where no folder can be made: %s', (path) => {
  expect(() => makeFolder(path)).toThrow(expect.objectContaining({ code: 'ENOENT' }))
})

test('refuses a path on which there is a file', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'fairlead-folder-'))
  const file = join(folder.path, 'file')
  writeFileSync(file, '')
  chmodSync(file, 0o600)
  expect(() => makeFolder(file)).toThrow(expect.objectContaining({ code: 'EEXIST' }))
  expect(() => makeFolder(join(file, 'below'))).toThrow(expect.objectContaining({ code: 'ENOTDIR' }))
  expect(modeOf(file)).toBe(0o600)
})
