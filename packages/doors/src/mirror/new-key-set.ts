/** A new CA, whose key is never written, with a certificate for the mirror on 127.0.0.1 and one for each engine. */
import 'reflect-metadata'
import { KeyObject, webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import { DoorEngine } from '@fairlead/contract/wire'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

interface Validity {
  readonly notBefore: Date
  readonly notAfter: Date
}

export type KeyFile = readonly [name: string, text: string]

export interface KeySet {
  readonly authority: string
  readonly files: readonly KeyFile[]
}

export async function newKeySet(validity: Validity): Promise<KeySet> {
  const authority = await makeAuthority(validity)
  const issued = [
    ['server', await authority.issue('fairlead mirror', x509.ExtendedKeyUsage.serverAuth)] as const,
    ...(await Promise.all(
      DoorEngine.options.map(
        async (engine) => [engine, await authority.issue(engine, x509.ExtendedKeyUsage.clientAuth)] as const,
      ),
    )),
  ]
  const files = issued.flatMap(([holder, { keyPem, certificatePem }]): readonly KeyFile[] => [
    [`${holder}.key`, keyPem],
    [`${holder}.crt`, certificatePem],
  ])
  return { authority: authority.pem, files }
}

interface Issued {
  readonly certificatePem: string
  readonly keyPem: string
}

async function makeAuthority(validity: Validity) {
  const keys = await newKeys()
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
      return { certificatePem: `${issued.toString('pem')}\n`, keyPem: exportKey(own.privateKey) }
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

const exportKey = (key: webcrypto.CryptoKey): string => KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' })
