/** The runners for the real programs: a control plane and a checker that can be killed and started again. */
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { cli, cliJson, createNetwork, startFairleadAgent, startFairleadServe } from '../index.ts'

test('a control plane is killed and comes back at the same address with its data', async () => {
  await using serve = await startFairleadServe()
  const access = { host: serve.origin, token: serve.adminToken }
  await cliJson(['cloud', 'create', '-n', 'home', '--provider', 'local'], access)
  const { pid } = serve
  serve.kill('SIGKILL')
  await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 10_000 }).toBe(false)
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

test('a checker joins, is seen online, and comes back after a kill', async () => {
  await using serve = await startFairleadServe()
  const access = { host: serve.origin, token: serve.adminToken }
  await cliJson(['cloud', 'create', '-n', 'home', '--provider', 'local'], access)
  await using agent = await startFairleadAgent({ serve, name: 'checker', provider: 'local', checker: true })
  expect(agent.nodeId).toMatch(/^node_/)
  agent.kill('SIGKILL')
  await agent.restart()
  expect(await cliJson(['node', 'list'], access)).toMatchObject({ results: [{ name: 'checker', state: 'online' }] })
})

test('a machine with an engine joins over TLS, trusting what its join token says', async () => {
  await using network = await createNetwork()
  await using serve = await startFairleadServe({ listen: `${network.hostAddress}:0` })
  const access = { host: serve.origin, token: serve.adminToken, caFile: serve.caFile }
  await cliJson(['cloud', 'create', '-n', 'home', '--provider', 'local'], access)
  const machine = await network.machine('node-1')
  await machine.startEngine()
  await using agent = await startFairleadAgent({ machine, serve, name: 'node-1', provider: 'local' })
  expect(await cliJson(['node', 'list'], access)).toMatchObject({
    results: [{ id: agent.nodeId, state: 'online', facts: { advertise_address: machine.address } }],
  })
  const { pid } = agent
  agent.kill('SIGKILL')
  await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 10_000 }).toBe(false)
  await agent.restart()
})
