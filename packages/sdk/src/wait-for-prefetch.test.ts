import type { Build } from '@fairlead/contract/wire'
import { describe, expect, test } from 'vitest'
import { prefetchState, type PrefetchOptions } from './wait-for-prefetch.ts'
import { build, problemDocument } from './scripted-resources.ts'
import { scriptedServer } from './scripted-server.ts'

type Progress = NonNullable<Build['prefetch_progress']>

const counted = (idle: number, ready: number, failed = 0): Progress => ({
  idle_nodes: idle,
  ready_nodes: ready,
  failed_nodes: failed,
})

test.for<[Progress | undefined, string]>([
  [counted(5, 4), 'bringing'],
  [counted(5, 5), 'done'],
  [counted(5, 4, 1), 'failed'],
  [counted(5, 3, 1), 'bringing'],
  [counted(0, 0), 'no-idle-node'],
  [undefined, 'not-asked'],
])('%j is %s', ([prefetch_progress, expected]) => {
  expect(prefetchState({ ...(prefetch_progress && { prefetch_progress }) })).toBe(expected)
})

describe('waiting for idle nodes', () => {
  /** The progress at each look; the last one stays. */
  async function waited(looks: readonly (Progress | undefined)[], options: PrefetchOptions = {}) {
    let look = 0
    const { client } = scriptedServer(({ url }) => {
      if (url.endsWith('/events')) return { status: 404, json: problemDocument('ROUTE_NOT_FOUND', 404) }
      const prefetch_progress = looks[Math.min(look++, looks.length - 1)]
      return { json: { result: { ...build, ...(prefetch_progress && { prefetch_progress }) } } }
    })
    const seen: (number | undefined)[] = []
    const onBuild = ({ prefetch_progress: progress }: Build) => seen.push(progress?.ready_nodes)
    const last = await client.waitForPrefetch(build, { pollRateSeconds: 0.01, onBuild, ...options })
    return { state: prefetchState(last), seen }
  }

  test('ends once all of them have the image, and shows each that got it', async () => {
    const looks = [counted(2, 0), counted(2, 1), counted(2, 1), counted(2, 2)]
    expect(await waited(looks)).toEqual({ state: 'done', seen: [0, 1, 2] })
  })

  test('ends if there are none, and if they are no longer asked to', async () => {
    expect(await waited([counted(0, 0)])).toMatchObject({ state: 'no-idle-node' })
    expect(await waited([counted(2, 1), undefined])).toMatchObject({ state: 'not-asked' })
  })

  test('ends if no other node gets it for a long time', async () => {
    const patient = await waited([counted(2, 0), counted(2, 1)], { patienceSeconds: 0.2 })
    expect(patient).toEqual({ state: 'bringing', seen: [0, 1] })
  })

  test('is TIMED_OUT once its time is up', async () => {
    await expect(waited([counted(2, 0)], { timeoutSeconds: 0.2 })).rejects.toMatchObject({ code: 'TIMED_OUT' })
  })

  test('ends with the reason of its signal', async () => {
    const stop = new AbortController()
    const waiting = waited([counted(2, 0)], { signal: stop.signal })
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })
})
