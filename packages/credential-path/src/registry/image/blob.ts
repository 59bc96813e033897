/** Fetches a blob: from the registry, or from where it redirects to, without any credential there (S15). */
import { problem } from '@fairlead/contract/problems'
import { samePlace, type Place } from '../auth/authorization.ts'
import { corrupt, type BlobStream, type ByteRange, type Descriptor } from './pull-ticket.ts'
import type { RegistrySession } from '../session.ts'
import { isRedirect } from '../http/status.ts'
import { parseStrictUrl } from '../http/strict-url.ts'
import type { AnswerHead, HttpAnswer } from '../http/transport.ts'

const maxRedirects = 3

export async function fetchBlob(
  session: RegistrySession,
  { digest, size }: Descriptor,
  span: ByteRange | null,
  signal: AbortSignal,
): Promise<BlobStream> {
  const headers: Record<string, string> = span === null ? {} : { range: rangeHeader(span, size) }
  const opened = await openBlob(session, digest, headers, signal)
  const { answer } = opened
  if (answer.status === 200) return { span: { start: 0, end: size }, body: exactly(answer, size, session) }
  if (answer.status === 206 && span !== null && isExactly(span, size, answer.header('content-range'))) {
    return { span, body: exactly(answer, span.end - span.start, session) }
  }
  await answer.discard()
  const { registry, repository } = session
  if (answer.status === 404) throw problem('IMAGE_INCOMPLETE', { registry, repository })
  throw await refusalOf(opened, session, signal)
}

/**
 * How many bytes a blob has, for a reader that knows only its digest; null: it is there, and the registry does not say. We ask for its first
 * byte: a store that the registry redirects to may sign its links for GET alone.
 */
export async function sizeOfBlob(
  session: RegistrySession,
  digest: string,
  signal: AbortSignal,
): Promise<number | null> {
  const { registry, repository } = session
  const opened = await openBlob(session, digest, { range: 'bytes=0-0' }, signal)
  await opened.answer.discard()
  const size = statedSize(opened.answer)
  if (size !== 'none') return size
  if (opened.answer.status === 404) throw problem('IMAGE_NOT_FOUND', { registry, repository })
  throw await refusalOf(opened, session, signal)
}

/** Of an answer to a request for the first byte. `none`: the blob is not there, or what came is something else. */
function statedSize({ status, header }: AnswerHead): number | null | 'none' {
  const range = header('content-range') ?? ''
  if (status === 200) return sizeOf(header('content-length'))
  if (status === 206 && range.startsWith('bytes 0-0/')) return sizeOf(range.slice('bytes 0-0/'.length))
  // An empty blob has no first byte.
  return status === 416 && range === 'bytes */0' ? 0 : 'none'
}

const sizeOf = (text: string | null): number | null => (/^\d{1,15}$/.test(text ?? '') ? Number(text) : null)

interface OpenedBlob {
  readonly answer: HttpAnswer
  /** It came from a host that the registry redirected to. */
  readonly away: boolean
}

async function openBlob(
  session: RegistrySession,
  digest: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<OpenedBlob> {
  const path = `/v2/${session.repository}/blobs/${digest}`
  let answer = await session.open({ method: 'GET', path, headers }, signal)
  let target: Target = { place: session.endpoint, path }
  // Once a redirect has left the registry, another host decides where it goes, even back.
  let isHome = true
  for (let hops = 0; isRedirect(answer.status); hops += 1) {
    const next = hops < maxRedirects ? redirectTarget(answer.header('location') ?? '', target, session.endpoint) : null
    await answer.discard()
    if (!next) throw problem('REGISTRY_REDIRECT_REFUSED', { registry: session.registry })
    target = next
    isHome &&= samePlace(next.place, session.endpoint)
    // The login is sent from the registry to itself; it is sent nowhere else.
    const request = { method: 'GET', path: next.path, headers } as const
    answer = await (isHome ? session.open(request, signal) : session.openElsewhere(next.place, request, signal))
  }
  return { answer, away: !isHome }
}

/** To the end: without a last byte, as engines resume. */
const rangeHeader = ({ start, end }: ByteRange, size: number): string =>
  end === size ? `bytes=${start}-` : `bytes=${start}-${end - 1}`

interface Target {
  readonly place: Place
  readonly path: string
}

/** https, or the registry's own host; a relative path stays on its host. Null for anything else. */
export function redirectTarget(location: string, from: Target, registry: Place): Target | null {
  if (/^\/(?![/\\])[!-~]*$/.test(location) && !/[#\\]/.test(location)) return { place: from.place, path: location }
  const url = parseStrictUrl(location)
  if (!url || (url.scheme !== 'https' && !samePlace(url, registry))) return null
  return { place: { scheme: url.scheme, host: url.host, port: url.port }, path: `${url.path || '/'}${url.query}` }
}

async function refusalOf({ answer, away }: OpenedBlob, session: RegistrySession, signal: AbortSignal) {
  const { registry } = session
  // The registry allowed it, so a store that refuses has its own fault: an expired link, for example.
  if (away && answer.status < 500) return problem('REGISTRY_UNAVAILABLE', { registry, http_status: answer.status })
  return session.refusalOf(answer, signal)
}

/** Other bytes than those asked for would be written to the wrong place. */
function isExactly({ start, end }: ByteRange, size: number, contentRange: string | null): boolean {
  const [, first, last, whole] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(contentRange ?? '') ?? []
  return first === String(start) && last === String(end - 1) && (whole === String(size) || whole === '*')
}

/** A byte more or less than the manifest says makes it a different blob; fewer means that the connection was lost. */
async function* exactly(answer: HttpAnswer, size: number, session: RegistrySession): AsyncIterable<Uint8Array> {
  let seen = 0
  for await (const piece of answer.body) {
    seen += piece.length
    if (seen > size) throw corrupt(session)
    yield piece
  }
  if (seen < size) throw problem('REGISTRY_UNREACHABLE', { registry: session.registry })
}
