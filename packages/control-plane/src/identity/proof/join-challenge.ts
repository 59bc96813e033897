/**
 * The nonce of a join: created without a trace, since anyone may request one, and stored only when it is answered. It carries its end and the
 * requested cloud, or an id of no cloud, under this control plane's own key. Outsiders cannot read whether the cloud exists, nor measure it: an
 * unknown client gets the same for any name, made with the same work.
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
  /** The machine's name for the cloud in this join only: an id like any other, of no cloud. */
  readonly standIn: CloudId
  readonly expiresAt: number
}

/** The id that a challenge carries: that of the cloud with this name, or one of no cloud. Always compares every cloud. */
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

/** Null if this control plane did not make it with that stand-in, or if it has ended. */
export function openChallenge(
  key: Uint8Array,
  { nonce, standIn }: Pick<Challenge, 'nonce' | 'standIn'>,
  now: number,
): OpenedChallenge | null {
  const bytes = Buffer.from(nonce, 'base64url')
  // Each value has one spelling, so that no variant of it counts as another nonce.
  if (bytes.length !== headLength + macLength || bytes.toString('base64url') !== nonce) return null
  const head = bytes.subarray(0, headLength)
  if (!timingSafeEqual(bytes.subarray(headLength), macOf(key, head, standIn))) return null
  const end = head.readUIntBE(randomLength, endLength)
  if (end <= now) return null
  const cloud = sealed(key, head.subarray(0, randomLength), head.subarray(randomLength + endLength))
  const cloudId = CloudId.safeParse(prefix + cloud.toString('latin1'))
  return cloudId.success ? { end, cloudId: cloudId.data } : null
}

/** False if it was answered before. This is remembered past its end, since the clock of another replica may be behind. */
export async function burnChallenge(transaction: Transaction, nonce: string, end: number): Promise<boolean> {
  return transaction.challenges.burn(nonce, iso(end + clockSlackMs))
}

/** Shared by all control planes on one database, and loaded at startup; with a stolen key one can make nonces, which prove only their own end. */
export async function challengeKey(transaction: Transaction): Promise<Uint8Array> {
  return Buffer.from(await transaction.challenges.key(keyName, randomBytes(32).toString('base64url')), 'base64url')
}

function macOf(key: Uint8Array, head: Uint8Array, standIn: CloudId): Buffer {
  return createHmac('sha256', key).update(head).update(standIn).digest().subarray(0, macLength)
}

/** Each nonce has its own random bytes, and so its own pad; applying it again opens the nonce. */
function sealed(key: Uint8Array, random: Uint8Array, cloud: Uint8Array): Buffer {
  const pad = createHmac('sha256', key).update('the cloud of a nonce').update(random).digest()
  return Buffer.from(cloud.map((byte, at) => byte ^ (pad[at] ?? 0)))
}
