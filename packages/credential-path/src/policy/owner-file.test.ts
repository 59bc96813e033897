/** Files that only the node's owner may have written: the policy, the maps of logins, and the authorities named in the policy. */
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newFolder } from '@fairlead/testkit'
import { expect, test } from 'vitest'
import { isSafe, readOwnerFile } from './owner-file.ts'

const faults = { unsafe: () => new Error('unsafe'), invalid: (reason: string) => new Error(reason) }

test('of another user is refused, though root’s counts always', () => {
  expect(isSafe({ uid: 1000, mode: 0o644 }, 0)).toBe(false)
  expect(isSafe({ uid: 1000, mode: 0o644 }, 1000)).toBe(true)
  expect(isSafe({ uid: 0, mode: 0o644 }, 1000)).toBe(true)
})

test('is looked at through what is read: a safe file is its text, one that others can write is refused, none is null', async () => {
  const path = join(newFolder('owner'), 'file')
  expect(readOwnerFile(path, faults)).toBeNull()
  await writeFile(path, 'text', { mode: 0o644 })
  expect(readOwnerFile(path, faults)).toBe('text')
  await chmod(path, 0o664)
  expect(() => readOwnerFile(path, faults)).toThrow('unsafe')
})
