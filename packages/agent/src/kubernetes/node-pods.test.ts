import { expect, test } from 'vitest'
import { listPodsOf, NodePods } from './node-pods.ts'
import { Pod } from './pods.ts'

const image = 'registry.example.com/team/ray:1'
const pod = Pod.parse({
  metadata: { name: 'train-head', namespace: 'team' },
  spec: { containers: [{ name: 'ray', image }] },
  status: {
    startTime: '2026-11-30T10:00:00Z',
    containerStatuses: [{ name: 'ray', state: { waiting: { reason: 'ImagePullBackOff' } } }],
  },
})
const pulled = { registry: 'registry.example.com', repository: 'team/ray', reference: '1', since: 0 }
const signal = new AbortController().signal

function watched(lists: readonly (readonly Pod[] | Error)[]) {
  const failures: unknown[] = []
  const left = [...lists]
  const pods = new NodePods({
    list: async () => {
      const next = left.shift() ?? []
      if (next instanceof Error) throw next
      return next
    },
    registries: () => new Set(['registry.example.com']),
    onFailure: (error) => failures.push(error),
  })
  return { pods, failures }
}

test('who waited and who waits is what the API server lists', async () => {
  const { pods } = watched([[pod], [pod], []])
  expect(await pods.podsFor(pulled)).toMatchObject([{ name: 'train-head' }])
  expect(await pods.waiting(signal)).toMatchObject([{ image, code: null }])
  expect(await pods.waiting(signal)).toEqual([])
})

test('without an answer it is not known, which is told once until the next answer', async () => {
  const down = new Error('connection refused')
  const { pods, failures } = watched([down, down, [pod], down])
  expect(await pods.podsFor(pulled)).toBeNull()
  expect(await pods.waiting(signal)).toBeUndefined()
  expect(failures).toEqual([down])
  expect(await pods.waiting(signal)).toHaveLength(1)
  expect(await pods.podsFor(pulled)).toBeNull()
  expect(failures).toEqual([down, down])
})

test('the pods of this node are asked for by its name; one that cannot be read hides no other', async () => {
  const asked: string[] = []
  const answer = { status: 200, body: { items: [{ metadata: {} }, { ...pod, kind: 'Pod' }] as unknown[] } }
  const api = {
    get: async (path: string) => {
      asked.push(path)
      return answer
    },
  }
  expect(await listPodsOf(api, 'node1', signal)).toMatchObject([{ metadata: { name: 'train-head' } }])
  expect(asked).toEqual(['/api/v1/pods?fieldSelector=spec.nodeName%3Dnode1'])
})

test('without the right to list pods there is no list', async () => {
  const api = { get: async () => ({ status: 403, body: null }) }
  await expect(listPodsOf(api, 'node1', signal)).rejects.toThrow('403')
})
