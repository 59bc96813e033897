/** Connects to a registry. Checks each address after resolution, at every connection, before the first byte (S15); on loopback also its user. */
import { lookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { Socket } from 'node:net'
import { buildConnector } from 'undici'
import { noteCertificateDay } from '../../process/certificate-day.ts'
import { trustedServerConnector, type JudgeUser } from '../../loopback/trusted-server.ts'
import { addressKind } from './address.ts'

export interface GuardOptions {
  /** PEM of the authorities that verify this host; if absent, the system's. */
  readonly ca: string | null
  /** Only for hosts that the node's own file lists (S23). */
  readonly allowLoopback: boolean
  readonly timeoutMs: number
  /** Whose servers on loopback may be reached over plain http. */
  readonly judgeUser: JudgeUser
  /** The resolver; the system's, unless a test supplies another. */
  readonly resolve?: typeof lookup
  readonly onConnection?: OnConnection
}

/** `reached`: the address answers, and over plain http the server's user is known; `ready`: TLS is established as well, if used. */
export type OnConnection = (event: 'reached' | 'ready') => void

export class AddressRefused extends Error {
  readonly code = 'FAIRLEAD_ADDRESS_REFUSED'
}

export function guardedConnector(options: GuardOptions): buildConnector.connector {
  const { allowLoopback, timeoutMs, ca, judgeUser, resolve = lookup, onConnection } = options
  const connect = trustedServerConnector(
    buildConnector({
      ...(ca !== null && { ca }),
      rejectUnauthorized: true,
      allowH2: false,
      timeout: timeoutMs,
      lookup: guardedLookup(allowLoopback, resolve),
    }),
    judgeUser,
    timeoutMs,
  )

  return (target, callback) => {
    // A literal address is never resolved, so the lookup below does not see it.
    if (isLiteral(target.hostname) && !mayConnect(target.hostname, allowLoopback)) {
      callback(new AddressRefused(), null)
      return
    }
    const isPlain = target.protocol === 'http:'
    // It returns the socket, although its type does not say so.
    const opening: unknown = connect(
      target,
      (...[error, socket]: [Error, null] | [null, Parameters<buildConnector.Callback>[1]]) => {
        if (error || !socket) return callback(error ?? new AddressRefused(), null)
        if (mayConnect(socket.remoteAddress ?? '', allowLoopback)) {
          if (isPlain) onConnection?.('reached')
          onConnection?.('ready')
          return callback(null, socket)
        }
        socket.destroy()
        return callback(new AddressRefused(), null)
      },
    )
    noteCertificateDay(opening)
    if (onConnection && !isPlain && opening instanceof Socket) opening.once('connect', () => onConnection('reached'))
  }
}

export function mayConnect(address: string, allowLoopback: boolean): boolean {
  const kind = addressKind(address)
  return kind === 'public' || (kind === 'loopback' && allowLoopback)
}

/** A name with one refused address is refused entirely: the resolver decides which address would be used. */
function guardedLookup(allowLoopback: boolean, resolve: typeof lookup) {
  return (
    hostname: string,
    options: LookupOptions,
    callback: (error: Error | null, address: string | LookupAddress[], family?: number) => void,
  ): void => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const first = addresses?.[0]
      if (error || !first) return callback(error ?? new AddressRefused(), [])
      if (!addresses.every(({ address }) => mayConnect(address, allowLoopback)))
        return callback(new AddressRefused(), [])
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family)
    })
  }
}

function isLiteral(hostname: string): boolean {
  return /^[\d.]+$/.test(hostname) || hostname.includes(':')
}
