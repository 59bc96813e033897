/** Commands of a user who may not read what belongs to the agent or the control plane: they ask for sudo, and call nothing missing or broken. */
import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ScriptedShell } from '../scripted-context.ts'

const nobody = 65_534
const program = new URL('../bin.ts', import.meta.url).pathname

test.each([
  [['agent', 'status', '--state-dir'], 'identity.json'],
  [['agent', 'logs', '--state-dir'], 'failed-starts'],
  [['admin', 'verify', '--data-dir'], 'fairlead.sqlite'],
  [['admin', 'backup', 'copy', '--data-dir'], 'fairlead.sqlite'],
])('%j says that only another user may read the file', async (args, name) => {
  using shell = new ScriptedShell()
  chmodSync(shell.folder, 0o755)
  const folder = join(shell.folder, 'own')
  mkdirSync(folder)
  shell.write('own/identity.json', '{}')
  shell.write('own/failed-starts/one.log', 'out of memory')
  shell.write('own/fairlead.sqlite', '')
  chmodSync(folder, 0o700)
  const forAll = join(shell.folder, 'for-all')
  mkdirSync(forAll)
  chmodSync(forAll, 0o777)
  const { promise, resolve } = Promise.withResolvers<{ stdout: string; stderr: string }>()
  const options = { uid: nobody, gid: nobody, cwd: forAll, env: { HOME: '/nonexistent' } }
  execFile(process.execPath, [program, ...args, folder], options, (_error, stdout, stderr) =>
    resolve({ stdout, stderr }),
  )
  const { stdout, stderr } = await promise
  expect(stderr).toContain(`error: this user may not read ${join(folder, name)} (FILE_FORBIDDEN)\n`)
  expect(stderr).toContain('sudo')
  expect(stdout).toBe('')
})
