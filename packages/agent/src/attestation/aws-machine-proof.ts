/** A signature of this machine's role over one `sts:GetCallerIdentity` request that holds J. It works once, and for nothing else. */
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import { AwsJoinProof, stsHost, stsJoinRequest } from '@fairlead/contract/wire'
import { SignatureV4 } from '@smithy/signature-v4'
import { awsCredentialChain, type RoleCredentials } from '@fairlead/credential-path/secret/aws/credential-chain'
import { identityMissing } from '@fairlead/credential-path/secret/aws/problem'
import { ownAwsRegion } from '@fairlead/credential-path/secret/aws/region'
import type { SecretManagerConnection } from '@fairlead/credential-path/secret/secret-manager-connection'
import type { MachineProof } from './machine-proof.ts'

/** Throws NODE_IDENTITY_MISSING, and any failure of the request when STS has to be asked for the role. */
export async function awsMachineProof(
  binding: string,
  connection: SecretManagerConnection,
  signal: AbortSignal,
): Promise<Extract<MachineProof, { provider: 'aws' }>> {
  const region = await ownAwsRegion(signal)
  using chain = awsCredentialChain(connection, region)
  return { provider: 'aws', proof: await signJoin(binding, region, await chain.credentials(signal), new Date()) }
}

/** Throws NODE_IDENTITY_MISSING if the credentials are not a role's temporary credentials. */
export async function signJoin(
  binding: string,
  region: string,
  credentials: RoleCredentials,
  at: Date,
): Promise<AwsJoinProof> {
  const signer = new SignatureV4({ credentials, region, service: 'sts', sha256: Sha256, applyChecksum: false })
  const host = stsHost(region)
  if (host === null) throw identityMissing()
  const headers = { host, 'content-type': stsJoinRequest.contentType, [stsJoinRequest.bindingHeader]: binding }
  const { body } = stsJoinRequest
  const signed = await signer.sign(
    { method: 'POST', protocol: 'https:', hostname: host, path: '/', query: {}, headers, body },
    { signingDate: at, signableHeaders: new Set(stsJoinRequest.signedHeaders) },
  )
  const proof = AwsJoinProof.safeParse({
    region,
    access_key_id: credentials.accessKeyId,
    date: signed.headers['x-amz-date'],
    security_token: credentials.sessionToken,
    signature: /Signature=([0-9a-f]{64})$/.exec(signed.headers['authorization'] ?? '')?.[1],
  })
  if (!proof.success) throw identityMissing()
  return proof.data
}

/** Node's own hashes in the form the signer expects. */
class Sha256 {
  #hash: Hash | Hmac
  readonly #secret: string | Uint8Array | undefined

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#secret = secret === undefined || typeof secret === 'string' ? secret : bytesOf(secret)
    this.#hash = this.#begin()
  }

  update(data: Uint8Array): void {
    this.#hash.update(data)
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest())
  }

  reset(): void {
    this.#hash = this.#begin()
  }

  #begin(): Hash | Hmac {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret)
  }
}

const bytesOf = (data: ArrayBuffer | ArrayBufferView): Uint8Array =>
  ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)
