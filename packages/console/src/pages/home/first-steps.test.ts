import { existsSync } from 'node:fs'
import type { Build } from '@fairlead/contract/wire'
import { expect, test } from 'vitest'
import { docsOfStep, doneSteps, type Progress } from './first-steps.ts'

const empty: Progress = { clouds: 0, onlineNodes: 0, environments: [], clusters: [] }
const environment = (build: Partial<Build>) => ({
  latest_build: { status: 'pending', steps: [], ...build } as unknown as Build,
})
const done = (change: Partial<Progress>) => [...doneSteps({ ...empty, ...change })]

test('no step is done on an empty control plane', () => {
  expect(done({})).toEqual([])
})

test('each step ticks itself as its thing appears', () => {
  expect(done({ clouds: 1 })).toEqual(['cloud'])
  expect(done({ clouds: 1, onlineNodes: 1 })).toEqual(['cloud', 'machine'])
  expect(done({ environments: [environment({ status: 'succeeded' })] })).toEqual(['secret', 'environment'])
})

test('the secret is done once a node has read it, even if the registry then refused the login', () => {
  const read = { step: 'secret', status: 'done', started_at: '', duration_ms: 1 } as const
  expect(done({ environments: [environment({ status: 'failed', steps: [read] })] })).toEqual(['secret'])
  expect(done({ environments: [environment({ status: 'failed' })] })).toEqual([])
})

test('a cluster counts once it ran, and not if its start failed or was never asked for', () => {
  expect(done({ clusters: [{ state: 'Running', generation: 1 }] })).toEqual(['cluster'])
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

test.each(Object.entries(docsOfStep))('the step %s names a page of the documentation that exists: %s', (_, page) => {
  expect(existsSync(new URL(`../../../../../docs/${page}.md`, import.meta.url))).toBe(true)
})
