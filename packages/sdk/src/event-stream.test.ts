import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EventStreamReader, type ServerSentEvent } from './event-stream.ts'

function readAll(parts: readonly string[]): ServerSentEvent[] {
  const reader = new EventStreamReader()
  return parts.flatMap((part) => reader.push(part) ?? [])
}

describe('a stream of events', () => {
  test.each([
    ['id: 1\nevent: build\ndata: {"id":"x"}\n\n', [{ id: '1', event: 'build', data: '{"id":"x"}' }]],
    ['data: a\ndata: b\n\n', [{ id: null, event: 'message', data: 'a\nb' }]],
    ['data:a\r\n\r\n', [{ id: null, event: 'message', data: 'a' }]],
    [': a comment\n\n', []],
    ['event: lonely\n\n', []],
    ['data: unfinished\n', []],
    ['\uFEFFdata: x\n\n', [{ id: null, event: 'message', data: 'x' }]],
    ['id: 7\n\ndata: x\n\n', [{ id: '7', event: 'message', data: 'x' }]],
  ])('with %j is parsed', (text, events) => expect(readAll([text])).toEqual(events))

  test('is parsed the same however it is split', () => {
    const field = fc.stringMatching(/^[a-z0-9 {}":]{0,20}$/)
    const event = fc.record({ id: field, event: field, data: field })
    const written = (one: { id: string; event: string; data: string }) =>
      `id: ${one.id}\nevent: ${one.event}\ndata: ${one.data}\n\n`
    fc.assert(
      fc.property(fc.array(event), fc.infiniteStream(fc.integer({ min: 1, max: 9 })), (events, cuts) => {
        const text = events.map(written).join('')
        const parts: string[] = []
        for (let at = 0; at < text.length;) {
          const length = cuts.next().value ?? 1
          parts.push(text.slice(at, at + length))
          at += length
        }
        expect(readAll(parts)).toEqual(events.map((one) => ({ ...one, event: one.event || 'message' })))
      }),
    )
  })

  test('never throws, for any text', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 30 }), { maxLength: 8 }), (parts) => {
        expect(Array.isArray(readAll(parts))).toBe(true)
      }),
    )
  })

  test('is given up on a line without an end', () => {
    const reader = new EventStreamReader()
    expect(reader.push(`data: ${'x'.repeat(70_000)}`)).toBeNull()
  })

  test('is given up on an event without an end', () => {
    const reader = new EventStreamReader()
    expect(reader.push(`data: ${'x'.repeat(1000)}\n`.repeat(100))).toBeNull()
  })
})
