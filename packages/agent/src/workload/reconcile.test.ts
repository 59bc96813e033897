/** The whole loop over an engine in memory: start, adopt, fail, retry, cancel, stop. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { LastLines, type Workload, type WorkloadReport } from '@fairlead/contract/wire'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { unconfined, type Confinement } from '../confinement/confinement.ts'
import { sampleContainer } from '@fairlead/credential-path/testing/sample-container'
import { eventually } from '../testing/eventually.ts'
import { InMemoryEngine } from '../testing/in-memory-engine.ts'
import { InMemoryPuller, someDigest } from '../testing/in-memory-puller.ts'
import { lastLinesIn, readFailedStarts } from './last-lines.ts'
import { Reconciler } from './reconcile.ts'
import { startRecordsIn } from './start-record.ts'
import { containerName } from './start.ts'
import { sampleWorkload } from '../testing/sample-workload.ts'

// A busy machine is slow, not broken.
const nodeId = newId('node')
const cloudId = newId('cld')
const clusterId = newId('ses')

const workload = (over: Partial<Workload> = {}) =>
  sampleWorkload({ cluster_id: clusterId, env_vars: { STAGE: 'test' }, ...over })

let stateDir: string
let engine: InMemoryEngine
let puller: InMemoryPuller
let confinement: Confinement
let shareLogs: boolean | 'always'
let reports: (WorkloadReport | null)[]
let lives: { reconciler: Reconciler; stop: AbortController; running: Promise<void> }[]

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'fairlead-reconcile-'))
  engine = new InMemoryEngine()
  puller = new InMemoryPuller(engine)
  confinement = unconfined
  shareLogs = false
  reports = []
  lives = []
})
afterEach(async () => {
  for (const { stop } of lives) stop.abort()
  await Promise.all(lives.map(({ running }) => running))
  await rm(stateDir, { recursive: true })
})

/** A new life of the agent with the same engine and folder. */
function live({ rayStartMs = 2_000, patienceMs = Infinity } = {}): Reconciler {
  const stop = new AbortController()
  const reconciler = new Reconciler({
    engine,
    puller,
    confinement,
    records: startRecordsIn(stateDir),
    lastLines: lastLinesIn(stateDir),
    shareLogs,
    containers: {
      network: 'host',
      gpus: null,
      shm_size: '1g',
      ulimits: { nofile: 65_536 },
      mounts: [{ source: '/data', target: '/data', read_only: true }],
    },
    nodeId,
    place: () => ({ nodeId, cloudId, advertiseAddress: '10.77.0.11' }),
    times: { rayStartMs, askWhileStartingMs: 5, askWhileRunningMs: 20, readOutputMs: 20, stopGraceSeconds: 1 },
    onReport: (report) => reports.push(report),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    pace: { startingMs: 5, steadyMs: 20, backoff: { baseMs: 2, capMs: 10 }, patienceMs },
  })
  lives.push({ reconciler, stop, running: reconciler.run(stop.signal) })
  return reconciler
}

/** Like `kill -9`: the loop ends, and nothing is cleaned up. */
async function kill(): Promise<void> {
  const life = lives.pop()
  life?.stop.abort()
  await life?.running
}

const last = () => reports.at(-1) ?? null
const until = (phase: WorkloadReport['phase']) => eventually(() => expect(last()?.phase).toBe(phase))
const untilFree = () => eventually(() => expect(reports.at(-1)).toBeNull())
const untilCode = (code: string) => eventually(() => expect(last()?.problem?.code).toBe(code))

