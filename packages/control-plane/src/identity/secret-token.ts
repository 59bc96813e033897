/** Bearer secrets of 256 random bits: minted once, shown once, stored and compared as SHA-256 (S10). */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto'

export interface MintedToken {
  /** Given to its holder; never stored. */
  text: string
  hash: string
}

export function mintToken(prefix: 'flt' | 'fjt'): MintedToken {
  const text = `${prefix}_${randomBytes(32).toString('base64url')}`
  return { text, hash: hashToken(text) }
}

export function hashToken(text: string): string {
  return hash('sha256', text, 'hex')
}

export function sameHash(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
