/** What changed on the control plane, as it changes. A cut stream is taken up again where it ended. */
import { isProblem } from '@fairlead/contract'
import { z } from 'zod'
import { retryDelay, sleep } from './backoff.ts'
import { readEventStream } from './event-stream.ts'
import type { Transport } from './transport.ts'

export const ChangeKind = z.enum(['build', 'cluster', 'node', 'pull'])
export type ChangeKind = z.infer<typeof ChangeKind>

/** That a resource changed; what it is now is for the reader to ask. */
export interface Change {
  readonly eventId: string | null
  readonly kind: ChangeKind
  readonly id: string
}

const Data = z.object({ id: z.string().max(128) })

/** Ends only when it is aborted, or with a problem that waiting does not mend. */
export async function* events(
  transport: Transport,
  options: { readonly signal: AbortSignal; readonly lastEventId?: string | undefined },
): AsyncGenerator<Change> {
  let lastEventId = options.lastEventId ?? null
  for (let failures = 0; ; failures++) {
    try {
      const headers = { accept: 'text/event-stream', ...(lastEventId !== null && { 'last-event-id': lastEventId }) }
      const answer = await transport.open('/events', headers, options.signal)
      for await (const event of readEventStream(answer.body)) {
        failures = 0
        lastEventId = event.id ?? lastEventId
        const change = readChange(event.event, event.data, event.id)
        if (change) yield change
      }
    } catch (error) {
      options.signal.throwIfAborted()
      if (isProblem(error) && !error.row.retry) throw error
    }
    await sleep(retryDelay(Math.min(failures, 6), null), options.signal)
  }
}

function readChange(event: string, text: string, eventId: string | null): Change | null {
  const kind = ChangeKind.safeParse(event)
  const parsed = Data.safeParse(parseJson(text))
  // A kind of a newer server is none of ours.
  return kind.success && parsed.success ? { eventId, kind: kind.data, id: parsed.data.id } : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
