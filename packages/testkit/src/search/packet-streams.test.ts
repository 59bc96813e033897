import { array, assert, integer, nat, property, tuple, uint8Array } from 'fast-check'
import { expect, test } from 'vitest'
import type { TcpSegment } from './packet-segment.ts'
import { joinStreams } from './packet-streams.ts'

const flow = 'a port 1 to b port 2'
const open = (sequence: number): TcpSegment => ({
  flow,
  sequence,
  opens: true,
  resets: false,
  payload: Buffer.alloc(0),
})
const segment = (sequence: number, text: string): TcpSegment => ({
  flow,
  sequence: sequence % 2 ** 32,
  opens: false,
  resets: false,
  payload: Buffer.from(text),
})
const texts = (segments: readonly TcpSegment[]) =>
  joinStreams(segments).map(({ pieces, gaps }) => ({ text: Buffer.concat(pieces).toString(), gaps }))

test('whatever is cut, sent twice, overlapping and out of order is read as it was written', () => {
  const cuts = array(tuple(nat(300), nat(300)), { maxLength: 20 })
  const content = uint8Array({ minLength: 1, maxLength: 300 })
  assert(
    property(content, cuts, integer({ min: 0, max: 2 ** 32 - 1 }), nat(), (bytes, again, first, turn) => {
      // Whole coverage in pieces of 7, and any further pieces of the same content, in another order.
      const starts: [number, number][] = [
        ...Array.from({ length: Math.ceil(bytes.length / 7) }, (_, n): [number, number] => [n * 7, n * 7 + 7]),
        ...again.map(([from, to]): [number, number] => [Math.min(from, to), Math.max(from, to)]),
      ]
      const segments = starts.map(([from, to]): TcpSegment => ({
        flow,
        sequence: (first + 1 + from) % 2 ** 32,
        opens: false,
        resets: false,
        payload: Buffer.from(bytes.subarray(from, to)),
      }))
      const turned = [...segments.slice(turn % segments.length), ...segments.slice(0, turn % segments.length)]
      const [stream] = joinStreams([open(first), ...turned.toReversed()])
      expect(Buffer.concat(stream?.pieces ?? [])).toEqual(Buffer.from(bytes))
      expect(stream?.gaps).toBe(0)
    }),
  )
})

test('the two directions, and two connections of the same ports one after the other, are streams of their own', () => {
  const back: TcpSegment = { ...segment(501, 'answer'), flow: 'b port 2 to a port 1' }
  const streams = texts([
    open(100),
    segment(101, 'one'),
    { ...open(500), flow: back.flow },
    back,
    open(900),
    segment(901, 'two'),
  ])
  expect(streams).toEqual([
    { text: 'one', gaps: 0 },
    { text: 'answer', gaps: 0 },
    { text: 'two', gaps: 0 },
  ])
})

test('an opening that is sent again opens nothing new', () => {
  expect(texts([open(100), open(100), segment(101, 'one')])).toEqual([{ text: 'one', gaps: 0 }])
})

test('missing bytes are counted as a gap, at the beginning too', () => {
  expect(texts([open(100), segment(101, 'one'), segment(107, 'three')])).toEqual([{ text: 'onethree', gaps: 1 }])
  expect(texts([segment(101, 'one')])).toEqual([{ text: 'one', gaps: 1 }])
  expect(texts([open(100), segment(102, 'ne')])).toEqual([{ text: 'ne', gaps: 1 }])
})

test('a connection that was refused has no bytes in that direction, and none are missing; a reset with none seen before it may hide some', () => {
  const refusal: TcpSegment = { ...segment(0, ''), resets: true, flow: 'b port 2 to a port 1' }
  expect(texts([open(100), refusal])).toEqual([{ text: '', gaps: 0 }])
  expect(texts([open(100), refusal, open(100), { ...refusal }])).toEqual([{ text: '', gaps: 0 }])
  expect(texts([open(100), { ...refusal, sequence: 500 }])).toContainEqual({ text: '', gaps: 1 })
})
