/**
 * The nonce of a join: made without a trace, since anybody may ask for one, and written down only when it is answered. It carries its end
 * and the cloud that was asked for, or an id of no cloud, under a key of this control plane's own. Whether there is one nobody else can
 * read, nor measure: an unknown gets the same for any name, made with the same work.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { CloudId, newId } from '@fairlead/contract/names'
import { iso } from '../../clock.ts'
import type { CloudRecord } from '../../store/records.ts'
import type { Transaction } from '../../store/store.ts'

export const challengeMs = 5 * 60 * 1000
const clockSlackMs = 5 * 60 * 1000
const keyName = 'join-challenge'
const prefix = 'cld_'
const randomLength = 18
const endLength = 6
const cloudLength = 26
const macLength = 24
const headLength = randomLength + endLength + cloudLength

export interface Challenge {
  readonly nonce: string
  /** What the machine calls the cloud in this join alone: an id like any other, of no cloud. */
  readonly standIn: CloudId
  readonly expiresAt: number
}

/** The id that a challenge carries: that of the cloud of this name, or one of no cloud. Looks at every cloud, whichever it is. */
export function idForName(clouds: readonly Pick<CloudRecord, 'id' | 'name'>[], name: string, now: number): CloudId {
  return clouds.reduce((found, cloud) => (cloud.name === name ? cloud.id : found), newId('cld', now))
}

export function makeChallenge(key: Uint8Array, cloudId: CloudId, now: number): Challenge {
  const expiresAt = now + challengeMs
  const end = Buffer.alloc(endLength)
  end.writeUIntBE(expiresAt, 0, endLength)
  const random = randomBytes(randomLength)
  const cloud = Buffer.alloc(cloudLength)
  cloud.write(cloudId.slice(prefix.length), 'latin1')
  const head = Buffer.concat([random, end, sealed(key, random, cloud)])
  const standIn = newId('cld', now)
  return { nonce: Buffer.concat([head, macOf(key, head, standIn)]).toString('base64url'), standIn, expiresAt }
}

export interface OpenedChallenge {
  readonly end: number
  readonly cloudId: CloudId
}

/** Null where this control plane did not make it, with that stand-in, or it has ended. */
export function openChallenge(
  key: Uint8Array,
  { nonce, standIn }: Pick<Challenge, 'nonce' | 'standIn'>,
  now: number,
): OpenedChallenge | null {
  const bytes = Buffer.from(nonce, 'base64url')
  // A text has one spelling, so that no second one of it counts as another nonce.
  if (bytes.length !== headLength + macLength || bytes.toString('base64url') !== nonce) return null
  const head = bytes.subarray(0, headLength)
  if (!timingSafeEqual(bytes.subarray(headLength), macOf(key, head, standIn))) return null
  const end = head.readUIntBE(randomLength, endLength)
  if (end <= now) return null
  const cloud = sealed(key, head.subarray(0, randomLength), head.subarray(randomLength + endLength))
  const cloudId = CloudId.safeParse(prefix + cloud.toString('latin1'))
  return cloudId.success ? { end, cloudId: cloudId.data } : null
}

/** False where it was answered before. That is remembered past its end: the clock of another replica may be behind. */
export async function burnChallenge(transaction: Transaction, nonce: string, end: number): Promise<boolean> {
  return transaction.challenges.burn(nonce, iso(end + clockSlackMs))
}

/** The same for all control planes on one database, asked for at their start; who steals it can make nonces, and an end of theirs is all that they prove. */
export async function challengeKey(transaction: Transaction): Promise<Uint8Array> {
  return Buffer.from(await transaction.challenges.key(keyName, randomBytes(32).toString('base64url')), 'base64url')
}

function macOf(key: Uint8Array, head: Uint8Array, standIn: CloudId): Buffer {
  return createHmac('sha256', key).update(head).update(standIn).digest().subarray(0, macLength)
}

/** Each nonce has random bytes of its own, and so a pad of its own; the same again opens it. */
function sealed(key: Uint8Array, random: Uint8Array, cloud: Uint8Array): Buffer {
  const pad = createHmac('sha256', key).update('the cloud of a nonce').update(random).digest()
  return Buffer.from(cloud.map((byte, at) => byte ^ (pad[at] ?? 0)))
}
