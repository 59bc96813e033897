/** The node's own Ed25519 key, created on the node and never leaving it: it proves that a request comes from this node. */
import { createPrivateKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'

/** 32 bytes, base64url without padding. */
const rawKey = /^[A-Za-z0-9_-]{43}$/

export interface NodeKey {
  /** Raw public key, 32 bytes, base64url without padding, as in the contract. */
  readonly publicKey: string
  /** base64url without padding. */
  sign(text: string): string
  /** The secret part, for the identity file only. */
  exportPrivate(): string
}

export function makeNodeKey(): NodeKey {
  return wrap(generateKeyPairSync('ed25519').privateKey)
}

/** Null if the parts do not belong to one key pair. */
export function importNodeKey(privateKey: string, publicKey: string): NodeKey | null {
  if (!rawKey.test(privateKey) || !rawKey.test(publicKey)) return null
  try {
    const key = createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', d: privateKey, x: publicKey }, format: 'jwk' })
    const imported = wrap(key)
    return imported.publicKey === publicKey ? imported : null
  } catch {
    // The library's message is dropped: it can quote its input, which is the key.
    return null
  }
}

function wrap(key: KeyObject): NodeKey {
  const { x, d } = key.export({ format: 'jwk' })
  if (x === undefined || d === undefined) throw new TypeError('not an Ed25519 private key')
  return {
    publicKey: x,
    sign: (text) => sign(null, Buffer.from(text), key).toString('base64url'),
    exportPrivate: () => d,
  }
}
