/** Python environments are created once, completely or not at all. */
import { chmod, readdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { ensurePythonEnvironment, mustRun, newFolder } from './index.ts'

/** A lock with these lines in a separate folder. */
async function lockOf(...lines: string[]): Promise<string> {
  const lock = join(newFolder('python-lock'), 'some.txt')
  await writeFile(lock, lines.join('\n'))
  return lock
}

const cacheDir = newFolder('python-cache')
/** What a failure leaves: the file on which the next maker waits. */
const onlyLock: unknown = expect.stringMatching(/^python-[0-9a-f]{16}\.lock$/)
const said: string[] = []
const made = async () =>
  ensurePythonEnvironment({ cacheDir, lock: await lockOf('# nothing'), onProgress: (line) => said.push(line) })
/** Like `python3`, but it copies that environment instead of creating one, which takes longer than everything else here. */
let copying: string

beforeAll(async () => {
  const environment = dirname(dirname(await made()))
  copying = join(newFolder('python-copying'), 'python3')
  const script = `#!/bin/sh\n[ "$1 $2" = "-m venv" ] && exec cp -a "${environment}/." "$3"\nexec python3 "$@"\n`
  await writeFile(copying, script, { mode: 0o755 })
})

test('an environment is created once and found again', async () => {
  const first = await made()
  expect(await made()).toBe(first)
  expect(said).toHaveLength(1)
  expect(await mustRun(first, ['-c', 'import sys; print(sys.prefix != sys.base_prefix)'])).toBe('True\n')
  const name = basename(dirname(dirname(first)))
  expect((await readdir(cacheDir)).toSorted()).toEqual([name, `${name}.lock`])
})

test('a Python without ensurepip: the error says what to install, and nothing is left', async () => {
  const folder = newFolder('python')
  const python = join(folder, 'python3')
  const script = `#!/bin/sh\n[ "$1" = -c ] && echo 3.11.2 && exit 0\necho "ensurepip is not available" >&2\nexit 1\n`
  await writeFile(python, script)
  await chmod(python, 0o755)
  const cacheDir = join(folder, 'cache')
  await expect(ensurePythonEnvironment({ cacheDir, python, lock: await lockOf() })).rejects.toThrow(/python3-venv/)
  expect(await readdir(cacheDir)).toEqual([onlyLock])
})

test('S26: a package whose bytes differ from the lock is not installed', async () => {
  const cacheDir = newFolder('python-cache')
  const lock = await lockOf(`six==1.17.0 --hash=sha256:${'0'.repeat(64)}`)
  await expect(ensurePythonEnvironment({ cacheDir, lock, python: copying })).rejects.toThrow(/DO NOT MATCH THE HASHES/)
  expect(await readdir(cacheDir)).toEqual([onlyLock])
})

test('S26: a package without a hash is not installed', async () => {
  const cacheDir = newFolder('python-cache')
  const options = { cacheDir, lock: await lockOf('six==1.17.0'), python: copying }
  await expect(ensurePythonEnvironment(options)).rejects.toThrow(/--require-hashes/)
})
