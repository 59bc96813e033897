/** A certificate authority that lives as long as a test. */
import 'reflect-metadata'
import { mkdir, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import * as x509 from '@peculiar/x509'
import { newFolder } from '../run-folder.ts'

export interface Certificate {
  /** The certificate, then its authority's. */
  certFile: string
  keyFile: string
  certPem: string
  keyPem: string
}

export interface TestCa {
  readonly caFile: string
  readonly caPem: string
  /** A certificate for these names and addresses. */
  issue(hosts: readonly string[], options?: { validFrom?: Date; validTo?: Date }): Promise<Certificate>
  /** With which a client is this user, a member of these groups. */
  issueClient(user: string, groups?: readonly string[]): Promise<Certificate>
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const day = 86_400_000

export async function createCa(dir: string = newFolder('ca'), name = 'Fairlead test CA'): Promise<TestCa> {
  await mkdir(dir, { recursive: true })
  const keys = await newKeys()
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + 30 * day),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  const caPem = `${ca.toString('pem')}\n`
  const caFile = join(dir, 'ca.pem')
  // As private as a node's owner must keep it, whatever the umask here.
  await writeFile(caFile, caPem, { mode: 0o644 })

  let issued = 0
  const certify = async (leaf: {
    subject: x509.JsonName
    usage: x509.ExtendedKeyUsage
    names: x509.JsonGeneralNames
    validFrom?: Date
    validTo?: Date
  }): Promise<Certificate> => {
    const {
      subject,
      usage,
      names,
      validFrom = new Date(Date.now() - day),
      validTo = new Date(Date.now() + 7 * day),
    } = leaf
    const leafKeys = await newKeys()
    const made = await x509.X509CertificateGenerator.create({
      subject,
      issuer: ca.subject,
      publicKey: leafKeys.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: algorithm,
      notBefore: validFrom,
      notAfter: validTo,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([usage]),
        ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
        await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey),
      ],
    })
    const number = ++issued
    const certPem = `${made.toString('pem')}\n${caPem}`
    const keyPem = await privateKeyPem(leafKeys.privateKey)
    const certFile = join(dir, `leaf-${number}.pem`)
    const keyFile = join(dir, `leaf-${number}.key`)
    await writeFile(certFile, certPem)
    await writeFile(keyFile, keyPem, { mode: 0o600 })
    return { certFile, keyFile, certPem, keyPem }
  }
  return {
    caFile,
    caPem,
    issue: (hosts, validity = {}) =>
      certify({
        subject: [{ CN: [hosts[0] ?? 'nobody'] }],
        usage: x509.ExtendedKeyUsage.serverAuth,
        names: hosts.map((host) => ({ type: isIP(host) === 0 ? 'dns' : 'ip', value: host })),
        ...validity,
      }),
    issueClient: (user, groups = []) =>
      certify({
        subject: [{ CN: [user] }, ...groups.map((group) => ({ O: [group] }))],
        usage: x509.ExtendedKeyUsage.clientAuth,
        names: [],
      }),
  }
}

function newKeys(): Promise<{ publicKey: CryptoKey; privateKey: CryptoKey }> {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
}

async function privateKeyPem(key: CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`
}
