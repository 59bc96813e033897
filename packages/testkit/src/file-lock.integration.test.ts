import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withFileLock } from './file-lock.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-lock-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('callers that want the same lock work one after another', async () => {
  let inside = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++inside)
    await sleep(30)
    inside--
  }
  await Promise.all([1, 2, 3].map(() => withFileLock(join(folder, 'lock'), work)))
  expect(most).toBe(1)
})

test('a failure releases the lock and is passed on', async () => {
  const failing = withFileLock(join(folder, 'lock'), () => Promise.reject(new Error('as planned')))
  await expect(failing).rejects.toThrow('as planned')
  await expect(withFileLock(join(folder, 'lock'), () => Promise.resolve(7))).resolves.toBe(7)
})

test('a place where no lock can be created is an error', async () => {
  await expect(withFileLock(join(folder, 'no', 'lock'), () => Promise.resolve())).rejects.toThrow('lock')
})
