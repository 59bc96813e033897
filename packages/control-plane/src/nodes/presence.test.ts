import { newId, type NodeId } from '@fairlead/contract/names'
import { expect, test } from 'vitest'
import { testClock } from '../testing/test-clock.ts'
import { Presence } from './presence.ts'

function taken(presence: Presence): NodeId[] {
  const changed = presence.transitions()
  presence.noteTransitions(changed)
  return changed
}

test('a node is lost after 90 s of silence, and found when it is heard again', () => {
  const clock = testClock()
  const presence = new Presence(clock.now)
  const id = newId('node')
  presence.heard(id)
  clock.advance(90_000)
  expect([presence.isLost(id), presence.isOnline(id)]).toEqual([false, true])
  expect(taken(presence)).toEqual([])
  clock.advance(1)
  expect([presence.isLost(id), presence.isOnline(id)]).toEqual([true, false])
  expect(taken(presence)).toEqual([id])
  expect(taken(presence)).toEqual([])
  presence.heard(id)
  expect(taken(presence)).toEqual([id])
})

test('after a restart no node is lost for 90 s, and none gets work before it is heard', () => {
  const clock = testClock()
  const presence = new Presence(clock.now)
  const id = newId('node')
  presence.remember(id, clock.now() - 3_600_000)
  expect([presence.isLost(id), presence.isOnline(id)]).toEqual([false, false])
  clock.advance(90_001)
  expect(taken(presence)).toEqual([id])
  expect(presence.count()).toEqual({ online: 0, lost: 1 })
})

test.each([-3_600_000, 3_600_000])(
  'R7: a clock that is set by %i ms loses no node, and hides none that is silent',
  (by) => {
    const [wall, steady] = [testClock(), testClock(0)]
    const presence = new Presence(wall.now, steady.now)
    const pass = (ms: number) => [wall, steady].forEach((clock) => clock.advance(ms))
    const id = newId('node')
    presence.heard(id)
    wall.advance(by)
    pass(90_000)
    expect([presence.isLost(id), presence.isOnline(id)]).toEqual([false, true])
    expect(presence.lastHeard(id)).toBe(wall.now() - 90_000)
    pass(1)
    expect([presence.isLost(id), presence.isOnline(id)]).toEqual([true, false])
  },
)

test('writes each hearing once', () => {
  const clock = testClock()
  const presence = new Presence(clock.now)
  const id = newId('node')
  presence.heard(id)
  presence.heard(id)
  expect(presence.takeUnwritten()).toEqual([[id, clock.now()]])
  expect(presence.takeUnwritten()).toEqual([])
})
