import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ScriptedShell } from '../../scripted-context.ts'

test('fairlead cluster-env schema prints the schema that docs/ has', async () => {
  using shell = new ScriptedShell()
  const { status, stdout } = await shell.run(['cluster-env', 'schema'])
  expect(status).toBe(0)
  const kept = readFileSync(new URL('../../../../../docs/cluster-env.schema.json', import.meta.url), 'utf8')
  expect(JSON.parse(stdout)).toEqual(JSON.parse(kept))
})
