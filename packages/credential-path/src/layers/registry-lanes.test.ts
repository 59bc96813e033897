/** Which layers wait for others of their image. */
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { RegistryLanes } from './registry-lanes.ts'
import { ScriptedSource } from '../testing/scripted-source.ts'

/** Not only because a waiting connection passes a chunk now and then. */
const atOnce = (turn: Promise<void> | null): Promise<string> =>
  Promise.race([(turn ?? Promise.resolve()).then(() => 'at once'), sleep(3000, 'late', { ref: false })])

const quiet = new AbortController().signal
const saturated = { bytesPerSecond: 50_000_000, busy: 0.95 }
const image = new ScriptedSource(new Uint8Array(1))
const [first, second] = [
  { source: image, rank: 0 },
  { source: image, rank: 1 },
]

function fetching(...layers: readonly (typeof first)[]) {
  const lanes = new RegistryLanes().of('registry.example.com')
  for (const layer of layers) {
    lanes.enter(layer)
    lanes.take(0, 8)
  }
  return lanes
}

describe('two layers of an image, from a registry that is faster than this process', () => {
  test('come in the order in which an engine unpacks them', async () => {
    const lanes = fetching(second, first)
    lanes.saw(saturated)
    expect(lanes.turn(first, quiet)).toBeNull()
    const turn = lanes.turn(second, quiet)
    expect(turn).not.toBeNull()
    lanes.leave(first)
    expect(await atOnce(turn)).toBe('at once')
    expect(lanes.turn(second, quiet)).toBeNull()
  })

  test('come together as soon as this process has time for both', async () => {
    const lanes = fetching(first, second)
    lanes.saw(saturated)
    const turn = lanes.turn(second, quiet)
    lanes.saw({ ...saturated, busy: 0.5 })
    expect(await atOnce(turn)).toBe('at once')
    expect(lanes.turn(second, quiet)).toBeNull()
  })

  test('do not keep a pull from ending that is stopped', async () => {
    const lanes = fetching(first, second)
    lanes.saw(saturated)
    const stop = new AbortController()
    const turn = lanes.turn(second, stop.signal)
    stop.abort()
    expect(await atOnce(turn)).toBe('at once')
  })
})

test.for([
  ['of two images', { source: new ScriptedSource(new Uint8Array(1)), rank: 1 }],
  ['of which nobody knows the order', { source: image, rank: 0 }],
] as const)('layers %s do not wait for each other', ([, other]) => {
  const lanes = fetching(first, other)
  lanes.saw(saturated)
  expect([lanes.turn(first, quiet), lanes.turn(other, quiet)]).toEqual([null, null])
})

test('nothing waits before a connection was seen', () => {
  expect(fetching(first, second).turn(second, quiet)).toBeNull()
})

describe('two connections that saturate this process', () => {
  const one = { bytesPerSecond: 60_000_000, busy: 0.5 }

  test('become one again if each brings less than one alone', () => {
    const lanes = fetching(first)
    lanes.saw(one)
    expect(lanes.width).toBe(2)
    lanes.take(1, 8)
    lanes.saw({ bytesPerSecond: 28_000_000, busy: 0.95 })
    expect(lanes.width).toBe(1)
  })

  test('stay if each brings as much', () => {
    const lanes = fetching(first)
    lanes.saw(one)
    lanes.take(1, 8)
    lanes.saw({ ...one, busy: 0.95 })
    expect(lanes.width).toBe(2)
  })
})
