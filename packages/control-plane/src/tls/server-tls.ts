/** With what the server proves who it is: given files, its own CA, or nothing on loopback. */
import { readFileSync } from 'node:fs'
import { isLoopback, problem, readFault } from '@fairlead/contract'
import type { Certificate } from './certificate.ts'
import { ownName, type ListenAddress } from '../listen-address.ts'

export interface ServerTls extends Certificate {
  /** The CA that clients must be told of; null where the files were given. */
  readonly caFile: string | null
  readonly caFingerprint: string | null
}

export interface TlsRequest {
  readonly dataDir: string
  readonly address: ListenAddress
  readonly asked: { readonly host: string; readonly tls: boolean } | null
  readonly tlsCert?: string | undefined
  readonly tlsKey?: string | undefined
  readonly now: number
}

export async function prepareTls(request: TlsRequest): Promise<ServerTls | null> {
  const { tlsCert: certFile, tlsKey: keyFile, address, asked } = request
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw problem('USAGE', { reason: '--tls-cert and --tls-key come together' })
  }
  if (certFile !== undefined && keyFile !== undefined) {
    return { cert: readPem(certFile), key: readPem(keyFile), caFile: null, caFingerprint: null }
  }
  if (asked !== null && !asked.tls && !(address.loopback && isLoopback(hostOf(asked)))) {
    throw problem('PLAIN_HTTP_REFUSED', { host: asked.host })
  }
  // With an https origin it stands behind a proxy on this machine, which speaks TLS for it.
  if (address.loopback) return null
  // The library is large, and most starts on loopback have no use for it.
  const { openOwnCa } = await import('./own-ca.ts')
  const ca = await openOwnCa(request.dataDir, request.now)
  const origin = asked === null ? [] : [hostOf(asked)]
  const leaf = await ca.issue(['localhost', '127.0.0.1', '::1', ownName(address), ...origin])
  return { ...leaf, caFile: ca.certFile, caFingerprint: ca.fingerprint }
}

function hostOf({ host }: { host: string }): string {
  return host.replace(/:\d+$/, '')
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw problem('CONFIG_FILE_UNREADABLE', { path, reason: readFault(error) })
  }
}
