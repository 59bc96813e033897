/** Python environments are made once, whole or not at all. */
import { chmod, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ensurePythonEnvironment, mustRun, newFolder } from './index.ts'

test('an environment is made once and found again', async () => {
  const cacheDir = newFolder('python-cache')
  const said: string[] = []
  const options = { cacheDir, requirements: [], onProgress: (line: string) => said.push(line) }
  // Nothing is asked for but pip, so nothing is fetched.
  const first = await ensurePythonEnvironment({ ...options, requirements: ['pip'] })
  expect(await ensurePythonEnvironment({ ...options, requirements: ['pip'] })).toBe(first)
  expect(said).toHaveLength(1)
  expect(await mustRun(first, ['-c', 'import sys; print(sys.prefix != sys.base_prefix)'])).toBe('True\n')
  expect(await readdir(cacheDir)).toHaveLength(1)
})

test('a Python without ensurepip: what to install is said, and nothing is left', async () => {
  const folder = newFolder('python')
  const python = join(folder, 'python3')
  const script = `#!/bin/sh\n[ "$1" = -c ] && echo 3.11.2 && exit 0\necho "ensurepip is not available" >&2\nexit 1\n`
  await writeFile(python, script)
  await chmod(python, 0o755)
  const cacheDir = join(folder, 'cache')
  await expect(ensurePythonEnvironment({ cacheDir, python, requirements: ['x'] })).rejects.toThrow(/python3-venv/)
  expect(await readdir(cacheDir)).toEqual([])
})
