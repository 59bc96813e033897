/** Several replicas behind a balancer, as tests start them: one origin, one authority, one admin token; each can be killed separately. */
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { cli, cliJson, createNetwork, startFairleadAgent, startReplicas } from '../index.ts'

test('a machine joins replicas over TLS; they keep working while one is dead, and come back with their data', async () => {
  await using network = await createNetwork()
  await using serve = await startReplicas({ listen: `${network.hostAddress}:0` })
  const access = { host: serve.origin, token: serve.adminToken, caFile: serve.caFile }
  await cliJson(['cloud', 'create', '-n', 'home', '--provider', 'local'], access)
  const machine = await network.machine('node-1')
  await using _ = await startFairleadAgent({ machine, serve, name: 'node-1', provider: 'local', checker: true })

  const [one, two, three] = serve.replicas
  if (one === undefined || two === undefined || three === undefined) throw new TypeError('there are three')
  one.kill('SIGKILL')
  for (let round = 0; round < 3; round++) {
    expect(await cliJson(['node', 'list'], access)).toMatchObject({ results: [{ name: 'node-1', state: 'online' }] })
  }
  serve.steerTo(one)
  expect((await cli(['cloud', 'list'], access)).status).toBe(7)
  serve.steerTo()
  const { pids } = serve
  expect(new Set(pids).size).toBe(3)
  serve.kill('SIGKILL')
  await serve.restart()
  for (const pid of pids) expect(existsSync(`/proc/${pid}`)).toBe(false)
  expect(await cliJson(['cloud', 'list'], access)).toMatchObject({ results: [{ name: 'home' }] })
})
