/**
 * /events: which resources change, as they change (server-sent events). A reader that was disconnected continues after its Last-Event-ID. If the
 * event of that id is gone (too old, or lost when an older database replaced this one), the reader has to start over.
 */
import { ChangeEvent } from '@fairlead/contract/wire'
import type { Clock } from '../clock.ts'
import type { Waiters } from './waiters.ts'
import { OpenStreams } from './open-streams.ts'
import { plainEventIds, sealedEventIds } from './event-id.ts'
import { eventTexts } from './event-texts.ts'
import { respond, type Route } from '../http/route.ts'

export interface EventRouteParts {
  readonly waiters: Waiters<'events'>
  readonly clock: Clock
  readonly onFault: (error: unknown) => void
  /** With which ids are sealed. */
  readonly secret: Uint8Array
}

export function eventRoutes({ waiters, clock, onFault, secret }: EventRouteParts): Route[] {
  const streams = new OpenStreams()
  return [
    respond(
      {
        path: '/api/v1/events',
        access: 'viewer',
        summary: 'Changes, as server-sent events',
        reach: 'its clouds',
        status: 200,
        answer: ChangeEvent,
        contentType: 'text/event-stream',
        problems: ['TOO_MANY_STREAMS'],
      },
      async ({ caller, request }, reader) => {
        const given = request.header('last-event-id')
        const hearsAll = caller.role === 'admin' && caller.clouds === null
        const ids = hearsAll ? plainEventIds : sealedEventIds(secret)
        const from = given === undefined ? await reader.events.end() : ids.read(given)
        streams.requireRoom(caller)
        const texts = streams.counted(
          caller,
          eventTexts({ reader, waiters, clock, caller, signal: request.signal, ids }, from),
        )
        const body = ReadableStream.from(untilFault(texts, onFault))
        return new Response(body, {
          headers: { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' },
        })
      },
    ),
  ]
}

/** A stream that cannot continue ends, and its reader reconnects with its last event id. */
async function* untilFault(texts: AsyncIterable<Uint8Array>, onFault: (error: unknown) => void) {
  try {
    yield* texts
  } catch (error) {
    onFault(error)
  }
}
