/** Ed25519 signatures of node requests: every request proves possession of the node's key. */
import { createPublicKey, hash, verify, type KeyObject } from 'node:crypto'
import { problem } from '@fairlead/contract/problems'
import { nodeHeaders, nodeRequestText } from '@fairlead/contract/wire'

/** The part of a request available before its body. */
export interface RequestHead {
  readonly method: string
  /** Path with query, as sent. */
  readonly path: string
  readonly header: (name: string) => string | undefined
}

export interface SignedRequest extends RequestHead {
  readonly body: Uint8Array
}

/** How far off a node's clock may be. */
export const clockSkewMs = 5 * 60 * 1000

/** A raw 32-byte public key, base64url, in the form that Node's crypto accepts (RFC 8037). */
export function nodePublicKey(text: string): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: text }, format: 'jwk' })
}

export interface Signature {
  readonly session: string
  readonly timestamp: number
  readonly bytes: Uint8Array
}

/** The three headers, strictly parsed. */
export function readSignature(header: RequestHead['header']): Signature {
  const session = header(nodeHeaders.session) ?? ''
  const timestamp = header(nodeHeaders.timestamp) ?? ''
  const signature = header(nodeHeaders.signature) ?? ''
  if (!/^(?:-|nse_[0-9a-z]{26})$/.test(session) || !/^\d{13}$/.test(timestamp) || !/^[\w-]{86}$/.test(signature)) {
    throw problem('NODE_SIGNATURE_INVALID')
  }
  return { session, timestamp: Number(timestamp), bytes: Buffer.from(signature, 'base64url') }
}

export function requireFresh({ timestamp }: Signature, now: number): void {
  if (Math.abs(now - timestamp) > clockSkewMs) throw problem('NODE_SIGNATURE_INVALID')
}

export function requireSignature(
  request: SignedRequest,
  signature: Signature,
  key: KeyObject,
  origin: string,
  now: number,
): void {
  requireFresh(signature, now)
  const text = nodeRequestText({
    method: request.method,
    origin,
    path: request.path,
    bodySha256: hash('sha256', request.body, 'hex'),
    session: signature.session,
    timestamp: signature.timestamp,
  })
  if (!verify(null, Buffer.from(text), key, signature.bytes)) throw problem('NODE_SIGNATURE_INVALID')
}
