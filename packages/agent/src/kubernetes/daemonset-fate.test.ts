/** What the API's answers say about a pod's own DaemonSet. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ClusterApi } from './cluster-api.ts'
import { fateIn, fateOfDaemonSet } from './daemonset-fate.ts'

const daemonSet = (metadata: object) => ({ status: 200, body: { kind: 'DaemonSet', metadata } })

describe('a DaemonSet', () => {
  test('that is there stays: the pod is restarted or upgraded', () => {
    expect(fateIn(daemonSet({ name: 'fairlead-agent' }))).toBe('stays')
  })

  test('that is being deleted is gone', () => {
    expect(fateIn(daemonSet({ deletionTimestamp: '2026-11-30T10:00:00Z' }))).toBe('gone')
  })

  test.each([401, 403, 404])('is gone when the API says %s: whoever removed it removed the rights, too', (status) => {
    expect(fateIn({ status, body: { kind: 'Status' } })).toBe('gone')
  })

  test('is unknown after any other answer, and then the node stays as it is', () => {
    const answer = fc.record({ status: fc.integer({ min: 100, max: 599 }), body: fc.jsonValue() })
    fc.assert(
      fc.property(answer, ({ status, body }) => {
        fc.pre(![401, 403, 404].includes(status))
        expect(fateIn({ status, body })).toBe('unknown')
      }),
    )
  })

  test('is asked for by the namespace and name of the pod, and is unknown if nobody answers', async () => {
    const asked: string[] = []
    const api = (answer: () => Promise<{ status: number; body: unknown }>): ClusterApi => ({
      namespace: 'fairlead-system',
      get: (path) => {
        asked.push(path)
        return answer()
      },
      patch: () => Promise.reject(new Error('not asked for')),
    })
    const signal = new AbortController().signal
    const present = api(async () => daemonSet({}))
    expect(await fateOfDaemonSet(present, 'fairlead-agent', signal)).toBe('stays')
    expect(asked).toEqual(['/apis/apps/v1/namespaces/fairlead-system/daemonsets/fairlead-agent'])
    const silent = api(() => Promise.reject(new Error('connect ECONNREFUSED')))
    expect(await fateOfDaemonSet(silent, 'fairlead-agent', signal)).toBe('unknown')
  })
})
