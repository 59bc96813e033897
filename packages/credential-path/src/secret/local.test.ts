/** The node's own secrets folder: the suite for all readers, and every way a file can be unsafe. */
import { execFileSync } from 'node:child_process'
import { chmod, link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseSecretReference } from '@fairlead/contract/names'
import { isProblem } from '@fairlead/contract/problems'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isPrivate, localSecretReader } from './local.ts'
import { describeSecretReader } from './secret-reader.conformance.ts'

const document = JSON.stringify({ username: 'u', password: 'p', server: 'registry.example.com' })
const signal = new AbortController().signal
const uid = process.getuid?.() ?? 0
const reference = (name: string) => parseSecretReference('local', name, {})

describeSecretReader('the node’s own secrets folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-secrets-'))
  return {
    reader: localSecretReader({ folder, uid }),
    async put(name, content) {
      await writeFile(join(folder, name), content, { mode: 0o600 })
      return reference(name)
    },
    missing: () => reference('nowhere'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
})

describe('S21: a secret file', () => {
  let folder: string
  let path: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairlead-secrets-'))
    path = join(folder, 'registry')
    await writeFile(path, document, { mode: 0o600 })
  })
  afterEach(() => rm(folder, { recursive: true }))

  async function read(name = 'registry'): Promise<string> {
    try {
      await localSecretReader({ folder, uid }).read(reference(name), { signal })
      return 'read'
    } catch (error) {
      if (isProblem(error)) return error.code
      throw error
    }
  }

  test('of mode 0600 is read', async () => {
    expect(await read()).toBe('read')
  })

  test.each(['0644', '0640', '0660', '0604', '0700', '4600', '0400'])('of mode %s is not read', async (mode) => {
    await chmod(path, mode)
    expect(await read()).toBe('SECRET_FILE_UNSAFE')
  })

  test('behind a symbolic link is not read', async () => {
    await symlink(path, join(folder, 'linked'))
    expect(await read('linked')).toBe('SECRET_FILE_UNSAFE')
  })

  test('with a second name is not read', async () => {
    await link(path, join(folder, 'twin'))
    expect(await read('twin')).toBe('SECRET_FILE_UNSAFE')
  })

  test('that is a folder or a pipe is not read, and does not block', async () => {
    await mkdir(join(folder, 'folder'), { mode: 0o600 })
    execFileSync('/usr/bin/mkfifo', ['-m', '600', join(folder, 'pipe')])
    expect(await read('folder')).toBe('SECRET_FILE_UNSAFE')
    expect(await read('pipe')).toBe('SECRET_FILE_UNSAFE')
  })

  test('of another user is not read, while root’s is always accepted', () => {
    const file = { isFile: () => true, nlink: 1n, uid: 1000n, mode: 0o100_600n }
    expect(isPrivate(file, 0)).toBe(false)
    expect(isPrivate(file, 1000)).toBe(true)
    expect(isPrivate({ ...file, uid: 0n }, 1000)).toBe(true)
  })

  test('of more than 65,536 bytes is rejected after that many', async () => {
    await writeFile(path, `${document}${' '.repeat(70_000)}`)
    expect(await read()).toBe('SECRET_TOO_LARGE')
  })

  test.each(['../registry', '/etc/passwd', '.', '..', '.hidden', 'a/b', ''])('cannot be named %j', (name) => {
    expect(() => reference(name)).toThrow(expect.objectContaining({ code: 'SECRET_REF_INVALID' }))
  })
})
