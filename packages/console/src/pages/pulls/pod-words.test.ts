import { expect, test } from 'vitest'
import { ownerChoices, podOwnerText, pulledForText } from './pod-words.ts'

const owner = { kind: 'RayCluster', name: 'train' }
const head = { namespace: 'team', name: 'train-head', owner }
const worker = { namespace: 'team', name: 'train-worker-1', owner }
const single = { namespace: 'default', name: 'shell', owner: null }

test('a pod is named by what owns it, and by itself if nothing does', () => {
  expect(podOwnerText(head)).toBe('team/train (RayCluster)')
  expect(podOwnerText(single)).toBe('default/shell (pod)')
})

test('two pods of one cluster are one owner; others are counted', () => {
  expect(pulledForText({ pods: [head, worker] })).toBe('team/train (RayCluster)')
  expect(pulledForText({ pods: [head, worker, single] })).toBe('team/train (RayCluster) and 1 more')
  expect(pulledForText({ pods: [] })).toBeNull()
  expect(pulledForText({})).toBeNull()
})

test('the owners to choose from are those on the page, and the chosen one', () => {
  const records = [{ pods: [head, worker] }, { pods: [single] }, {}]
  expect(ownerChoices(records, undefined)).toEqual([
    { value: 'team/RayCluster/train', label: 'team/train (RayCluster)' },
  ])
  expect(ownerChoices(records, 'a/RayCluster/b').map(({ value }) => value)).toEqual([
    'a/RayCluster/b',
    'team/RayCluster/train',
  ])
})
