/** `fairlead pulls` against scripted answers. */
import { samplePullRecord } from '@fairlead/testkit/sample-pull-record'
import { expect, test } from 'vitest'
import { ScriptedShell } from '../../scripted-context.ts'

const record = samplePullRecord({ code: 'TOKEN_REALM_UNREACHABLE' })

async function run(args: readonly string[], body: object) {
  using shell = new ScriptedShell()
  const env = { FAIRLEAD_HOST: 'http://127.0.0.1:8470', FAIRLEAD_TOKEN: 'flt_x' }
  const asked: string[] = []
  const fetch = async (url: string) => {
    asked.push(new URL(url).search)
    return Response.json(body)
  }
  return { ...(await shell.run(['pulls', ...args], { env, fetch })), asked }
}

async function show(pull: object): Promise<string> {
  const { status, stdout, stderr } = await run(['show', record.id], { result: pull })
  expect([status, stderr]).toEqual([0, ''])
  return stdout
}

test('lists the pulls with one purpose, and says which engine pulled through its door', async () => {
  const results = [{ ...record, purpose: 'door', engine: 'containerd' }, record]
  const body = { results, metadata: { next_paging_token: null } }
  const { status, stdout, asked } = await run(['list', '--purpose', 'door'], body)
  expect(status).toBe(0)
  expect(asked).toEqual([expect.stringMatching(/[?&]purpose=door(&|$)/)])
  expect(stdout).toMatch(/ door \(containerd\) /)
  expect(stdout).toMatch(/ cluster /)
})

test('asks for no purpose that does not exist, and says which do', async () => {
  const { status, stderr, asked } = await run(['list', '--purpose', 'window'], {})
  expect(status).toBe(2)
  expect(stderr).toContain('cluster')
  expect(stderr).toContain('door')
  expect(asked).toEqual([])
})

test('asks for a problem code in any spelling, and for none that does not exist', async () => {
  const body = { results: [record], metadata: { next_paging_token: null } }
  const { asked } = await run(['list', '--code', 'token-realm-unreachable'], body)
  expect(asked).toEqual([expect.stringMatching(/[?&]code=TOKEN_REALM_UNREACHABLE(&|$)/)])
  const mistyped = await run(['list', '--code', 'token_realm_unreachabel'], {})
  expect([mistyped.status, mistyped.asked]).toEqual([2, []])
  expect(mistyped.stderr).toContain(
    'there is no problem code token_realm_unreachabel; did you mean TOKEN_REALM_UNREACHABLE?',
  )
})

test('says which engine pulled through its door, and nothing of an engine otherwise', async () => {
  expect(await show({ ...record, purpose: 'door', engine: 'podman' })).toMatch(/^ *purpose +door\n *engine +podman$/m)
  expect(await show(record)).not.toMatch(/^ *engine/m)
})

test('says how far the login got as the node recorded it, and otherwise that it is not recorded', async () => {
  expect(await show({ ...record, login: 'sent' })).toMatch(/^ *login +sent$/m)
  expect(await show(record)).toMatch(/^ *login +not recorded$/m)
})
