import { createCa } from '@fairlead/testkit'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ScriptedShell } from '../scripted-context.ts'
import { chosenPlace } from './chosen-place.ts'
import { fetchWithCa } from './private-ca.ts'

const flags = (caFile: string) => ({ host: 'https://fairlead.example.com', caFile })

describe.each([
  ['a connection', async (_shell: ScriptedShell, path: string) => fetchWithCa(path)],
  [
    'the join of a machine',
    async (shell: ScriptedShell, path: string) => chosenPlace(shell.context().context, flags(path)),
  ],
])('the file of a CA for %s', (_name, read) => {
  test.each([
    ['is missing', (shell: ScriptedShell) => join(shell.folder, 'nope.pem'), 'there is no such file'],
    ['holds none', (shell: ScriptedShell) => shell.write('ca.pem', 'text'), 'it holds no certificate in PEM'],
    ['is a folder', (shell: ScriptedShell) => shell.folder, 'it is a folder'],
    ['is a device', () => '/dev/zero', 'it is not a regular file'],
    [
      'is a pipe',
      (shell: ScriptedShell) => {
        execFileSync('mkfifo', [join(shell.folder, 'pipe')])
        return join(shell.folder, 'pipe')
      },
      'it is not a regular file',
    ],
  ])('is refused if it %s', async (_what, fileIn, reason) => {
    using shell = new ScriptedShell()
    await expect(read(shell, fileIn(shell))).rejects.toMatchObject({
      code: 'CONFIG_FILE_UNREADABLE',
      facts: { reason },
    })
  })

  test('is refused if it is too large', async () => {
    using shell = new ScriptedShell()
    const path = shell.write('ca.pem', new Uint8Array(5 * 1024 * 1024))
    await expect(read(shell, path)).rejects.toMatchObject({ code: 'FILE_TOO_LARGE' })
  })
})

test('a machine joins with the fingerprint of the CA', async () => {
  using shell = new ScriptedShell()
  const { caPem } = await createCa()
  const { caSha256 } = await chosenPlace(shell.context().context, flags(shell.write('ca.pem', caPem)))
  expect(caSha256).toMatch(/^[0-9a-f]{64}$/)
})
