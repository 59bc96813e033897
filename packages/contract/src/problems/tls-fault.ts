/** Names why a server could not prove its identity over TLS: by Node and OpenSSL codes, never by their text, which may quote what was sent (S9). */
import { Problem } from './problem.ts'

export type TlsFault =
  /** Its CA is not trusted here, or it is not valid for a server. */
  | { readonly kind: 'untrusted' }
  /** The days of these two are known if we could inspect the connection. */
  | { readonly kind: 'expired'; readonly expired_on: string }
  | { readonly kind: 'not-yet-valid'; readonly valid_from: string }
  | { readonly kind: 'misnamed' }
  /** No certificate was checked: the other side does not speak TLS, or shares no version or cipher with us. */
  | { readonly kind: 'handshake' }

const expired = 'CERT_HAS_EXPIRED'
const notYetValid = 'CERT_NOT_YET_VALID'
const misnamed = new Set(['ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH'])
const untrusted =
  /^(?:CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_EXCEEDED$|ERROR_IN_CERT_|ERR_TLS_CERT_)/
const handshake = /^(?:ERR_SSL_|ERR_TLS_|EPROTO$)/

/** Libraries hide the system's error one or more causes deep, or among the errors of several addresses. */
const deepest = 5

/** Null if the failure was not a TLS failure. */
export function tlsFault(error: unknown, depth = 0): TlsFault | null {
  if (typeof error !== 'object' || error === null || depth > deepest) return null
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (code === expired) return { kind: 'expired', expired_on: dayIn(error) }
  if (code === notYetValid) return { kind: 'not-yet-valid', valid_from: dayIn(error) }
  if (misnamed.has(code)) return { kind: 'misnamed' }
  if (untrusted.test(code)) return { kind: 'untrusted' }
  if (handshake.test(code)) return { kind: 'handshake' }
  const inner = error instanceof AggregateError ? error.errors : 'cause' in error ? [error.cause] : []
  return inner.map((cause) => tlsFault(cause, depth + 1)).find((fault) => fault !== null) ?? null
}

/** As attached to the error by the code that held the connection. */
function dayIn(error: object): string {
  const day = 'certificateDay' in error ? error.certificateDay : null
  return day instanceof Date && !Number.isNaN(day.getTime())
    ? day.toISOString().slice(0, 10)
    : 'a day that is not known'
}

/** The other side of the connection. */
export type TlsPlace = { readonly registry: string } | { readonly region: string } | { readonly host: string }

const endings = {
  untrusted: '',
  expired: '_EXPIRED',
  'not-yet-valid': '_NOT_YET_VALID',
  misnamed: '_NAME',
  handshake: '_HANDSHAKE',
} as const satisfies Record<TlsFault['kind'], string>

export function tlsProblem(place: TlsPlace, { kind, ...day }: TlsFault): Problem {
  return new Problem(`${beginning(place)}_TLS${endings[kind]}`, { ...place, ...day }, [])
}

function beginning(place: TlsPlace): 'REGISTRY' | 'SECRET_MANAGER' | 'CONTROL_PLANE' {
  if ('registry' in place) return 'REGISTRY'
  return 'region' in place ? 'SECRET_MANAGER' : 'CONTROL_PLANE'
}
