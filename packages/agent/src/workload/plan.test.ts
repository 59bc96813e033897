/** The planner, as properties: from any state it converges with at most one container, and a crash between two steps changes nothing. */
import { newId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { type Workload } from '@fairlead/contract/wire'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { unconfined } from '../confinement/confinement.ts'
import { sampleContainer } from '@fairlead/credential-path/testing/sample-container'
import { CurrentStart } from './current-start.ts'
import { execute } from './executor.ts'
import type { ExecutorParts } from './executor-parts.ts'
import { InMemoryEngine } from '../testing/in-memory-engine.ts'
import { InMemoryPuller, someDigest } from '../testing/in-memory-puller.ts'
import { observe } from './observe.ts'
import { plan } from './plan.ts'
import { containerName, labels, type WorkloadContainer } from './start.ts'
import { sampleWorkload } from '../testing/sample-workload.ts'

const nodeId = newId('node')
const cloudId = newId('cld')
const clusters = [newId('ses'), newId('ses')] as const
const quiet = new AbortController().signal

const workload = (over: Partial<Workload> = {}) => sampleWorkload({ cluster_id: clusters[0], ...over })

const anyWorkload: fc.Arbitrary<Workload> = fc
  .record({
    cluster_id: fc.constantFrom(...clusters),
    generation: fc.integer({ min: 1, max: 2 }),
    role: fc.constantFrom('head' as const, 'worker' as const),
  })
  .map((over) => workload({ ...over, head_address: over.role === 'worker' ? '10.0.0.1:6379' : null }))

interface Leftover {
  readonly workload: Workload
  readonly state: WorkloadContainer['state']
  readonly exitStatus: number
}

const leftovers: fc.Arbitrary<Leftover[]> = fc.uniqueArray(
  fc.record({
    workload: anyWorkload,
    state: fc.constantFrom('created' as const, 'running' as const, 'exited' as const, 'other' as const),
    exitStatus: fc.integer({ min: 0, max: 255 }),
  }),
  { selector: (leftover) => containerName(leftover.workload), maxLength: 5 },
)

function engineWith(found: readonly Leftover[]): InMemoryEngine {
  const engine = new InMemoryEngine()
  for (const [index, left] of found.entries()) {
    engine.put({
      id: `left-${index}`,
      state: left.state,
      exitStatus: left.state === 'exited' ? left.exitStatus : null,
      spec: sampleContainer({
        name: containerName(left.workload),
        labels: {
          [labels.node]: nodeId,
          [labels.cluster]: left.workload.cluster_id,
          [labels.generation]: String(left.workload.generation),
          [labels.role]: left.workload.role,
        },
      }),
    })
  }
  return engine
}

/** Successive lives of an agent over one engine; memory is lost between them, records are not. */
class Lives {
  readonly engine: InMemoryEngine
  readonly puller: InMemoryPuller
  readonly want: Workload | null
  readonly parts: ExecutorParts
  current: CurrentStart | null = null
  failed: CurrentStart['failure'] = null
  wasUp = false

  constructor(engine: InMemoryEngine, want: Workload | null) {
    this.engine = engine
    this.puller = new InMemoryPuller(engine)
    this.want = want
    this.parts = {
      engine,
      puller: this.puller,
      confinement: unconfined,
      records: { read: () => Promise.resolve(null), write: () => Promise.resolve() },
      containers: { network: 'host', gpus: null, shm_size: null, ulimits: {}, mounts: [] },
      place: () => ({ nodeId, cloudId, advertiseAddress: '10.0.0.1' }),
      times: {
        rayStartMs: 60_000,
        askWhileStartingMs: 0,
        askWhileRunningMs: 60_000,
        readOutputMs: 60_000,
        stopGraceSeconds: 1,
      },
    }
    this.begin()
  }

  begin(): void {
    this.wasUp ||= this.current?.wasUp ?? false
    if (this.want === null) return
    this.current = new CurrentStart(
      this.want,
      {
        start: { clusterId: this.want.cluster_id, generation: this.want.generation },
        wasUp: this.wasUp,
        failure: this.failed,
      },
      () => undefined,
    )
  }

  /** Runs at most this many steps; returns whether nothing was left to do. */
  async run(steps: number): Promise<boolean> {
    let left = steps
    while (left > 0) {
      const have = await observe(this.engine, nodeId, this.current, quiet)
      const planned = plan(have, this.current?.workload ?? null)
      if (planned.length === 0) return true
      for (const step of planned) {
        if (left-- === 0) return false
        try {
          await execute(step, this.current, this.parts, quiet)
        } catch {
          this.failed = problem('RAY_START_FAILED', { exit_status: 1 })
          if (this.current !== null) this.current.failure = this.failed
          break
        }
      }
    }
    return false
  }
}

describe('from any state', () => {
  test('a wanted start converges to one running container, or to none if its container had ended', async () => {
    await fc.assert(
      fc.asyncProperty(
        leftovers,
        anyWorkload,
        fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 6 }),
        async (found, want, crashes) => {
          const lives = new Lives(engineWith(found), want)
          const before = lives.engine.all.size
          for (const steps of crashes) {
            await lives.run(steps)
            lives.begin()
          }
          expect(await lives.run(40)).toBe(true)
          const left = [...lives.engine.all.values()]
          const had = found.find((leftover) => containerName(leftover.workload) === containerName(want))
          const hadEnded = had?.state === 'exited'
          expect(left.map((container) => [container.spec.name, container.state])).toEqual(
            hadEnded ? [] : [[containerName(want), 'running']],
          )
          expect(lives.engine.most).toBeLessThanOrEqual(Math.max(before, 1))
        },
      ),
      { numRuns: 300 },
    )
  })

  test('nothing remains if nothing is wanted', async () => {
    await fc.assert(
      fc.asyncProperty(leftovers, async (found) => {
        const lives = new Lives(engineWith(found), null)
        expect(await lives.run(40)).toBe(true)
        expect(lives.engine.all.size).toBe(0)
        expect(lives.puller.pulled).toEqual([])
      }),
    )
  })

  test('an existing container is adopted: no pull, no second container', async () => {
    await fc.assert(
      fc.asyncProperty(anyWorkload, fc.constantFrom('created' as const, 'running' as const), async (want, state) => {
        const lives = new Lives(engineWith([{ workload: want, state, exitStatus: 0 }]), want)
        expect(await lives.run(20)).toBe(true)
        expect(lives.puller.pulled).toEqual([])
        expect(lives.engine.done.filter((call) => call.startsWith('create'))).toEqual([])
      }),
    )
  })

  test('a crash after any number of steps causes another pull only while there is no container yet', async () => {
    for (let steps = 0; steps <= 6; steps++) {
      const lives = new Lives(new InMemoryEngine(), workload())
      await lives.run(steps)
      const hadContainer = lives.engine.all.size > 0
      const pulls = lives.puller.pulled.length
      lives.begin()
      expect(await lives.run(20)).toBe(true)
      expect(lives.puller.pulled.length).toBe(hadContainer ? pulls : pulls + 1)
      expect(lives.engine.done.filter((call) => call.startsWith('create')).length).toBe(1)
    }
  })
})

