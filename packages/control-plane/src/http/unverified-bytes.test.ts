import { isProblem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { UnverifiedBytes, type Room } from './unverified-bytes.ts'

const takes = (room: Room, bytes: number): boolean => {
  try {
    room.take(bytes)
    return true
  } catch (error) {
    expect(isProblem(error, 'SERVER_BUSY')).toBe(true)
    return false
  }
}

test('limits one sender to its share, and leaves the rest to others', () => {
  const bytes = new UnverifiedBytes({ all: 100, each: 40 })
  using first = bytes.room('a')
  expect([takes(first, 30), takes(first, 11), takes(bytes.room('a'), 11)]).toEqual([true, false, false])
  using other = bytes.room('b')
  expect(takes(other, 40)).toBe(true)
  using third = bytes.room('c')
  expect([takes(third, 31), takes(third, 30)]).toEqual([false, true])
  expect(bytes.size).toBe(100)
})

test('never holds more than the limits, and releases everything, in any sequence', () => {
  const step = fc.record({ sender: fc.constantFrom('a', 'b', 'c'), bytes: fc.nat(50), ends: fc.boolean() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const bytes = new UnverifiedBytes({ all: 100, each: 40 })
      const open: { room: Room; sender: string; held: number }[] = []
      for (const { sender, bytes: count, ends } of steps) {
        const room = bytes.room(sender)
        open.push({ room, sender, held: takes(room, count) ? count : 0 })
        if (ends) open.shift()?.room[Symbol.dispose]()
        const ofSender = Map.groupBy(open, (one) => one.sender)
        for (const rooms of ofSender.values())
          expect(rooms.reduce((sum, { held }) => sum + held, 0)).toBeLessThanOrEqual(40)
        expect(bytes.size).toBeLessThanOrEqual(100)
      }
      for (const { room } of open) room[Symbol.dispose]()
      expect(bytes.size).toBe(0)
    }),
  )
})
