/** The text of one reader's event stream. When a line comes says no more than what it says: events hidden from the reader move none. */
import { tokenState, type ChangeKind, type Role } from '@fairlead/contract/wire'
import type { Clock } from '../clock.ts'
import type { ApiCaller } from '../identity/api-caller.ts'
import type { EventMark, EventRecord } from '../store/records.ts'
import type { Reader } from '../store/store.ts'
import type { EventIds, GivenPlace } from './event-id.ts'
import type { Wait, Waiters } from './waiters.ts'

const atOnce = 200
/** A line now and then shows both ends that the other is still connected. */
const heartbeatMs = 15_000
const stillHere = ': still here\n\n'

export interface Listening {
  readonly reader: Pick<Reader, 'events' | 'apiTokens'>
  readonly waiters: Waiters<'events'>
  readonly clock: Clock
  readonly caller: Pick<ApiCaller, 'id' | 'role' | 'expiresAt'>
  readonly signal: AbortSignal
  readonly ids: EventIds
}

export async function* eventTexts(
  { reader, waiters, clock, caller, signal, ids }: Listening,
  from: GivenPlace,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  const hidden = hiddenFrom(caller.role)
  let last = from
  let wait: Wait | null = null
  signal.addEventListener('abort', () => wait?.stop(), { once: true })
  let beatAt = performance.now() + heartbeatMs
  yield encoder.encode(': hello\n\n')
  while (!signal.aborted && !waiters.ended) {
    // Listens before looking, so that no change falls in between.
    const waitMs = Math.min(beatAt - performance.now(), (caller.expiresAt ?? Infinity) - clock())
    wait = waiters.wait('events', waitMs)
    const end = await reader.events.end()
    const since = last !== 'lost' && (isSame(last, end) || (await reader.events.holds(last))) ? last : 'lost'
    const found = since === 'lost' ? [] : await reader.events.after(since.sequence, atOnce)
    // Events hidden from this reader are scanned only once.
    last = since === 'lost' ? end : newest(since, found.at(-1), found.length < atOnce ? end : undefined)
    // A stream can outlive its token's right to read it.
    const token = await reader.apiTokens.byId(caller.id)
    if (token === null || tokenState(token, clock()) !== 'valid') {
      wait.stop()
      return
    }
    const heard = found.filter(({ kind }) => !hidden.includes(kind))
    if (since === 'lost') {
      yield encoder.encode(`id: ${ids.write(await reader.events.newest(hidden))}\nevent: reset\ndata: {}\n\n`)
    } else if (heard.length > 0) yield encoder.encode(heard.map((event) => eventText(event, ids)).join(''))
    if (since === 'lost' || found.length > 0) wait.stop()
    else await wait.woken
    if (performance.now() < beatAt) continue
    beatAt = performance.now() + heartbeatMs
    yield encoder.encode(stillHere)
  }
}

/** Same access as the lists of tokens and audit events. */
const hiddenFrom = (role: Role): readonly ChangeKind[] => (role === 'admin' ? [] : ['token', 'audit'])

function eventText(event: EventRecord, ids: EventIds): string {
  return `id: ${ids.write(event)}\nevent: ${event.kind}\ndata: ${JSON.stringify({ id: event.resource_id })}\n\n`
}

const isSame = (one: EventMark, other: EventMark): boolean => one.sequence === other.sequence && one.at === other.at

const newest = (mark: EventMark, ...others: readonly (EventMark | undefined)[]): EventMark =>
  others.reduce<EventMark>(
    (last, other) => (other !== undefined && other.sequence > last.sequence ? other : last),
    mark,
  )