describe('a start', () => {
  test('pulls, creates one container from the image id, and reports each phase until it is running', async () => {
    live().want(workload())
    await until('running')
    const phases = reports.map((report) => report?.phase)
    expect(phases.indexOf('pulling')).toBeLessThan(phases.indexOf('starting'))
    expect(last()).toMatchObject({
      digest: someDigest,
      ray_version: '2.55.1',
      head_address: '10.77.0.11:6379',
      dashboard_address: '127.0.0.1:8265',
      alive_nodes: 1,
      problem: null,
      warnings: [],
    })
    expect(last()?.steps.map((step) => [step.step, step.status])).toEqual([
      ['secret', 'done'],
      ['start', 'done'],
      ['ray', 'done'],
    ])
    expect(engine.most).toBe(1)
    expect(puller.pulled).toHaveLength(1)
  })

  test('gives the container the user’s variables and the node owner’s limits, and nothing else', async () => {
    live().want(workload({ env_vars: { STAGE: 'test', FAIRLEAD_NODE_ID: 'forged' } }))
    await until('running')
    const [container] = engine.all.values()
    expect(container?.spec).toMatchObject({
      imageId: 'image of registry.example.com/team/trainer:1',
      env: { STAGE: 'test', FAIRLEAD_CLUSTER_ID: clusterId, FAIRLEAD_NODE_ID: nodeId, FAIRLEAD_CLOUD_ID: cloudId },
      network: 'host',
      gpus: null,
      shmBytes: 1024 ** 3,
      ulimits: [{ name: 'nofile', soft: 65_536, hard: 65_536 }],
      mounts: [{ source: '/data', target: '/data', readOnly: true }],
    })
    expect(container?.spec.command.join(' ')).toBe(
      'ray start --head --port 6379 --dashboard-host 127.0.0.1 --node-ip-address 10.77.0.11 --disable-usage-stats --block',
    )
  })

  test('lets a worker pull at once, starts it when it gets the address of its head, and reports no head address', async () => {
    const reconciler = live()
    reconciler.want(workload({ role: 'worker', node_count: 2 }))
    await eventually(() => expect(puller.pulled).toHaveLength(1))
    await sleep(40)
    expect(engine.all.size).toBe(0)
    reconciler.want(workload({ role: 'worker', node_count: 2, head_address: '10.77.0.10:6379' }))
    await until('running')
    expect(puller.pulled).toHaveLength(1)
    expect(last()).toMatchObject({ head_address: null, alive_nodes: null })
    const [container] = engine.all.values()
    expect(container?.spec.command).toContain('10.77.0.10:6379')
  })

  test('is running only once Ray lists this node as alive', async () => {
    engine.ray = { alive: 1, here: false }
    live().want(workload())
    await until('starting')
    await sleep(40)
    expect(last()).toMatchObject({ phase: 'starting', head_address: '10.77.0.11:6379' })
    engine.ray = { alive: 1, here: true }
    await until('running')
  })

  test('counts the nodes that Ray lists, on a head', async () => {
    live().want(workload({ node_count: 2 }))
    await until('running')
    engine.ray = { alive: 2, here: true }
    await eventually(() => expect(last()?.alive_nodes).toBe(2))
  })
})

describe('what a running container prints', () => {
  test.each([false, true] as const)('stays on the node if its file says share_logs: %s', async (shares) => {
    shareLogs = shares
    live().want(workload())
    await until('running')
    await sleep(60)
    expect(JSON.stringify(reports)).not.toContain('last lines')
  })

  test('is reported, escaped, if its file says share_logs: always, and again when it has changed', async () => {
    shareLogs = 'always'
    live().want(workload())
    await eventually(() => expect(last()?.last_lines?.at(-1)).toBe(String.raw`red\u001b[2J`))
    expect(LastLines.safeParse(last()?.last_lines).success).toBe(true)
    engine.output = 'more\n'
    await eventually(() => expect(last()).toMatchObject({ phase: 'running', last_lines: ['more'] }))
  })

  test('has the name of an env var in the place of its value, and never the token of Ray', async () => {
    shareLogs = 'always'
    const ray_token = `frt_${'A'.repeat(43)}`
    engine.output = `DB=hunter2-hunter2 ${ray_token}\n`
    live().want(workload({ env_vars: { DB_PASSWORD: 'hunter2-hunter2' }, ray_token }))
    await eventually(() => expect(last()?.last_lines).toEqual(['DB=[DB_PASSWORD] [RAY_AUTH_TOKEN]']))
    await until('running')
    engine.exit(containerName(workload()), 1)
    await untilCode('RAY_EXITED')
    expect(last()?.last_lines).toEqual(['DB=[DB_PASSWORD] [RAY_AUTH_TOKEN]'])
    expect(JSON.stringify(await readFailedStarts(stateDir))).not.toContain('hunter2')
  })
})

describe('S14: on a node that keeps workloads from its metadata service', () => {
  test('creates a container in the cgroup of workloads', async () => {
    confinement = { ...unconfined, cgroupParent: async () => '/fairlead' }
    live().want(workload())
    await until('running')
    expect([...engine.all.values()][0]?.spec.cgroupParent).toBe('/fairlead')
  })

  test('starts nothing if the rule does not hold, and the start is over', async () => {
    confinement = { ...unconfined, assertInForce: () => Promise.reject(problem('METADATA_EXPOSED')) }
    live().want(workload())
    await untilCode('METADATA_EXPOSED')
    expect(last()?.phase).toBe('failed')
    await eventually(() => expect(engine.all.size).toBe(0))
    expect(engine.done.filter((call) => call.startsWith('start'))).toEqual([])
  })

  test('does not start an existing container of a killed agent unproved either', async () => {
    confinement = { ...unconfined, assertInForce: () => new Promise(() => undefined) }
    live().want(workload())
    await eventually(() => expect(engine.all.size).toBe(1))
    lives.pop()?.stop.abort()
    confinement = { ...unconfined, assertInForce: () => Promise.reject(problem('METADATA_EXPOSED')) }
    live().want(workload())
    await untilCode('METADATA_EXPOSED')
    expect(engine.done.filter((call) => call.startsWith('start'))).toEqual([])
  })
})

