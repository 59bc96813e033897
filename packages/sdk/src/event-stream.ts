/** Parses server-sent events (WHATWG HTML, section 9.2.6) from a stream of bytes. */
import { chunks, type ByteStream } from './fetch.ts'

export interface ServerSentEvent {
  readonly id: string | null
  readonly event: string
  readonly data: string
}

/** A longer line or event ends the stream: ours have a few dozen characters. */
const longestEvent = 64 * 1024

/** One reader per stream: feed it text, and it returns the events that ended in it. */
export class EventStreamReader {
  #rest = ''
  #id: string | null = null
  #event = ''
  #data: string[] = []
  #started = false
  #size = 0

  /** The events completed by this text; null if the stream can no longer be trusted. */
  push(text: string): ServerSentEvent[] | null {
    this.#rest += this.#started ? text : text.replace(/^\uFEFF/, '')
    if (text !== '') this.#started = true
    const events: ServerSentEvent[] = []
    for (;;) {
      const end = /\r\n|\n|\r(?!$)/.exec(this.#rest)
      if (!end) break
      const line = this.#rest.slice(0, end.index)
      this.#rest = this.#rest.slice(end.index + end[0].length)
      const event = this.#line(line)
      if (event) events.push(event)
      if (this.#size > longestEvent) return null
    }
    return this.#rest.length > longestEvent ? null : events
  }

  #line(line: string): ServerSentEvent | null {
    if (line === '') return this.#dispatch()
    if (line.startsWith(':')) return null
    const colon = line.indexOf(':')
    const field = colon === -1 ? line : line.slice(0, colon)
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'data') this.#data.push(value)
    else if (field === 'event') this.#event = value
    else if (field === 'id' && !value.includes('\0')) this.#id = value
    this.#size += line.length
    return null
  }

  #dispatch(): ServerSentEvent | null {
    const event = { id: this.#id, event: this.#event || 'message', data: this.#data.join('\n') }
    const empty = this.#data.length === 0
    this.#event = ''
    this.#data = []
    this.#size = 0
    return empty ? null : event
  }
}

/** `onBytes` is called for all incoming data, including keep-alives. */
export async function* readEventStream(
  body: ByteStream | null,
  onBytes: () => void = () => undefined,
): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder()
  const reader = new EventStreamReader()
  for await (const chunk of chunks(body)) {
    onBytes()
    const events = reader.push(decoder.decode(chunk, { stream: true }))
    if (events === null) return
    yield* events
  }
}
