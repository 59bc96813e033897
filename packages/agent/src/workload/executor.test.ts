/** The one step that must not trust what it finds: starting an existing container. */
import { newId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { expect, test } from 'vitest'
import { unconfined, type Confinement } from '../confinement/confinement.ts'
import type { Container, Engine } from '@fairlead/credential-path/engine/engine'
import { containerSpec } from './container-options.ts'
import { CurrentStart } from './current-start.ts'
import { execute } from './executor.ts'
import type { ExecutorParts } from './executor-parts.ts'
import { InMemoryEngine } from '../testing/in-memory-engine.ts'
import { InMemoryPuller, someDigest } from '../testing/in-memory-puller.ts'
import { observe } from './observe.ts'
import { plan } from './plan.ts'
import { containerName } from './start.ts'
import { sampleWorkload } from '../testing/sample-workload.ts'

const quiet = new AbortController().signal
const place = { nodeId: newId('node'), cloudId: newId('cld'), advertiseAddress: '10.0.0.1' }
const containers = { network: 'host', gpus: null, shm_size: null, ulimits: {}, mounts: [] }
const workload = sampleWorkload({ ray_token: `frt_${'A'.repeat(43)}` })

/** A restarted agent, on a node whose workloads belong into one cgroup, with an earlier container. */
function nodeWithContainerIn(
  made: string | null,
  wanted: string | null,
  { state = 'created', assertInside }: Partial<Pick<Confinement, 'assertInside'> & Pick<Container, 'state'>> = {},
) {
  const engine = new InMemoryEngine()
  const spec = containerSpec(workload, { id: 'an image', digest: someDigest }, place, containers, made)
  engine.put({ id: 'made before', spec, state, exitStatus: null })
  const current = new CurrentStart(workload, null, () => undefined)
  const puller = new InMemoryPuller(engine)
  const parts: ExecutorParts = {
    engine,
    puller,
    confinement: { ...unconfined, cgroupParent: async () => wanted, ...(assertInside && { assertInside }) },
    records: { read: () => Promise.resolve(null), write: () => Promise.resolve() },
    containers,
    place: () => place,
    times: {
      rayStartMs: 60_000,
      askWhileStartingMs: 0,
      askWhileRunningMs: 60_000,
      readOutputMs: 60_000,
      stopGraceSeconds: 1,
    },
  }
  const runRound = async (): Promise<readonly string[]> => {
    const steps = plan(await observe(engine, place.nodeId, current, quiet), workload)
    for (const step of steps) await execute(step, current, parts, quiet)
    return steps.map((step) => step.do)
  }
  return { engine, puller, current, parts, runRound }
}

test.each([
  ['before its node confined its workloads', null, '/fairlead'],
  ['in the cgroup of another setting', '/fairlead', 'fairlead.slice'],
])('S14: a container created %s is not started but recreated in the right cgroup', async (_, made, wanted) => {
  const { engine, puller, runRound } = nodeWithContainerIn(made, wanted)
  const name = containerName(workload)
  const taken = []
  while (engine.all.get(name)?.state !== 'running' && taken.length < 10) taken.push(...(await runRound()))
  expect(taken).toEqual(['start-container', 'pull-image', 'create-container'])
  expect(engine.done).toEqual([`remove ${name}`, `create ${name}`, `start ${name}`])
  expect(engine.all.get(name)?.spec.cgroupParent).toBe(wanted)
  expect(engine.all.get(name)?.file?.content).toBe(`${workload.ray_token}\n`)
  // The right to the image was proved again along with it (S11).
  expect(puller.pulled).toHaveLength(1)
})

test.each([
  ['/fairlead', '/fairlead'],
  [null, null],
  // An engine's default is its own business, and so is a container from before the node's file let workloads through.
  ['machine.slice', null],
  ['/fairlead', null],
])('a container created in %s is started unchanged if workloads belong into %s', async (made, wanted) => {
  const { engine, puller, runRound } = nodeWithContainerIn(made, wanted)
  expect(await runRound()).toEqual(['start-container'])
  expect(engine.all.get(containerName(workload))).toMatchObject({ id: 'made before', state: 'running' })
  expect(puller.pulled).toEqual([])
})

/** A runtime that does not put a container where it was asked to. */
const outside: Confinement['assertInside'] = async (firstProcess) => {
  if ((await firstProcess()) !== null) throw problem('METADATA_EXPOSED')
}

test.each(['created', 'running'] as const)(
  'S14: a container (%s) that its runtime has put elsewhere is killed, and the start is over',
  async (state) => {
    const { engine, runRound } = nodeWithContainerIn('/fairlead', '/fairlead', { state, assertInside: outside })
    await expect(runRound()).rejects.toMatchObject({ code: 'METADATA_EXPOSED' })
    expect(engine.done.at(-1)).toBe(`remove ${containerName(workload)}`)
    expect(engine.all.size).toBe(0)
  },
)

test('S14: the cgroup of a container is checked once after it is started, or found running', async () => {
  for (const state of ['created', 'running'] as const) {
    let looks = 0
    const assertInside: Confinement['assertInside'] = async (firstProcess) => {
      looks += 1
      expect(await firstProcess()).toBe(process.pid)
    }
    const { runRound } = nodeWithContainerIn('/fairlead', '/fairlead', { state, assertInside })
    await runRound()
    await runRound()
    expect(looks).toBe(1)
  }
})

test('a container that was running before its node confined workloads keeps running', async () => {
  const { engine, runRound } = nodeWithContainerIn(null, '/fairlead', { state: 'running', assertInside: outside })
  expect(await runRound()).toEqual(['check-ray-version'])
  expect(engine.all.get(containerName(workload))?.state).toBe('running')
})

test('an agent killed before the token was in the container puts it there before the start', async () => {
  const { engine, runRound } = nodeWithContainerIn(null, null)
  const container = engine.all.get(containerName(workload))
  engine.refusing.add('putFile')
  await expect(runRound()).rejects.toMatchObject({ code: 'ENGINE_FAILED' })
  expect(container).toMatchObject({ state: 'created' })
  engine.refusing.clear()
  expect(await runRound()).toEqual(['start-container'])
  expect(container).toMatchObject({ state: 'running', file: { content: `${workload.ray_token}\n` } })
})

test('R2: an order withdrawn while Docker creates its container leaves none, since Docker would finish it after the last look', async () => {
  const { engine, current, parts } = nodeWithContainerIn(null, null)
  engine.all.clear()
  const image = { id: 'an image', digest: someDigest }
  engine.images.add(image.id)
  const withdrawn = new AbortController()
  const docker: Engine = Object.create(engine)
  docker.createContainer = async (spec, signal) => {
    withdrawn.abort()
    signal.throwIfAborted()
    return engine.createContainer(spec)
  }
  const step = { do: 'create-container', workload, image } as const
  await expect(execute(step, current, { ...parts, engine: docker }, withdrawn.signal)).rejects.toMatchObject({
    name: 'AbortError',
  })
  expect(engine.done.filter((call) => call.startsWith('start'))).toEqual([])
  const left = await observe(engine, place.nodeId, null, quiet)
  expect(plan(left, null)).toEqual([{ do: 'remove-container', name: containerName(workload) }])
})
