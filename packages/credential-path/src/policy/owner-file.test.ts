/** Files that only the node's owner may have written: the policy, the maps of logins, and the authorities named in the policy. */
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newFolder } from '@fairlead/testkit'
import { expect, test } from 'vitest'
import { isSafe, readOwnerFile } from './owner-file.ts'

const faults = { unsafe: () => new Error('unsafe'), invalid: (reason: string) => new Error(reason) }

test('of another user is rejected, while root’s is always accepted', () => {
  expect(isSafe({ uid: 1000, mode: 0o644 }, 0)).toBe(false)
  expect(isSafe({ uid: 1000, mode: 0o644 }, 1000)).toBe(true)
  expect(isSafe({ uid: 0, mode: 0o644 }, 1000)).toBe(true)
})

test('is checked through the descriptor it is read from: a safe file gives its text, one writable by others is rejected, a missing one is null', async () => {
  const path = join(newFolder('owner'), 'file')
  expect(readOwnerFile(path, faults)).toBeNull()
  await writeFile(path, 'text', { mode: 0o644 })
  expect(readOwnerFile(path, faults)).toBe('text')
  await chmod(path, 0o664)
  expect(() => readOwnerFile(path, faults)).toThrow('unsafe')
})

test('that is a folder or a device is named as such, whoever owns it', () => {
  expect(() => readOwnerFile(newFolder('owner'), faults)).toThrow('it is a folder')
  expect(() => readOwnerFile('/dev/null', faults)).toThrow('it is not a regular file')
})

test('that cannot be read although it was opened says why', () => {
  expect(() => readOwnerFile('/proc/self/mem', faults)).toThrow('the disk has a fault')
})
