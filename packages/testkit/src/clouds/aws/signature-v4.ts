/**
 * Verifies an AWS signature (SigV4) over the request as received, as the services do: anything that differs from what was signed is refused.
 * Written from the published algorithm, independently of the SDK that signs.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

export interface SignedCall {
  readonly method: string
  /** Path and query, as sent. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: Uint8Array
}

export interface Signature {
  readonly accessKeyId: string
  readonly date: string
  readonly region: string
  readonly service: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
}

const pattern =
  /^AWS4-HMAC-SHA256 Credential=([A-Z0-9]{16,128})\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/

/** Null if the header is not one signature in its one form. */
export function readSignature(headers: IncomingHttpHeaders): Signature | null {
  const [, accessKeyId, date, region, service, signed, signature] = pattern.exec(headers.authorization ?? '') ?? []
  if (!accessKeyId || !date || !region || !service || !signed || !signature) return null
  return { accessKeyId, date, region, service, signedHeaders: signed.split(';'), signature }
}

/** Whether these bytes were signed with this key. A header that is missing or comes twice was not. */
export function isSigned(call: SignedCall, signature: Signature, secretAccessKey: string): boolean {
  const at = call.headers['x-amz-date']
  if (typeof at !== 'string' || !at.startsWith(signature.date)) return false
  const [path = '/', query = ''] = call.url.split('?')
  const headers = signature.signedHeaders.map((name) => {
    const value = call.headers[name]
    return typeof value === 'string' ? `${name}:${value.trim().replaceAll(/ +/g, ' ')}\n` : null
  })
  if (headers.includes(null) || !signature.signedHeaders.includes('host')) return false
  const canonical = [
    call.method,
    path,
    query.split('&').toSorted().join('&'),
    headers.join(''),
    signature.signedHeaders.join(';'),
    sha256(call.body),
  ].join('\n')
  const { date, region, service } = signature
  const text = ['AWS4-HMAC-SHA256', at, `${date}/${region}/${service}/aws4_request`, sha256(canonical)].join('\n')
  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`)
  return timingSafeEqual(hmac(key, text), Buffer.from(signature.signature, 'hex'))
}

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
