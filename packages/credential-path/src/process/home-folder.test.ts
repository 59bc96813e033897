/** Where a user's own files are. */
import { homedir, userInfo } from 'node:os'
import { expect, test } from 'vitest'
import { homeFolder, userFolder } from './home-folder.mjs'

test('is what the system says', () => {
  expect(homeFolder()).toBe(homedir())
})

test('is the root for a user without HOME whom the system does not know', () => {
  const unknown = () => {
    throw new Error('A system error occurred: uv_os_homedir returned ENOENT (no such file or directory)')
  }
  expect(homeFolder(unknown)).toBe('/')
})

// Else a token would be stored below whatever folder the shell is in.
test.each(['', '.', 'x/y'])('is the folder of the user if HOME is no whole path: %j', (home) => {
  expect(homeFolder(() => home)).toBe(userInfo().homedir)
})

test('a folder of the user is where the environment says, or in the usual place', () => {
  expect(userFolder('/settings', '/home/ann', '.local', 'state')).toBe('/settings')
  for (const named of [undefined, '', '.', 'rel/dir']) {
    expect(userFolder(named, '/home/ann', '.local', 'state')).toBe('/home/ann/.local/state')
  }
})
