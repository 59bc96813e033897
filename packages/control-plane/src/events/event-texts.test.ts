/** When the lines of an event stream come. */
import { newId } from '@fairlead/contract/names'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ApiTokenRecord, EventRecord } from '../store/records.ts'
import { plainEventIds } from './event-id.ts'
import { eventTexts, type Listening } from './event-texts.ts'
import { Waiters } from './waiters.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A reader for whom some events do not exist, as for a token limited to some clouds, and what it receives, by the second. */
function openStream(isSeen: (event: EventRecord) => boolean) {
  const events: EventRecord[] = []
  const waiters = new Waiters<'events'>()
  const token = { id: newId('tok'), revoked_at: null, expires_at: null } as ApiTokenRecord
  const reader = {
    events: {
      end: async () => ({ sequence: events.length, at: null }),
      holds: async () => true,
      after: async (sequence: number) => events.slice(sequence).filter(isSeen),
    },
    apiTokens: { byId: async () => token },
  } as unknown as Listening['reader']
  const cut = new AbortController()
  const caller = { id: token.id, role: 'viewer', expiresAt: null } as const
  const began = Date.now()
  const received: [number, string][] = []
  const listening = { reader, waiters, clock: Date.now, caller, signal: cut.signal, ids: plainEventIds }
  const texts = eventTexts(listening, { sequence: 0, at: null })
  const reading = (async () => {
    for await (const bytes of texts) {
      const [line = ''] = new TextDecoder().decode(bytes).split('\n').slice(-3)
      received.push([Math.round((Date.now() - began) / 1000), line])
    }
  })()
  return {
    received,
    async happen(kind: EventRecord['kind'], atSecond: number): Promise<void> {
      await vi.advanceTimersByTimeAsync(began + atSecond * 1000 - Date.now())
      events.push({ sequence: events.length + 1, kind, resource_id: kind, at: new Date().toISOString() })
      waiters.wake('events')
      await vi.advanceTimersByTimeAsync(0)
    },
    async close(atSecond: number): Promise<void> {
      await vi.advanceTimersByTimeAsync(began + atSecond * 1000 - Date.now())
      cut.abort()
      await reading
    },
  }
}

const heartbeats = [15, 30, 45].map((second) => [second, ': still here'])

describe('the moments at which lines come', () => {
  test.each<[string, EventRecord['kind'], (event: EventRecord) => boolean]>([
    ['of other clouds', 'node', ({ kind }) => kind !== 'node'],
    ['that its role does not hear', 'audit', () => true],
  ])('do not tell a reader of events %s', async (_, kind, isSeen) => {
    const stream = openStream(isSeen)
    for (const second of [4, 17, 18, 29, 31, 40]) await stream.happen(kind, second)
    await stream.close(50)
    expect(stream.received).toEqual([[0, ': hello'], ...heartbeats])
  })

  test('are those of the events that it hears, and a heartbeat each 15 seconds', async () => {
    const stream = openStream(() => true)
    await stream.happen('node', 4)
    await stream.happen('cloud', 31)
    await stream.close(50)
    const told = [
      [4, 'data: {"id":"node"}'],
      [31, 'data: {"id":"cloud"}'],
    ] as const
    const [first, second, third] = heartbeats
    expect(stream.received).toEqual([[0, ': hello'], told[0], first, second, told[1], third])
  })
})
