/** The taint with which a node starts: removed when every door is open, and nothing else with it. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ClusterApi, JsonPatch } from './cluster-api.ts'
import { notReadyTaint, removeTaintWhenReady, withoutTaint } from './node-taint.ts'

const node = (...taints: object[]) => ({ metadata: { resourceVersion: '7' }, spec: { taints } })
const ours = { key: notReadyTaint, effect: 'NoSchedule' }
const other = { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute', timeAdded: '2026-11-30T10:00:00Z' }

describe('the change of a node', () => {
  test('takes our taint away and leaves the others as they are, if the node did not change meanwhile', () => {
    expect(withoutTaint(node(other, ours))).toEqual([
      { op: 'test', path: '/metadata/resourceVersion', value: '7' },
      { op: 'replace', path: '/spec/taints', value: [other] },
    ])
  })

  test('is none for a node without the taint', () => {
    expect(withoutTaint(node(other))).toBeNull()
    expect(withoutTaint({ metadata: { resourceVersion: '7' }, spec: {} })).toBeNull()
  })

  test('never holds our taint, and always all others, in their order', () => {
    const taint = fc.record({ key: fc.oneof(fc.constant(notReadyTaint), fc.string()), effect: fc.string() })
    fc.assert(
      fc.property(fc.array(taint), (taints) => {
        const others = taints.filter(({ key }) => key !== notReadyTaint)
        const [, change] = withoutTaint(node(...taints)) ?? [null, { value: taints }]
        expect(change?.value).toEqual(others)
      }),
    )
  })
})

describe('an agent', () => {
  const scripted = (answers: number[]) => {
    const patches: JsonPatch[] = []
    const api: ClusterApi = {
      namespace: 'fairlead-system',
      get: async () => ({ status: 200, body: node(ours) }),
      patch: async (path, changes) => {
        expect(path).toBe('/api/v1/nodes/node1')
        patches.push(changes)
        const status = answers.shift() ?? 200
        if (status === 0) throw new Error('no answer')
        return { status, body: {} }
      },
    }
    const told: string[] = []
    const log = {
      info: (_: object, text: string) => told.push(text),
      warn: (_: object, text: string) => told.push(text),
    }
    return { api, patches, told, log }
  }
  const signal = new AbortController().signal

  test('removes it once, when the doors are open', async () => {
    const { api, patches, told, log } = scripted([])
    let open = (): void => {}
    const ready = () => new Promise<void>((resolve) => (open = resolve))
    const removing = removeTaintWhenReady({ api, node: 'node1', ready, log }, signal)
    expect(patches).toEqual([])
    open()
    await removing
    expect(patches).toHaveLength(1)
    expect(told).toEqual(['the node is open for pods'])
  })

  test('tries again until the API agrees, and says why it did not once', async () => {
    const { api, patches, told, log } = scripted([422, 422, 0])
    await removeTaintWhenReady({ api, node: 'node1', ready: async () => {}, log, againMs: 1 }, signal)
    expect(patches).toHaveLength(4)
    expect(told).toEqual(['the taint of the node could not be removed', 'the node is open for pods'])
  })
})
