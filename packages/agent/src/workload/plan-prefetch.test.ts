import { describe, expect, test } from 'vitest'
import { samplePrefetchedImage, sampleWorkload } from '../testing/sample-workload.ts'
import { makesWay, nextPrefetch } from './plan-prefetch.ts'

const [newest, older] = [
  samplePrefetchedImage(),
  samplePrefetchedImage({ docker_image: 'registry.example.com/team/other:1' }),
]

describe('an idle node', () => {
  test('brings the newest image that is due', () => {
    const entries = [
      { image: newest, dueAt: 200 },
      { image: older, dueAt: 50 },
    ]
    expect(nextPrefetch(entries, null, 300)).toEqual({ bring: newest })
    expect(nextPrefetch(entries, null, 100)).toEqual({ bring: older })
  })

  test('waits until the first is due, and for ever if none ever is', () => {
    expect(nextPrefetch([{ image: newest, dueAt: 200 }], null, 150)).toEqual({ waitMs: 50 })
    expect(nextPrefetch([{ image: newest, dueAt: Infinity }], null, 150)).toEqual({ waitMs: Infinity })
    expect(nextPrefetch([], null, 150)).toEqual({ waitMs: Infinity })
  })
})

test('a node that a cluster wants brings nothing', () => {
  expect(nextPrefetch([{ image: newest, dueAt: 0 }], sampleWorkload(), 300)).toEqual({ waitMs: Infinity })
})

describe('what an idle node brings', () => {
  test('goes on while no cluster wants the node', () => {
    expect(makesWay(newest, null)).toBe(false)
  })

  test.for([
    ['the same image, by digest', sampleWorkload(), false],
    ['the same image, by tag', sampleWorkload({ digest: null }), false],
    ['another digest of it', sampleWorkload({ digest: `sha256:${'b'.repeat(64)}` }), true],
    ['another image', sampleWorkload({ docker_image: 'registry.example.com/team/other:1' }), true],
  ] as const)('if the cluster wants %s, makes way: %s', ([, workload, expected]) => {
    expect(makesWay(newest, workload)).toBe(expected)
  })
})
