/**
 * Answers to POST requests with an Idempotency-Key, kept for a day in the same transaction as the write. A body may contain a token that is shown
 * once, so it is sealed (AES-256-GCM) under a key derived from the caller's own API token, of which the control plane keeps only a hash: only the
 * caller can get it again, and the database holds no secret in clear.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { problem } from '@fairlead/contract/problems'
import { iso, type Clock } from '../clock.ts'
import type { ApiCaller } from '../identity/api-caller.ts'
import type { Transaction } from '../store/store.ts'

export interface KeyedRequest {
  caller: ApiCaller
  key: string
  hash: string
}

export interface KeyedAnswer {
  status: number
  body: string
}

const keyPattern = /^[\x21-\x7e]{1,255}$/

export function readIdempotencyKey(header: string | undefined): string | null {
  if (header === undefined) return null
  if (keyPattern.test(header)) return header
  throw problem('REQUEST_INVALID', {}, [
    { path: 'Idempotency-Key', detail: 'expected 1 to 255 printable ASCII characters' },
  ])
}

export function requestHash(method: string, path: string, body: Uint8Array): string {
  return createHash('sha256').update(`${method} ${path}\n`).update(body).digest('hex')
}

/** Returns the earlier answer, or does the work and stores its answer. */
export async function answerOnce(
  transaction: Transaction,
  clock: Clock,
  request: KeyedRequest,
  work: () => Promise<KeyedAnswer>,
): Promise<KeyedAnswer> {
  const { caller, key, hash } = request
  const kept = await transaction.idempotency.find(caller.id, key)
  if (kept !== null) {
    if (kept.request_hash !== hash) throw problem('IDEMPOTENCY_KEY_REUSED')
    return { status: kept.status, body: open(kept.sealed_body, request) }
  }
  const answer = await work()
  await transaction.idempotency.insert({
    caller_id: caller.id,
    key,
    request_hash: hash,
    status: answer.status,
    sealed_body: seal(answer.body, request),
    created_at: iso(clock()),
  })
  return answer
}

function sealingKey({ caller, key }: KeyedRequest): Buffer {
  return caller.token.use((token) => Buffer.from(hkdfSync('sha256', token, key, 'fairlead idempotent answer', 32)))
}

function seal(body: string, request: KeyedRequest): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', sealingKey(request), nonce)
  const text = Buffer.concat([cipher.update(body, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64')
}

function open(sealed: string, request: KeyedRequest): string {
  const bytes = Buffer.from(sealed, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', sealingKey(request), bytes.subarray(0, 12))
  decipher.setAuthTag(bytes.subarray(12, 28))
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
}
