import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sampleToken } from '../../connection/sample-token.ts'
import { ScriptedShell } from '../../scripted-context.ts'

const token = `flt_${'a'.repeat(43)}`

test('names the CA that this command line trusts in the command that uses the token', async () => {
  using shell = new ScriptedShell()
  const fetch = async () => Response.json({ result: { ...sampleToken, token } }, { status: 201 })
  const env = { FAIRLEAD_TOKEN: token, FAIRLEAD_HOST: 'https://10.0.0.5:8470', FAIRLEAD_CA_FILE: 'our ca.pem' }
  const made = await shell.run(['token', 'create', 'ada', '--role', 'developer'], { env, fetch })
  expect(made).toMatchObject({ status: 0, stderr: '' })
  const file = join(shell.folder, 'our ca.pem')
  expect(made.stdout).toContain(`run: fairlead login --host https://10.0.0.5:8470 --ca-file '${file}'\n`)
})