describe('plan', () => {
  const nothing = { containers: [], image: null, rayChecked: false, rayAskDue: true, failure: null }

  test('a worker pulls before it knows its head, and then waits', () => {
    const want = workload({ role: 'worker' })
    expect(plan(nothing, want).map((step) => step.do)).toEqual(['pull-image'])
    expect(plan({ ...nothing, image: { id: 'i', digest: someDigest } }, want)).toEqual([])
  })

  test('an image that is present and proved is not pulled', () => {
    const steps = plan({ ...nothing, image: { id: 'i', digest: someDigest } }, workload())
    expect(steps.map((step) => step.do)).toEqual(['create-container'])
  })

  test('an image with a digest other than the one the head has settled is pulled again', () => {
    const image = { id: 'i', digest: `sha256:${'b'.repeat(64)}` }
    expect(plan({ ...nothing, image }, workload()).map((step) => step.do)).toEqual(['pull-image'])
  })

  test('leftovers of another start are stopped and removed before anything is started', () => {
    const old: WorkloadContainer = { name: 'old', start: null, state: 'running', exitStatus: null, digest: null }
    expect(plan({ ...nothing, containers: [old] }, workload())).toEqual([
      { do: 'stop-container', name: 'old' },
      { do: 'remove-container', name: 'old' },
    ])
  })

  test('a failed start is cleaned up and not retried', () => {
    const failure = problem('RAY_START_FAILED', { exit_status: 1 })
    expect(plan({ ...nothing, failure }, workload())).toEqual([])
  })
})
