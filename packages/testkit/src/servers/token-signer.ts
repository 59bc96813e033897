/** Signs registry tokens as the distribution project's token specification says: RS256, with the certificate in `x5c`. */
import 'reflect-metadata'
import { randomUUID } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import { SignJWT } from 'jose'

export interface Access {
  type: 'repository'
  name: string
  actions: string[]
}

export interface TokenSigner {
  readonly issuer: string
  /** The registry's `rootcertbundle`. */
  readonly certPem: string
  sign(token: { subject: string; access: Access[]; seconds: number }): Promise<string>
}

const algorithm = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
}
const day = 86_400_000
// Registries accept a token for this long after its `exp`.
const leewaySeconds = 60

export async function createTokenSigner({
  issuer,
  service,
}: {
  issuer: string
  service: string
}): Promise<TokenSigner> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${issuer}`,
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + 30 * day),
    extensions: [new x509.BasicConstraintsExtension(true)],
  })
  const x5c = [Buffer.from(certificate.rawData).toString('base64')]
  return {
    issuer,
    certPem: `${certificate.toString('pem')}\n`,
    sign({ subject, access, seconds }) {
      const now = Math.floor(Date.now() / 1000)
      return new SignJWT({ access })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', x5c })
        .setIssuer(issuer)
        .setSubject(subject)
        .setAudience(service)
        .setIssuedAt(now)
        .setNotBefore(now - leewaySeconds)
        .setExpirationTime(now + seconds - leewaySeconds)
        .setJti(randomUUID())
        .sign(keys.privateKey)
    },
  }
}
