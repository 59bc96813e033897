/**
 * The keys of the mirror: its own CA, whose key is never written, a certificate for the mirror on 127.0.0.1, and one for each engine. So the
 * engine can tell the mirror from an impostor, and the mirror can tell which engine asks. All of them are for root alone.
 */
import 'reflect-metadata'
import { webcrypto, X509Certificate } from 'node:crypto'
import { chmod, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as x509 from '@peculiar/x509'
import { DoorEngine } from '@fairlead/contract/wire'
import { writeFileAtomically } from '@fairlead/credential-path/process/atomic-file'
import { keyFolder, keysOf } from '../engines/mirror-place.ts'

export interface MirrorIdentity {
  readonly ca: string
  readonly certificate: string
  readonly key: string
  /** In milliseconds since 1970, as is the next. A clock that was ahead may have made them. */
  readonly validFrom: number
  /** When they should be replaced. */
  readonly renewAt: number
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const dayMs = 24 * 3600 * 1000
const lifeMs = 90 * dayMs
const clockSkewMs = 3600 * 1000

/** Reads the keys, and makes new ones if they are missing, belong to different sets, are not valid yet, or have used up two thirds of their life. */
export async function openMirrorKeys(stateDir: string, now: number): Promise<MirrorIdentity> {
  const found = await readIdentity(stateDir)
  if (found !== null && found.validFrom <= now && now < found.renewAt) return found
  await makeKeys(stateDir, now)
  const made = await readIdentity(stateDir)
  if (made === null) throw new Error('the keys of the mirror cannot be read back')
  return made
}

async function readIdentity(stateDir: string): Promise<MirrorIdentity | null> {
  const paths = pathsIn(stateDir)
  try {
    const engines = DoorEngine.options.map((engine) => keysOf(engine, stateDir))
    const [ca = '', certificate = '', key = ''] = await Promise.all(
      [paths.ca, paths.certificate, paths.key].map((path) => readFile(path, 'utf8')),
    )
    const authority = new X509Certificate(ca)
    const issued = await Promise.all(
      [certificate, ...engines.map((keys) => readFile(keys.certificate, 'utf8'))].map(
        async (pem) => new X509Certificate(await pem),
      ),
    )
    await Promise.all(engines.map((keys) => readFile(keys.key)))
    if (!issued.every((cert) => cert.verify(authority.publicKey))) return null
    const [validFrom, validTo] = [Date.parse(authority.validFrom), Date.parse(authority.validTo)]
    return { ca, certificate, key, validFrom, renewAt: validTo - lifeMs / 3 }
  } catch {
    return null
  }
}

async function makeKeys(stateDir: string, now: number): Promise<void> {
  const folder = keyFolder(stateDir)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  const authority = await makeAuthority(now)
  const paths = pathsIn(stateDir)
  const mirror = await authority.issue('fairlead mirror', x509.ExtendedKeyUsage.serverAuth)
  const engines = await Promise.all(
    DoorEngine.options.map(async (engine) => ({
      ...keysOf(engine, stateDir),
      ...(await authority.issue(engine, x509.ExtendedKeyUsage.clientAuth)),
    })),
  )
  for (const { key, certificate, keyPem, certificatePem } of engines) {
    await writeFileAtomically(key, keyPem)
    await writeFileAtomically(certificate, certificatePem)
  }
  await writeFileAtomically(paths.key, mirror.keyPem)
  await writeFileAtomically(paths.certificate, mirror.certificatePem)
  // Last: a set that is not whole does not verify, and is made again.
  await writeFileAtomically(paths.ca, authority.pem)
}

function pathsIn(stateDir: string): { ca: string; certificate: string; key: string } {
  const at = (name: string): string => join(keyFolder(stateDir), name)
  return { ca: at('ca.crt'), certificate: at('server.crt'), key: at('server.key') }
}

interface Issued {
  readonly certificatePem: string
  readonly keyPem: string
}

async function makeAuthority(now: number) {
  const keys = await newKeys()
  const validity = { notBefore: new Date(now - clockSkewMs), notAfter: new Date(now + lifeMs) }
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: 'CN=Fairlead door',
    ...validity,
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return {
    pem: `${certificate.toString('pem')}\n`,
    async issue(commonName: string, usage: x509.ExtendedKeyUsage): Promise<Issued> {
      const own = await newKeys()
      const issued = await x509.X509CertificateGenerator.create({
        serialNumber: serialNumber(),
        subject: `CN=${commonName}`,
        issuer: certificate.subject,
        ...validity,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([usage]),
          ...(usage === x509.ExtendedKeyUsage.serverAuth
            ? [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }])]
            : []),
          await x509.AuthorityKeyIdentifierExtension.create(certificate),
        ],
      })
      return { certificatePem: `${issued.toString('pem')}\n`, keyPem: await exportKey(own.privateKey) }
    },
  }
}

const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])

/** 16 random bytes, positive as DER requires. */
function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16))
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return Buffer.from(bytes).toString('hex')
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${der.replaceAll(/.{1,64}/g, '$&\n')}-----END PRIVATE KEY-----\n`
}
