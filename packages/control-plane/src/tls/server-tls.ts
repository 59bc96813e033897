/** How the server proves its identity: given files, its own CA, or nothing on loopback. Each defines how it is renewed. */
import { isLoopback, type HttpOrigin } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { ownName, type ListenAddress } from '../listen-address.ts'
import { chainOf, readCertificate, type Certificate, type CertificateFiles } from './certificate.ts'

export interface ServerTls {
  /** The one used at startup. */
  readonly certificate: Certificate
  /** The file for an operator to check if something is wrong with it. */
  readonly path: string
  /** The next one; null if there is none yet. Throws what `readCertificate` throws. */
  readonly renewed: (now: number) => Promise<Certificate | null>
  /** The CA that clients need; null if the files were given. */
  readonly caFile: string | null
  readonly caFingerprint: string | null
}

export interface TlsRequest {
  readonly dataDir: string
  readonly address: ListenAddress
  readonly asked: HttpOrigin | null
  readonly tlsCert?: string | undefined
  readonly tlsKey?: string | undefined
  readonly now: number
}

/** For certificates from its own CA. */
const renewBeforeMs = 90 * 24 * 3600 * 1000

export async function prepareTls(request: TlsRequest): Promise<ServerTls | null> {
  const { tlsCert: certFile, tlsKey: keyFile, address, asked } = request
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw problem('USAGE', { reason: '--tls-cert and --tls-key come together' })
  }
  if (certFile !== undefined && keyFile !== undefined) return tlsOfFiles({ certFile, keyFile })
  if (asked !== null && asked.scheme === 'http' && !(address.loopback && isLoopback(asked.host))) {
    throw problem('PLAIN_HTTP_REFUSED', { host: asked.authority })
  }
  // With an https origin it runs behind a proxy on this machine, which terminates TLS.
  if (address.loopback) return null
  const origin = asked === null ? [] : [asked.host]
  return tlsOfOwnCa(request, ['localhost', '127.0.0.1', '::1', ownName(address), ...origin])
}

/** Renewal replaces the files; a changed certificate counts as renewed. */
function tlsOfFiles(files: CertificateFiles): ServerTls {
  const certificate = readCertificate(files)
  let last = certificate
  return {
    certificate,
    path: files.certFile,
    async renewed() {
      const found = readCertificate(files)
      if (found.cert === last.cert && found.key === last.key) return null
      last = found
      return found
    },
    caFile: null,
    caFingerprint: null,
  }
}

async function tlsOfOwnCa({ dataDir, now }: TlsRequest, hosts: readonly string[]): Promise<ServerTls> {
  // The library is large, and most starts on loopback do not need it.
  const { openOwnCa } = await import('./own-ca.ts')
  const ca = await openOwnCa(dataDir, now)
  const certificate = await ca.issue(hosts, now)
  let last = certificate
  return {
    certificate,
    path: ca.certFile,
    async renewed(at) {
      const ends = Date.parse(chainOf(last.cert)?.[0]?.validTo ?? '')
      if (ends - at > renewBeforeMs || ends >= ca.endsAt) return null
      last = await ca.issue(hosts, at)
      return last
    },
    caFile: ca.certFile,
    caFingerprint: ca.fingerprint,
  }
}
