/** `fairlead pulls show` against scripted answers. */
import { chainStart } from '@fairlead/contract/wire'
import { expect, test } from 'vitest'
import { ScriptedShell } from '../../scripted-context.ts'

const id = `pull_${'0'.repeat(26)}`
const record = {
  id,
  node_id: null,
  sequence: 1,
  purpose: 'cluster',
  cluster_id: null,
  build_id: null,
  image: 'registry.example.com/team/app:1',
  registry: 'registry.example.com',
  repository: 'team/app',
  digest: null,
  secret_reference: 'team/registry',
  secret_version: null,
  decision: 'authenticated',
  code: 'TOKEN_REALM_UNREACHABLE',
  bytes: 0,
  total_bytes: null,
  started_at: '2026-11-24T12:00:00.000Z',
  duration_ms: 1.5,
  steps: [],
  previous_hash: chainStart,
  hash: chainStart,
}

async function show(pull: object): Promise<string> {
  using shell = new ScriptedShell()
  const env = { FAIRLEAD_HOST: 'http://127.0.0.1:8470', FAIRLEAD_TOKEN: 'flt_x' }
  const answer = async () => Response.json({ result: pull })
  const { status, stdout, stderr } = await shell.run(['pulls', 'show', id], { env, fetch: answer })
  expect([status, stderr]).toEqual([0, ''])
  return stdout
}

test('says how far the login got as the node recorded it, and otherwise that it is not recorded', async () => {
  expect(await show({ ...record, login: 'sent' })).toMatch(/^ *login +sent$/m)
  expect(await show(record)).toMatch(/^ *login +not recorded$/m)
})