describe('a crash of the agent', () => {
  test('while running: adopts the container, and pulls, creates and reports nothing else', async () => {
    live().want(workload())
    await until('running')
    await kill()
    const done = [...engine.done]
    reports = []
    live().want(workload())
    await until('running')
    expect(reports.every((report) => report?.phase === 'running')).toBe(true)
    expect(reports[0]).toMatchObject({ alive_nodes: 1, digest: someDigest, head_address: '10.77.0.11:6379' })
    expect(engine.done).toEqual(done)
    expect(puller.pulled).toHaveLength(1)
  })

  test('treats the exit of a running cluster as its end, even if no agent saw it', async () => {
    live().want(workload())
    await until('running')
    await kill()
    engine.exit(containerName(workload()), 1)
    live().want(workload())
    await untilCode('RAY_EXITED')
    expect(last()).toMatchObject({ phase: 'failed', problem: { facts: { exit_status: 1 } } })
  })

  test('keeps a finished start finished', async () => {
    engine.onStart = 3
    live().want(workload())
    await untilCode('RAY_START_FAILED')
    await eventually(() => expect(engine.all.size).toBe(0))
    await kill()
    engine.onStart = 'run'
    live().want(workload())
    await untilCode('RAY_START_FAILED')
    await sleep(40)
    expect(engine.all.size).toBe(0)
    expect(puller.pulled).toHaveLength(1)
  })
})

describe('a start that fails', () => {
  test.each([
    ['missing', 'RAY_NOT_IN_IMAGE'],
    [127, 'RAY_NOT_IN_IMAGE'],
    [126, 'RAY_NOT_IN_IMAGE'],
    [3, 'RAY_START_FAILED'],
  ] as const)('is ended by %s with %s, and its container is removed', async (onStart, code) => {
    engine.onStart = onStart
    live().want(workload())
    await untilCode(code)
    expect(last()?.phase).toBe('failed')
    await eventually(() => expect(engine.all.size).toBe(0))
  })

  test('keeps its last lines on the node, escaped', async () => {
    engine.onStart = 3
    live().want(workload())
    await untilCode('RAY_START_FAILED')
    const [kept] = await readFailedStarts(stateDir)
    expect(kept?.container).toBe(containerName(workload()))
    expect(kept?.lines.at(-1)).toBe(String.raw`red\u001b[2J`)
    expect(JSON.stringify(reports)).not.toContain('last lines')
  })

  test('reports its last lines, escaped, if the owner of the node shares them', async () => {
    shareLogs = true
    engine.onStart = 3
    live().want(workload())
    await untilCode('RAY_START_FAILED')
    expect(last()?.last_lines?.at(-1)).toBe(String.raw`red\u001b[2J`)
    expect(LastLines.safeParse(last()?.last_lines).success).toBe(true)
  })

  test.each([
    ['2.54.0', 'RAY_VERSION_MISMATCH'],
    ['3.55.1', 'RAY_VERSION_MISMATCH'],
  ])('is ended by Ray %s if 2.55.1 is wanted', async (found, code) => {
    engine.rayVersion = found
    live().want(workload())
    await untilCode(code)
    expect(last()?.problem?.facts).toEqual({ version: found, expected_version: '2.55.1' })
    await eventually(() => expect(engine.all.size).toBe(0))
  })

  test('reports a container that ends while asked for its Ray as ended', async () => {
    engine.rayVersion = 3
    live().want(workload())
    await untilCode('RAY_START_FAILED')
    expect(last()?.problem?.facts).toEqual({ exit_status: 3 })
  })

  test('gets only a warning for another patch version of Ray', async () => {
    engine.rayVersion = '2.55.0'
    live().want(workload())
    await until('running')
    expect(last()).toMatchObject({ warnings: ['RAY_VERSION_MISMATCH'], ray_version: '2.55.0' })
  })

  test('is given up in time if Ray never lists this node', async () => {
    engine.ray = null
    live({ rayStartMs: 200 }).want(workload())
    await untilCode('RAY_START_TIMEOUT')
  })

  test('is given up in time if `ray --version` never ends', async () => {
    engine.rayVersion = null
    live({ rayStartMs: 200 }).want(workload())
    await untilCode('RAY_START_TIMEOUT')
  })

  test('does not retry a final problem of the pull until the next start', async () => {
    puller.failures.push(problem('IMAGE_NOT_FOUND', { registry: 'registry.example.com', repository: 'team/trainer' }))
    const reconciler = live()
    reconciler.want(workload())
    await untilCode('IMAGE_NOT_FOUND')
    expect(last()?.phase).toBe('failed')
    await sleep(40)
    expect(puller.pulled).toHaveLength(1)
    reconciler.want(workload({ generation: 2 }))
    await until('running')
    expect(last()?.generation).toBe(2)
  })

  test('shows a problem that may pass, and retries', async () => {
    puller.failures.push(
      problem('REGISTRY_UNREACHABLE', { registry: 'registry.example.com' }),
      problem('REGISTRY_UNREACHABLE', { registry: 'registry.example.com' }),
    )
    live().want(workload())
    await until('running')
    const shown = reports.filter((report) => report?.problem?.code === 'REGISTRY_UNREACHABLE')
    expect(shown.length).toBeGreaterThan(0)
    expect(shown.every((report) => report?.phase === 'pulling')).toBe(true)
    expect(last()?.problem).toBeNull()
    expect(puller.pulled).toHaveLength(3)
  })

  test('reports a failure if Docker stays away for a while, and clears it when Docker is back', async () => {
    engine.isReachable = false
    live({ patienceMs: 30 }).want(workload())
    await untilCode('ENGINE_UNREACHABLE')
    await until('failed')
    engine.isReachable = true
    await until('running')
    expect(last()?.problem).toBeNull()
  })

  test('an engine in trouble neither ends a running cluster nor stops the cleanup', async () => {
    const reconciler = live()
    reconciler.want(workload())
    await until('running')
    for (const call of ['containers', 'exec', 'stopContainer', 'removeContainer']) engine.refusing.add(call)
    await untilCode('ENGINE_FAILED')
    expect(last()?.phase).toBe('running')
    engine.refusing.delete('containers')
    reconciler.want(null)
    await until('stopping')
    await untilCode('ENGINE_FAILED')
    engine.refusing.clear()
    await untilFree()
    expect(engine.all.size).toBe(0)
  })

  test('a running cluster keeps running while Docker does not answer', async () => {
    live().want(workload())
    await until('running')
    engine.isReachable = false
    await untilCode('ENGINE_UNREACHABLE')
    await sleep(60)
    expect(last()?.phase).toBe('running')
    engine.isReachable = true
    await eventually(() => expect(last()?.problem).toBeNull())
    expect(last()?.phase).toBe('running')
  })
})

