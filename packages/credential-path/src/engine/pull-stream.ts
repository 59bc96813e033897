/**
 * Reads the stream with which Docker answers a pull: one JSON document per line. A failure may arrive as a record inside a 200 answer, so
 * the stream is read to its end, and only an end without an error means success.
 */
import { parseJson } from '../process/parse-json.ts'

/** A line may hold a registry's error page, but never megabytes. */
const maxLineBytes = 256 * 1024

export interface PullEvent {
  /** What Docker reports it is doing, such as `Downloading`; empty if it reports nothing. */
  readonly status: string
  /** The layer concerned; null for the pull as a whole. */
  readonly id: string | null
  /** Docker's own message about what went wrong; null if nothing did. */
  readonly error: string | null
}

/** The stream is not in Docker's format. Names the broken rule and quotes nothing. */
export class PullStreamError extends Error {
  override readonly name = 'PullStreamError'
}

/** Yields every event in order; memory is bounded by one line. */
export async function* readPullStream(body: AsyncIterable<Uint8Array>): AsyncGenerator<PullEvent> {
  for await (const line of splitLines(body)) {
    const event = parsePullEvent(line)
    if (event !== null) yield event
  }
}

/** The first error of the stream, or null, once all of it has been read. */
export async function firstPullError(body: AsyncIterable<Uint8Array>): Promise<string | null> {
  let error: string | null = null
  for await (const event of readPullStream(body)) error ??= event.error
  return error
}

/** Null for a line without text. */
export function parsePullEvent(line: string): PullEvent | null {
  const text = line.trim()
  if (text === '') return null
  const record = parseObject(text)
  return { status: textOf(record['status']) ?? '', id: textOf(record['id']), error: errorOf(record) }
}

async function* splitLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest: Uint8Array[] = []
  let restBytes = 0
  const take = (part: Uint8Array): string => {
    const line = decoder.decode(rest.length === 0 ? part : Buffer.concat([...rest, part]))
    rest = []
    restBytes = 0
    return line
  }
  for await (const chunk of body) {
    let start = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      if (restBytes + end - start > maxLineBytes) throw new PullStreamError('a line is too long')
      yield take(chunk.subarray(start, end))
      start = end + 1
    }
    if (start < chunk.length) {
      rest.push(chunk.slice(start))
      restBytes += chunk.length - start
      if (restBytes > maxLineBytes) throw new PullStreamError('a line is too long')
    }
  }
  if (restBytes > 0) yield take(new Uint8Array())
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  const value = parseJson(text)
  if (value === undefined) throw new PullStreamError('a line is not JSON')
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new PullStreamError('a line is not a JSON object')
  }
  return value as Record<string, unknown>
}

/** `errorDetail.message` or `error`; an error in an unknown form still counts as one. */
function errorOf(record: Readonly<Record<string, unknown>>): string | null {
  const detail = record['errorDetail']
  if (typeof detail === 'object' && detail !== null) {
    const message = textOf((detail as Record<string, unknown>)['message'])
    if (message !== null) return message
  }
  const error = record['error'] ?? null
  if (error === null && (detail ?? null) === null) return null
  return textOf(error) ?? 'an error without a message'
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
