/**
 * /events: which resources change, as they change (server-sent events). A reader that was disconnected continues after its Last-Event-ID. If the
 * event of that id is gone (too old, or lost when an older database replaced this one), the reader has to start over.
 */
import { ChangeEvent, tokenState, type Role } from '@fairlead/contract/wire'
import type { Clock } from '../clock.ts'
import type { Wait, Waiters } from './waiters.ts'
import type { ApiCaller } from '../identity/api-caller.ts'
import type { EventMark, EventRecord } from '../store/records.ts'
import type { Reader } from '../store/store.ts'
import { OpenStreams } from './open-streams.ts'
import { eventId, readEventId } from './event-id.ts'
import { respond, type Route } from '../http/route.ts'

export interface EventRouteParts {
  readonly waiters: Waiters<'events'>
  readonly clock: Clock
  readonly onFault: (error: unknown) => void
}

const atOnce = 200
/** A line now and then shows both ends that the other is still connected. */
const heartbeatMs = 15_000
const stillHere = ': still here\n\n'

export function eventRoutes({ waiters, clock, onFault }: EventRouteParts): Route[] {
  const streams = new OpenStreams()
  return [
    respond(
      'get',
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
        const from = given === undefined ? await reader.events.end() : readEventId(given)
        streams.requireRoom(caller)
        const texts = streams.counted(
          caller,
          eventTexts({ reader, waiters, clock, caller, signal: request.signal }, from),
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

interface Listening {
  readonly reader: Reader
  readonly waiters: Waiters<'events'>
  readonly clock: Clock
  readonly caller: ApiCaller
  readonly signal: AbortSignal
}

async function* eventTexts(
  { reader, waiters, clock, caller, signal }: Listening,
  from: EventMark,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  let last = from
  let wait: Wait | null = null
  signal.addEventListener('abort', () => wait?.stop(), { once: true })
  yield encoder.encode(': hello\n\n')
  while (!signal.aborted && !waiters.ended) {
    // Listens before looking, so that no change falls in between.
    const waitMs = Math.min(heartbeatMs, (caller.expiresAt ?? Infinity) - clock())
    wait = waiters.wait('events', waitMs)
    const end = await reader.events.end()
    const isLost = !isSame(last, end) && !(await reader.events.holds(last))
    const found = isLost ? [] : await reader.events.after(last.sequence, atOnce)
    // Events hidden from this reader are scanned only once.
    last = isLost ? end : newest(last, found.at(-1), found.length < atOnce ? end : undefined)
    // A stream can outlive its token's right to read it.
    const token = await reader.apiTokens.byId(caller.id)
    if (token === null || tokenState(token, clock()) !== 'valid') {
      wait.stop()
      return
    }
    if (isLost) {
      wait.stop()
      yield encoder.encode(`id: ${eventId(end)}\nevent: reset\ndata: {}\n\n`)
    } else if (found.length > 0) {
      wait.stop()
      const text = found
        .filter((event) => mayHear(event, caller.role))
        .map(eventText)
        .join('')
      yield encoder.encode(text === '' ? stillHere : text)
    } else if (!(await wait.woken)) {
      yield encoder.encode(stillHere)
    }
  }
}

/** Same access as the lists of tokens and audit events. */
const mayHear = ({ kind }: EventRecord, role: Role): boolean =>
  role === 'admin' || (kind !== 'token' && kind !== 'audit')

function eventText(event: EventRecord): string {
  return `id: ${eventId(event)}\nevent: ${event.kind}\ndata: ${JSON.stringify({ id: event.resource_id })}\n\n`
}

const isSame = (one: EventMark, other: EventMark): boolean => one.sequence === other.sequence && one.at === other.at

const newest = (mark: EventMark, ...others: readonly (EventMark | undefined)[]): EventMark =>
  others.reduce<EventMark>(
    (last, other) => (other !== undefined && other.sequence > last.sequence ? other : last),
    mark,
  )
