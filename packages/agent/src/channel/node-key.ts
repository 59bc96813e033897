/** The node's own Ed25519 key, made on the node and never leaving it: what proves that a request is this node's. */
import { createPrivateKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'

/** 32 bytes, base64url without padding. */
const rawKey = /^[A-Za-z0-9_-]{43}$/

export interface NodeKey {
  /** Raw public key, 32 bytes, base64url without padding: the form of the contract. */
  readonly publicKey: string
  /** base64url without padding. */
  sign(text: string): string
  /** The secret part, for the identity file alone. */
  exportPrivate(): string
}

export function makeNodeKey(): NodeKey {
  return wrap(generateKeyPairSync('ed25519').privateKey)
}

/** Null where the parts are not those of one key pair. */
export function importNodeKey(privateKey: string, publicKey: string): NodeKey | null {
  if (!rawKey.test(privateKey) || !rawKey.test(publicKey)) return null
  try {
    const key = createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', d: privateKey, x: publicKey }, format: 'jwk' })
    const imported = wrap(key)
    return imported.publicKey === publicKey ? imported : null
  } catch {
    // The library's message is not passed on: it can quote its input, which is the key.
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
