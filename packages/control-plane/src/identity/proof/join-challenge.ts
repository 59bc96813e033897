/**
 * The nonce of a join: made without a trace, since anybody may ask for one, and written down only when it is answered. It carries its end
 * and the cloud that it is for, under a MAC of this control plane's own key.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { CloudId } from '@fairlead/contract'
import { iso } from '../../clock.ts'
import type { Transaction } from '../../store/store.ts'

export const challengeMs = 5 * 60 * 1000
const keyName = 'join-challenge'
const randomLength = 18
const endLength = 6
const macLength = 24

export interface Challenge {
  readonly nonce: string
  readonly expiresAt: number
}

export function makeChallenge(key: Uint8Array, cloudId: CloudId, now: number): Challenge {
  const expiresAt = now + challengeMs
  const end = Buffer.alloc(endLength)
  end.writeUIntBE(expiresAt, 0, endLength)
  const head = Buffer.concat([randomBytes(randomLength), end])
  return { nonce: Buffer.concat([head, macOf(key, head, cloudId)]).toString('base64url'), expiresAt }
}

/** When it ends; null where this control plane did not make it for this cloud, or it has ended. */
export function challengeEnd(key: Uint8Array, nonce: string, cloudId: CloudId, now: number): number | null {
  const bytes = Buffer.from(nonce, 'base64url')
  // A text has one spelling, so that no second one of it counts as another nonce.
  if (bytes.length !== randomLength + endLength + macLength || bytes.toString('base64url') !== nonce) return null
  const head = bytes.subarray(0, randomLength + endLength)
  if (!timingSafeEqual(bytes.subarray(head.length), macOf(key, head, cloudId))) return null
  const end = head.readUIntBE(randomLength, endLength)
  return end > now ? end : null
}

/** False where it was answered before. */
export async function burnChallenge(transaction: Transaction, nonce: string, end: number): Promise<boolean> {
  return transaction.challenges.burn(nonce, iso(end))
}

/** The same for all control planes on one database, asked for at their start; who steals it can make nonces, and an end of theirs is all that they prove. */
export async function challengeKey(transaction: Transaction): Promise<Uint8Array> {
  return Buffer.from(await transaction.challenges.key(keyName, randomBytes(32).toString('base64url')), 'base64url')
}

function macOf(key: Uint8Array, head: Uint8Array, cloudId: CloudId): Buffer {
  return createHmac('sha256', key).update(head).update(cloudId).digest().subarray(0, macLength)
}
