/** Where a user's own files are. */
import { homedir } from 'node:os'
import { expect, test } from 'vitest'
import { homeFolder } from './home-folder.mjs'

test('is what the system says', () => {
  expect(homeFolder()).toBe(homedir())
})

test('is the root for a user without HOME whom the system does not know', () => {
  const unknown = () => {
    throw new Error('A system error occurred: uv_os_homedir returned ENOENT (no such file or directory)')
  }
  expect(homeFolder(unknown)).toBe('/')
})
