/**
 * The control plane's own CA, created at its first start that is not on loopback, and a certificate for this start. The join token contains the CA's
 * SHA-256, so that one paste is enough for a node to know whom it talks to.
 */
import 'reflect-metadata'
import { createHash, createPrivateKey, createPublicKey, KeyObject, webcrypto } from 'node:crypto'
import { existsSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  AuthorityKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { bareHost } from '@fairlead/contract/names'
import { readCertificate, readPrivateKey, type Certificate } from './certificate.ts'
import { writeFileDurably } from '../durable-files.ts'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const dayMs = 24 * 3600 * 1000
/** A node may be an hour behind, and this clock an hour ahead (R7). */
const clockSkewMs = dayMs
const caDays = 3650
/** Renewed at every start, and before it expires. */
const leafDays = 825

export interface OwnCa {
  readonly certFile: string
  /** SHA-256 of the certificate's DER, in hex. */
  readonly fingerprint: string
  /** No certificate that it issues ends later. */
  readonly endsAt: number
  /** The leaf, then the CA. */
  issue(hosts: readonly string[], now: number): Promise<Certificate>
}

/** Throws CONFIG_FILE_UNREADABLE, TLS_FILE_INVALID or TLS_KEY_MISMATCH. */
export async function openOwnCa(dataDir: string, now: number): Promise<OwnCa> {
  const certFile = join(dataDir, 'ca.pem')
  const keyFile = join(dataDir, 'ca-key.pem')
  if (!existsSync(certFile)) await makeCa(certFile, keyFile, now)
  const { cert, key } = readCertificate({ certFile, keyFile })
  const ca = new X509Certificate(cert)
  const signingKey = signingKeyOf(createPrivateKey(key))
  return {
    certFile,
    fingerprint: createHash('sha256').update(Buffer.from(ca.rawData)).digest('hex'),
    endsAt: ca.notAfter.getTime(),
    issue: (hosts, at) => issueLeaf(ca, signingKey, hosts, at),
  }
}

/** Keeps an existing key: nodes that trust an earlier certificate of it then trust the new one, too. */
async function makeCa(certFile: string, keyFile: string, now: number): Promise<void> {
  const isThere = existsSync(keyFile)
  const keys = isThere ? keysOf(readPrivateKey(keyFile)) : await makeKeys()
  const cert = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: 'CN=Fairlead control plane',
    notBefore: new Date(now - clockSkewMs),
    notAfter: new Date(now + caDays * dayMs),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  if (!isThere) writeFileDurably(keyFile, exportKey(keys.privateKey), 0o600)
  writeFileDurably(certFile, `${cert.toString('pem')}\n`, 0o644)
}

async function issueLeaf(
  ca: X509Certificate,
  signingKey: webcrypto.CryptoKey,
  hosts: readonly string[],
  now: number,
): Promise<Certificate> {
  const keys = await makeKeys()
  const names = [...new Set(hosts.map(bareHost))]
  const cert = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: 'CN=Fairlead',
    issuer: ca.subject,
    notBefore: new Date(now - clockSkewMs),
    notAfter: new Date(Math.min(now + leafDays * dayMs, ca.notAfter.getTime())),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        names.map((name) => ({ type: isIP(name) === 0 ? ('dns' as const) : ('ip' as const), value: name })),
      ),
      await AuthorityKeyIdentifierExtension.create(ca),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { cert: `${cert.toString('pem')}\n${ca.toString('pem')}\n`, key: exportKey(keys.privateKey) }
}

const makeKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])

/** 16 random bytes, positive as DER requires. */
function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16))
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return Buffer.from(bytes).toString('hex')
}

const exportKey = (key: webcrypto.CryptoKey): string => KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' })

const signingKeyOf = (key: KeyObject): webcrypto.CryptoKey => key.toCryptoKey(algorithm, false, ['sign'])

const keysOf = (key: KeyObject) => ({
  privateKey: signingKeyOf(key),
  publicKey: createPublicKey(key).toCryptoKey(algorithm, true, ['verify']),
})