describe('a stop', () => {
  test('stops and removes the container, and does not report its exit status as a failure', async () => {
    const reconciler = live()
    reconciler.want(workload())
    await until('running')
    reconciler.want(null)
    await untilFree()
    expect(engine.all.size).toBe(0)
    expect(reports.some((report) => report?.phase === 'failed')).toBe(false)
    expect(reports.some((report) => report?.phase === 'stopping')).toBe(true)
  })

  test('cancels a pull in progress', async () => {
    const reconciler = live()
    puller.gate = new Promise(() => undefined)
    reconciler.want(workload())
    await eventually(() => expect(puller.pulled).toHaveLength(1))
    reconciler.want(null)
    await untilFree()
    expect(engine.all.size).toBe(0)
  })

  test('reports a start of an earlier life as that start', async () => {
    live().want(workload())
    await until('running')
    await kill()
    reports = []
    live().want(null)
    await untilFree()
    expect(reports[0]).toMatchObject({ cluster_id: clusterId, generation: 1, phase: 'stopping' })
    expect(engine.all.size).toBe(0)
  })

  test('reports nothing when nothing ran', async () => {
    live().want(null)
    await eventually(() => expect(reports.length).toBeGreaterThan(0))
    expect(reports.every((report) => report === null)).toBe(true)
  })

  test('leaves containers of other nodes on the same engine alone', async () => {
    engine.put({
      id: 'theirs',
      state: 'running',
      exitStatus: null,
      spec: sampleContainer({ name: 'theirs', labels: { 'dev.fairlead.node': newId('node') } }),
    })
    live().want(null)
    await sleep(40)
    expect([...engine.all.keys()]).toEqual(['theirs'])
  })

  test('leaves running containers alone before the first order', async () => {
    live().want(workload())
    await until('running')
    await kill()
    reports = []
    live()
    await sleep(60)
    expect(engine.all.size).toBe(1)
    expect(reports).toEqual([])
  })

  test('replaces the container of the previous start when the cluster restarts', async () => {
    const reconciler = live()
    reconciler.want(workload())
    await until('running')
    reconciler.want(workload({ generation: 2 }))
    await eventually(() => expect(last()).toMatchObject({ generation: 2, phase: 'running' }))
    expect([...engine.all.keys()]).toEqual([containerName(workload({ generation: 2 }))])
    expect(engine.most).toBe(1)
    expect(puller.pulled).toHaveLength(2)
  })
})
