/** Pods as an API server lists them, in the forms that Kubernetes 1.35 with containerd shows. */
import { ProblemCode } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeIn, Pod, podsOfPull, waitingPods } from './pods.ts'

const begun = Date.parse('2026-11-30T10:00:00.400Z')
const image = 'registry.example.com/team/ray:1'
const pulled = { registry: 'registry.example.com', repository: 'team/ray', reference: '1', since: begun }
const rayCluster = { kind: 'RayCluster', name: 'train', controller: true, apiVersion: 'ray.io/v1', uid: '1' }

function podWith(part: {
  name?: string
  image?: string
  state?: object
  owner?: object | null
  started?: string
}): Pod {
  const { name = 'train-head', owner = rayCluster, state } = part
  const containers = [{ name: 'ray', image: part.image ?? image, resources: {} }]
  return Pod.parse({
    metadata: { name, namespace: 'team', ...(owner !== null && { ownerReferences: [owner] }) },
    spec: { containers, nodeName: 'node1' },
    status: {
      phase: 'Pending',
      startTime: part.started ?? '2026-11-30T10:00:00Z',
      ...(state !== undefined && {
        containerStatuses: [{ name: 'ray', image: containers[0]?.image, ready: false, state }],
      }),
    },
  })
}

const named = (name: string) => ({ namespace: 'team', name, owner: { kind: 'RayCluster', name: 'train' } })

test('a pull was for the pods that wait for this image, and for those that began with it since', () => {
  const pods = [
    podWith({ name: 'creating', state: { waiting: { reason: 'ContainerCreating' } } }),
    podWith({ name: 'not-told-yet' }),
    podWith({ name: 'began', state: { running: { startedAt: '2026-11-30T10:00:07Z' } } }),
    podWith({ name: 'ended', state: { terminated: { startedAt: '2026-11-30T10:00:07Z', exitCode: 0 } } }),
    podWith({ name: 'before', state: { running: { startedAt: '2026-11-30T09:59:00Z' } } }),
    podWith({ name: 'another-tag', image: 'registry.example.com/team/ray:2' }),
    podWith({ name: 'elsewhere', image: 'other.example.com/team/ray:1' }),
  ]
  expect(podsOfPull(pods, pulled)).toEqual(['creating', 'not-told-yet', 'began', 'ended'].map(named))
})

test('an image by digest is the one that was pulled by this digest, whatever its tag', () => {
  const digest = `sha256:${'a'.repeat(64)}`
  const pods = [podWith({ image: `registry.example.com/team/ray:9@${digest}` })]
  expect(podsOfPull(pods, { ...pulled, reference: digest })).toEqual([named('train-head')])
  expect(podsOfPull(pods, { ...pulled, reference: '9' })).toEqual([])
})

test('S9: a record names 16 pods at most, and a report 32 that wait, those that have waited longest', () => {
  const state = { waiting: { reason: 'ImagePullBackOff', message: '' } }
  const started = (index: number) => `2026-11-30T09:00:${String(59 - index).padStart(2, '0')}Z`
  const pods = Array.from({ length: 40 }, (_, index) => podWith({ name: `p${index}`, state, started: started(index) }))
  expect(podsOfPull(pods, pulled).map(({ name }) => name)).toEqual(pods.slice(0, 16).map((_, index) => `p${index}`))
  const waiting = waitingPods(pods, new Set(['registry.example.com'])).map(({ pod }) => pod.name)
  expect(waiting).toEqual(Array.from({ length: 32 }, (_, index) => `p${39 - index}`))
})

test('an init container waits, too', () => {
  const pod = Pod.parse({
    metadata: { name: 'worker', namespace: 'team' },
    spec: { containers: [{ name: 'ray', image: 'busybox' }], initContainers: [{ name: 'wait', image }] },
  })
  expect(podsOfPull([pod], pulled)).toEqual([{ namespace: 'team', name: 'worker', owner: null }])
})

test('only what replaces the pod is its owner, and names that Kubernetes would not allow are left out', () => {
  const other = { kind: 'Node', name: 'node1' }
  expect(podsOfPull([podWith({ owner: other })], pulled)).toEqual([{ ...named('train-head'), owner: null }])
  expect(podsOfPull([podWith({ name: 'p@ss word' })], pulled)).toEqual([])
})

test('a pod waits if its image could not be pulled and its registry has a door; the longest wait comes first', () => {
  const message =
    'failed to pull and unpack image "…": 403 Forbidden: the secret of registry.example.com is for another registry (CREDENTIAL_SERVER_MISMATCH). fix: set server'
  const pods = [
    podWith({ name: 'young', state: { waiting: { reason: 'ErrImagePull' } }, started: '2026-11-30T10:05:00Z' }),
    podWith({ name: 'old', state: { waiting: { reason: 'ImagePullBackOff', message } } }),
    podWith({ name: 'pulls', state: { waiting: { reason: 'ContainerCreating' } } }),
    podWith({ name: 'crashes', state: { waiting: { reason: 'CrashLoopBackOff' } } }),
    podWith({ name: 'public', image: 'quay.io/a/b', state: { waiting: { reason: 'ErrImagePull' } } }),
  ]
  expect(waitingPods(pods, new Set(['registry.example.com']))).toEqual([
    { pod: named('old'), image, since: '2026-11-30T10:00:00.000Z', code: 'CREDENTIAL_SERVER_MISMATCH' },
    { pod: named('young'), image, since: '2026-11-30T10:05:00.000Z', code: null },
  ])
})

test('of what a kubelet says only a known code is read', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom(...ProblemCode.options), fc.string(), (before, code, after) => {
      const plain = before.replaceAll(/[()]/g, '')
      expect(codeIn(`${plain}(${code}). fix: ${after}`)).toBe(code)
      const found = codeIn(before + after)
      expect(found === null || ProblemCode.options.includes(found)).toBe(true)
    }),
  )
  expect(codeIn('pull access denied (HUNTER_SECRET)')).toBeNull()
})
