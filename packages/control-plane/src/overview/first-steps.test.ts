import { expect, test } from 'vitest'
import { doneSteps, type Progress } from './first-steps.ts'

const empty: Progress = { clouds: 0, onlineNodes: 0, builds: [], runningClusters: 0, clusters: [] }
const failed: Progress['builds'][number] = { status: 'failed', steps: [] }
const done = (change: Partial<Progress>) => doneSteps({ ...empty, ...change })

test('no step is done on an empty control plane', () => {
  expect(done({})).toEqual([])
})

test('each step ticks itself as its thing appears', () => {
  expect(done({ clouds: 1 })).toEqual(['cloud'])
  expect(done({ clouds: 1, onlineNodes: 1 })).toEqual(['cloud', 'machine'])
  expect(done({ builds: [{ ...failed, status: 'succeeded' }] })).toEqual(['secret', 'environment'])
})

test('the secret is done once a node has read it, even if the registry then refused the login', () => {
  const read = { step: 'secret', status: 'done', started_at: '', duration_ms: 1 } as const
  expect(done({ builds: [{ ...failed, steps: [read] }] })).toEqual(['secret'])
  expect(done({ builds: [failed] })).toEqual([])
})

test('a cluster counts once it ran, and not if its start failed or was never asked for', () => {
  expect(done({ runningClusters: 1 })).toEqual(['cluster'])
  expect(done({ clusters: [{ state: 'Terminated', generation: 1 }] })).toEqual(['cluster'])
  expect(
    done({
      clusters: [
        { state: 'Terminated', generation: 0 },
        { state: 'StartupErrored', generation: 1 },
      ],
    }),
  ).toEqual([])
})
