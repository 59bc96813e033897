/**
 * Three replicas on one PostgreSQL, seen from outside: one dies, the database restarts, its standby takes its place, a node is revoked
 * through another replica.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Cluster, NodePullEvent, type ClusterState } from '@fairlead/contract/wire'
import {
  cliJson,
  eventually,
  fairleadProgram,
  newFolder,
  startReplicas,
  startService,
  type FairleadReplicas,
  type ServeProcess,
  type Service,
} from '@fairlead/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startOneNodeSystemOn, type OneNodeSystem } from './one-node-system.ts'

let system: OneNodeSystem & { serve: FairleadReplicas }
let replicas: readonly [ServeProcess, ServeProcess, ServeProcess]

beforeAll(async () => {
  system = await startOneNodeSystemOn((options) => startReplicas({ ...options, standby: true }))
  const [one, two, three] = system.serve.replicas
  if (one === undefined || two === undefined || three === undefined) throw new TypeError('there are three')
  replicas = [one, two, three]
  const layers = [{ randomBytes: 60_000_000 }]
  await system.build('app', { docker_image: await system.push('team/ray', { layers }) })
  await must('cluster', 'start', '-n', 'ray', '--env', 'app')
})
afterAll(() => system[Symbol.asyncDispose]())

async function must(...args: string[]): Promise<void> {
  const { status, stdout, stderr } = await system.fairlead(...args)
  expect(status, stdout + stderr).toBe(0)
}

const untilState = (state: ClusterState) => system.untilCluster('ray', (cluster) => cluster.state === state)

const said = (what: string, since: number): void =>
  console.log(`${what} after ${((performance.now() - since) / 1000).toFixed(1)} s`)

/** The node's agent restarts, and so does every connection at this replica. */
async function hangAgentOn(replica: ServeProcess): Promise<void> {
  system.serve.steerTo(replica)
  await system.agent.restart()
  for (const other of replicas.filter((one) => one !== replica)) {
    await expect.poll(() => system.serve.connectionsOf(other)).toBe(0)
  }
  expect(system.serve.connectionsOf(replica)).toBeGreaterThan(0)
}

/** `fairlead cluster status --watch`, and the states that it printed. */
function watchCluster(): { service: Service; states: () => ClusterState[] } {
  const { origin, adminToken, caFile } = system.serve
  const home = newFolder('watch')
  let printed = ''
  const service = startService({
    command: process.execPath,
    args: [fairleadProgram, 'cluster', 'status', '-n', 'ray', '--watch', '--json'],
    env: { HOME: home, FAIRLEAD_HOST: origin, FAIRLEAD_TOKEN: adminToken, FAIRLEAD_CA_FILE: caFile ?? '' },
    logFile: join(home, 'watch.log'),
    onStdout: (text) => (printed += text),
  })
  const lines = () => printed.split('\n').slice(0, -1)
  return { service, states: () => lines().map((line) => Cluster.parse(JSON.parse(line)).state) }
}

test('a replica is killed while an agent and a watch are connected to it: both continue through the others, and so do commands', async () => {
  const [victim] = replicas
  await hangAgentOn(victim)
  const watched = watchCluster()
  await using _ = watched.service
  await expect.poll(watched.states, { timeout: 20_000 }).toEqual(['Running'])

  system.serve.steerTo()
  victim.kill('SIGKILL')
  const killed = performance.now()
  await must('cluster', 'terminate', '-n', 'ray')
  said('with a replica killed, a cluster was told to end', killed)
  await untilState('Terminated')
  said('it had ended', killed)
  expect(performance.now() - killed).toBeLessThan(30_000)
  expect(await watched.service.exited).toBe(0)
  expect(watched.states().at(-1)).toBe('Terminated')
  await must('cluster', 'start', '-n', 'ray')
  await victim.restart()
})

test('a database restarts in the middle of a start: the command that waits for the start sees it succeed', async () => {
  await must('cluster', 'terminate', '-n', 'ray')
  await untilState('Terminated')
  await system.machine.mustExec('sh', ['-c', 'docker images -aq | xargs -r docker rmi -f'])
  const starting = system.fairlead('cluster', 'start', '-n', 'ray')
  await system.untilCluster('ray', ({ nodes }) => nodes.some(({ steps }) => steps.some(({ step }) => step === 'pull')))
  await system.serve.postgres.stop()
  await sleep(1000)
  await system.serve.postgres.start()
  const { status, stdout, stderr } = await starting
  expect(status, stdout + stderr).toBe(0)
  await untilState('Running')
})

test('a primary is killed in the middle of a start, and its standby promoted: the command that waits for the start sees it succeed', async () => {
  await must('cluster', 'terminate', '-n', 'ray')
  await untilState('Terminated')
  await system.machine.mustExec('sh', ['-c', 'docker images -aq | xargs -r docker rmi -f'])
  const starting = system.fairlead('cluster', 'start', '-n', 'ray')
  await system.untilCluster('ray', ({ nodes }) => nodes.some(({ steps }) => steps.some(({ step }) => step === 'pull')))
  await system.serve.postgres.kill()
  const killed = performance.now()
  await system.serve.standby?.promote()
  await eventually(async () => (await system.fairlead('cloud', 'list')).status === 0 || undefined, {
    what: 'the control plane answers again',
  })
  said('with the primary killed and its standby promoted, the control plane answered', killed)
  const { status, stdout, stderr } = await starting
  expect(status, stdout + stderr).toBe(0)
  await untilState('Running')
})

test('nothing is lost: each pull that the node made is in the ledger once, and its chain is complete', async () => {
  const made = (await readFile(system.agent.logFile, 'utf8'))
    .split('\n')
    .filter((line) => line.includes('"event":"pull"'))
    .map((line) => {
      const { level: _, time: _time, msg: _msg, ...event } = JSON.parse(line) as Record<string, unknown>
      return NodePullEvent.parse(event).pull_id
    })
  const stored = await eventually(
    async () => {
      const { results } = JSON.parse((await system.fairlead('pulls', 'list', '--json')).stdout) as {
        results: { id: string }[]
      }
      return results.length >= made.length ? results.map(({ id }) => id) : undefined
    },
    { what: 'every pull is in the ledger', timeoutMs: 30_000 },
  )
  expect(stored.toSorted()).toEqual(made.toSorted())
  expect(made.length).toBeGreaterThanOrEqual(4)
  const env = { FAIRLEAD_DATABASE: system.serve.database?.url ?? '' }
  const verified = await cliJson(['admin', 'verify', '--data-dir', system.serve.dir], { env })
  expect(verified).toMatchObject({ records: made.length, nodes: 1 })
})

test('a node revoked through one replica is cut off at once from the other, to which it is connected', async () => {
  const [, hangsOn, askedFor] = replicas
  await hangAgentOn(hangsOn)
  system.serve.steerTo(askedFor)
  const asked = performance.now()
  await must('node', 'revoke', system.agent.name)
  await eventually(() => system.agent.tail().includes('NODE_REVOKED') || undefined, {
    what: 'the agent learns that it was revoked',
    timeoutMs: 10_000,
  })
  said('a node revoked through another replica knew it', asked)
})
