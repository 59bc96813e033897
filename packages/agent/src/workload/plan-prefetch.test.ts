import { describe, expect, test } from 'vitest'
import { samplePrefetchedImage, sampleWorkload } from '../testing/sample-workload.ts'
import { makesWay, nextPrefetch, type PrefetchState } from './plan-prefetch.ts'

const [newest, older] = [
  samplePrefetchedImage(),
  samplePrefetchedImage({ docker_image: 'registry.example.com/team/other:1' }),
]

const state = (over: Partial<PrefetchState>): PrefetchState => ({
  entries: [],
  leftovers: [],
  inTheWay: [],
  lookAt: Infinity,
  workload: null,
  ...over,
})

describe('an idle node', () => {
  test('brings the newest image that is due', () => {
    const entries = [
      { image: newest, dueAt: 200 },
      { image: older, dueAt: 50 },
    ]
    expect(nextPrefetch(state({ entries }), 300)).toEqual({ do: 'bring', image: newest })
    expect(nextPrefetch(state({ entries }), 100)).toEqual({ do: 'bring', image: older })
  })

  test('looks at what the engine has before it brings anything', () => {
    const entries = [{ image: newest, dueAt: 0 }]
    expect(nextPrefetch(state({ entries, lookAt: 100 }), 100)).toEqual({ do: 'look' })
  })

  test('makes room before it brings anything, but not before it looked', () => {
    const due = { entries: [{ image: newest, dueAt: 0 }], leftovers: [{ tag: older.build_id, dueAt: 100 }] }
    expect(nextPrefetch(state(due), 99)).toEqual({ do: 'bring', image: newest })
    expect(nextPrefetch(state(due), 100)).toEqual({ do: 'drop', tag: older.build_id })
    expect(nextPrefetch(state({ ...due, lookAt: 100 }), 100)).toEqual({ do: 'look' })
    expect(nextPrefetch(state({ leftovers: due.leftovers }), 40)).toEqual({ do: 'wait', ms: 60 })
  })

  test('waits until the first is due or it is time to look, and for ever if nothing ever is', () => {
    const [soon, never] = [[{ image: newest, dueAt: 200 }], [{ image: newest, dueAt: Infinity }]]
    expect(nextPrefetch(state({ entries: soon }), 150)).toEqual({ do: 'wait', ms: 50 })
    expect(nextPrefetch(state({ entries: soon, lookAt: 160 }), 150)).toEqual({ do: 'wait', ms: 10 })
    expect(nextPrefetch(state({ entries: never }), 150)).toEqual({ do: 'wait', ms: Infinity })
    expect(nextPrefetch(state({}), 150)).toEqual({ do: 'wait', ms: Infinity })
  })
})

test('makes room for a cluster while that wants the node', () => {
  const obstacles = { inTheWay: [newest.build_id, older.build_id], workload: sampleWorkload() }
  expect(nextPrefetch(state(obstacles), 0)).toEqual({ do: 'drop', tag: newest.build_id })
})

test('a node that a cluster wants brings and drops nothing, but still looks at what it has', () => {
  const [entries, leftovers] = [[{ image: newest, dueAt: 0 }], [{ tag: older.build_id, dueAt: 0 }]]
  const busy = state({ entries, leftovers, lookAt: 400, workload: sampleWorkload() })
  expect(nextPrefetch(busy, 300)).toEqual({ do: 'wait', ms: 100 })
  expect(nextPrefetch(busy, 400)).toEqual({ do: 'look' })
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
