/** What the logs of real processes say about pulls, and a backup of the control plane that took their records. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NodePullEvent, TakenPullEvent } from '@fairlead/contract/wire'
import { cliJson, eventually, newFolder } from '@fairlead/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startOneNodeSystem, type OneNodeSystem } from './one-node-system.ts'

interface Listed {
  results: { id: string; code: string | null; decision: string }[]
}

let system: OneNodeSystem
let listed: Listed['results']

beforeAll(async () => {
  system = await startOneNodeSystem()
  const { fairlead, secrets, login, registry } = system
  await system.build('good')
  await fairlead('cluster', 'start', '-n', 'good', '--env', 'good')
  await fairlead('cluster', 'terminate', '-n', 'good')
  await secrets.put('elsewhere', { ...login, server: 'docker.io' })
  await system.build('refused', { registry_login_secret: 'elsewhere' })
  await system.build('missing', { docker_image: `${registry.host}/team/none:1` })
  listed = await eventually(
    async () => {
      const { results } = JSON.parse((await fairlead('pulls', 'list', '--json')).stdout) as Listed
      return results.length >= 4 ? results : undefined
    },
    { what: 'four pull records are stored', timeoutMs: 30_000 },
  )
})
afterAll(() => system[Symbol.asyncDispose]())

/** The events of a log, without the fields that every line has. */
function eventsIn<Event>(file: string, schema: { parse(value: unknown): Event }): Event[] {
  const text = readFileSync(file, 'utf8')
  expect(text).not.toContain(system.login.password)
  return text
    .split('\n')
    .filter((line) => line.includes('"event":"pull"'))
    .map((line) => {
      const { level: _, time: _time, msg, ...event } = JSON.parse(line) as Record<string, unknown>
      expect(msg).toBe('pull')
      return schema.parse(event)
    })
}

test('node and control plane log each pull once, whatever its outcome, in the fixed format', () => {
  const ids = new Set(listed.map(({ id }) => id))
  const onNode = eventsIn(system.agent.logFile, NodePullEvent)
  const taken = eventsIn(system.serve.logFile, TakenPullEvent)
  for (const events of [onNode, taken]) {
    expect(events).toHaveLength(listed.length)
    expect(new Set(events.map(({ pull_id }) => pull_id))).toEqual(ids)
    expect(new Set(events.map(({ outcome }) => outcome))).toEqual(new Set(['done', 'refused', 'failed']))
  }
  expect(onNode.find(({ purpose }) => purpose === 'cluster')).toMatchObject({
    outcome: 'done',
    decision: 'authenticated',
    secret_provider: 'local',
    engine_version: expect.stringMatching(/^\d+\./) as string,
    layers_here: 0,
  })
  expect(new Set(taken.map(({ chain }) => chain))).toEqual(new Set(['intact']))
})

test('the control plane is backed up while it runs, and its ledger is complete', async () => {
  const file = join(newFolder('backup'), 'one.backup')
  const { dir, database } = system.serve
  const place = ['--data-dir', dir]
  const options = { env: { FAIRLEAD_DATABASE: database?.url ?? '' } }
  expect(await cliJson(['admin', 'backup', file, ...place], options)).toMatchObject({
    rows: { pulls: listed.length },
    // Replicas share the user's own certificate.
    ca: database === null,
  })
  expect(await cliJson(['admin', 'verify', ...place], options)).toMatchObject({ records: listed.length, nodes: 1 })
  expect(await cliJson(['admin', 'verify', '--backup', file])).toMatchObject({ records: listed.length, nodes: 1 })
  expect(readFileSync(file).includes(system.login.password)).toBe(false)
})
