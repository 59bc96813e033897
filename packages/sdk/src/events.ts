/** Changes on the control plane as they happen. A cut stream resumes where it ended. */
import { isProblem } from '@fairlead/contract/problems'
import type { ChangeKind } from '@fairlead/contract/wire'
import { retryDelay, sleep } from './backoff.ts'
import { readEventStream, type ServerSentEvent } from './event-stream.ts'
import { signalOf, type CallOptions, type Transport } from './transport.ts'

/** A resource changed; the reader fetches its current state. */
export interface Change {
  readonly eventId: string | null
  readonly kind: ChangeKind
  readonly id: string
}

export interface EventOptions extends CallOptions {
  /** The id of the last change seen: the stream resumes after it. */
  readonly lastEventId?: string | undefined
  /** Called whenever the stream is open, the first time and after each cut, and when earlier changes may be missing. */
  readonly onOpen?: (() => void) | undefined
  /** Called when the stream was cut or could not be opened; retries continue. */
  readonly onCut?: (() => void) | undefined
  /** Called for all incoming data on the stream, including keep-alives. */
  readonly onHeard?: (() => void) | undefined
  /** How long the stream may be silent, in milliseconds; the control plane sends something every 15 s. */
  readonly silenceMs?: number | undefined
}

const defaultSilenceMs = 45_000

/** Ends only when it is aborted, or with a problem that waiting does not fix. */
export async function* events(transport: Transport, options: EventOptions = {}): AsyncGenerator<Change> {
  const signal = signalOf(options)
  let lastEventId = options.lastEventId ?? null
  for (let failures = 0; ; failures++) {
    const silence = new Silence(options.silenceMs ?? defaultSilenceMs)
    try {
      const headers = { accept: 'text/event-stream', ...(lastEventId !== null && { 'last-event-id': lastEventId }) }
      const answer = await transport.open('/events', headers, AbortSignal.any([signal, silence.signal]))
      options.onOpen?.()
      for await (const event of readEventStream(answer.body, () => heard(silence, options))) {
        failures = 0
        lastEventId = event.id ?? lastEventId
        if (event.event === 'reset') options.onOpen?.()
        const change = await readChange(event)
        if (change) yield change
      }
    } catch (error) {
      signal.throwIfAborted()
      if (isProblem(error) && !error.row.retry) throw error
    } finally {
      silence.end()
    }
    options.onCut?.()
    await sleep(retryDelay(Math.min(failures, 6), null), signal)
  }
}

function heard(silence: Silence, { onHeard }: EventOptions): void {
  silence.broken()
  onHeard?.()
}

/** Gives up a silent connection: a lost network sends no notice. */
class Silence {
  readonly #controller = new AbortController()
  readonly #longestMs: number
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(longestMs: number) {
    this.#longestMs = longestMs
    this.broken()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  broken(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#controller.abort(), this.#longestMs)
  }

  end(): void {
    clearTimeout(this.#timer)
  }
}

async function readChange({ event, data, id }: ServerSentEvent): Promise<Change | null> {
  const { ChangeData, ChangeKind } = await import('@fairlead/contract/wire/change')
  const kind = ChangeKind.safeParse(event)
  const parsed = ChangeData.safeParse(parseJson(data))
  // An event type of a newer server is not ours to handle.
  return kind.success && parsed.success ? { eventId: id, kind: kind.data, id: parsed.data.id } : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
