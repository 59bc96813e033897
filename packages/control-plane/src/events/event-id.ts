/** The id of an event in the stream: its number and time, `1042-1795730000123`. Earlier versions sent only the number. */
import { problem } from '@fairlead/contract/problems'
import type { EventMark } from '../store/records.ts'

export function eventId({ sequence, at }: EventMark): string {
  return at === null ? `${sequence}` : `${sequence}-${Date.parse(at)}`
}

/** Throws REQUEST_INVALID. */
export function readEventId(text: string): EventMark {
  const [, sequence, at] = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(text) ?? []
  if (sequence === undefined) {
    throw problem('REQUEST_INVALID', {}, [{ path: 'Last-Event-ID', detail: 'not the id of an event of this stream' }])
  }
  return { sequence: Number(sequence), at: at === undefined ? null : new Date(Number(at)).toISOString() }
}
