/** A certificate with its chain and key, read from files: any other content is a specific problem that quotes none of it. */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { problem } from '@fairlead/contract/problems'
import { readRegularFile } from '../regular-file.ts'

/** Both in PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

export interface CertificateFiles {
  readonly certFile: string
  readonly keyFile: string
}

/** Throws CONFIG_FILE_UNREADABLE, TLS_FILE_INVALID or TLS_KEY_MISMATCH. */
export function readCertificate({ certFile, keyFile }: CertificateFiles): Certificate {
  const certificate = { cert: readRegularFile(certFile), key: readRegularFile(keyFile) }
  const [leaf] = chainOf(certificate.cert) ?? []
  if (leaf === undefined)
    throw problem('TLS_FILE_INVALID', { path: certFile, reason: 'it holds no certificate in PEM' })
  if (!leaf.checkPrivateKey(parseKey(certificate.key, keyFile))) {
    throw problem('TLS_KEY_MISMATCH', { name: keyFile, path: certFile })
  }
  try {
    createSecureContext({ ...certificate, minVersion: 'TLSv1.2' })
  } catch {
    throw problem('TLS_FILE_INVALID', {
      path: certFile,
      reason: 'OpenSSL does not serve it, such as a key that is too small',
    })
  }
  return certificate
}

/** The certificates in a PEM file, the server's own first; null if any of them cannot be read, or there are none. */
export function chainOf(pem: string): readonly X509Certificate[] | null {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []
  try {
    return blocks.map((block) => new X509Certificate(block))
  } catch {
    return null
  }
}

/** Throws CONFIG_FILE_UNREADABLE or TLS_FILE_INVALID. */
export const readPrivateKey = (path: string): KeyObject => parseKey(readRegularFile(path), path)

function parseKey(pem: string, path: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch {
    const reason = /^(?:-----BEGIN |Proc-Type: 4,)ENCRYPTED/m.test(pem)
      ? 'its key has a passphrase'
      : 'it holds no private key in PEM'
    throw problem('TLS_FILE_INVALID', { path, reason })
  }
}
