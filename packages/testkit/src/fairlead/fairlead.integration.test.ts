/** The runners of the real programs: a control plane and a checker that can be killed and started again. */
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { cli, cliJson, startFairleadAgent, startFairleadServe } from '../index.ts'

test('a control plane is killed and comes back at the same address with its data', async () => {
  await using serve = await startFairleadServe()
  const access = { host: serve.origin, token: serve.adminToken }
  await cliJson(['cloud', 'create', '-n', 'home', '--provider', 'local'], access)
  const { pid } = serve
  serve.kill('SIGKILL')
  await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false)
  expect((await cli(['cloud', 'list'], access)).status).toBe(7)
  await serve.restart()
  expect(serve.pid).not.toBe(pid)
  expect(await cliJson(['cloud', 'list'], access)).toMatchObject({ results: [{ name: 'home' }] })
})

test('the admin token is in no log', async () => {
  await using serve = await startFairleadServe()
  expect(serve.adminToken).toMatch(/^flt_/)
  expect(serve.tail(1000)).not.toContain(serve.adminToken)
})

test('a checker joins, is heard, and comes back after a kill', async () => {
  await using serve = await startFairleadServe()
  const access = { host: serve.origin, token: serve.adminToken }
  await cliJson(['cloud', 'create', '-n', 'home', '--provider', 'local'], access)
  await using agent = await startFairleadAgent({ serve, name: 'checker', provider: 'local', checker: true })
  expect(agent.nodeId).toMatch(/^node_/)
  agent.kill('SIGKILL')
  await agent.restart()
  expect(await cliJson(['node', 'list'], access)).toMatchObject({ results: [{ name: 'checker', state: 'online' }] })
})
