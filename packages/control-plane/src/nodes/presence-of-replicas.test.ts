/** Presence with several replicas: what one hears, the others learn; with a test clock. */
import { newId, type NodeId } from '@fairlead/contract/names'
import { expect, test } from 'vitest'
import { testClock } from '../testing/test-clock.ts'
import { Presence } from './presence.ts'

const seconds = 1000

function taken(presence: Presence): NodeId[] {
  const changed = presence.transitions()
  presence.noteTransitions(changed)
  return changed
}

test('a node heard by another replica is not lost, and may get work', () => {
  const clock = testClock()
  const presence = new Presence(clock.now)
  const id = newId('node')
  presence.confirm()
  for (let round = 0; round < 20; round++) {
    clock.advance(10 * seconds)
    presence.remember(id, clock.now() - 5 * seconds)
    presence.confirm()
    expect([presence.isLost(id), presence.isOnline(id)]).toEqual([false, true])
  }
})

test('a node that just joined at another replica, or that a forged message calls gone, is not lost', () => {
  const clock = testClock()
  const presence = new Presence(clock.now)
  for (let round = 0; round < 20; round++) {
    presence.confirm()
    clock.advance(10 * seconds)
  }
  const [joined, forgotten] = [newId('node'), newId('node')]
  presence.heard(forgotten)
  presence.forget(forgotten)
  for (const id of [joined, forgotten]) expect([presence.isLost(id), presence.isOnline(id)]).toEqual([false, false])
})

test('data from other replicas never makes a node appear heard more or less recently than it was', () => {
  const clock = testClock()
  const presence = new Presence(clock.now)
  const id = newId('node')
  presence.heard(id)
  presence.remember(id, clock.now() - 60 * seconds)
  expect(presence.lastHeard(id)).toBe(clock.now())
  presence.remember(id, clock.now() + 3600 * seconds)
  expect(presence.lastHeard(id)).toBe(clock.now())
})

test('a replica that starts among others counts the same nodes as lost; the only replica gives every node 90 s', () => {
  const clock = testClock()
  const [among, alone] = [new Presence(clock.now), new Presence(clock.now)]
  const id = newId('node')
  for (const presence of [among, alone]) {
    presence.remember(id, clock.now() - 200 * seconds)
    presence.confirm()
  }
  among.trustSince(clock.now() - 1000 * seconds)
  expect([among.isLost(id), alone.isLost(id)]).toEqual([true, false])
})

test('a replica that cannot learn what the others hear considers no node lost, and gives another 90 s once it can', () => {
  const clock = testClock()
  const presence = new Presence(clock.now)
  const id: NodeId = newId('node')
  presence.heard(id)
  presence.confirm()
  clock.advance(300 * seconds)
  expect([presence.isLost(id), taken(presence)]).toEqual([false, []])
  presence.confirm()
  for (let passed = 0; passed < 90; passed += 10) {
    clock.advance(10 * seconds)
    presence.confirm()
    expect(presence.isLost(id)).toBe(false)
  }
  clock.advance(10 * seconds)
  presence.confirm()
  expect([presence.isLost(id), taken(presence)]).toEqual([true, [id]])
})
