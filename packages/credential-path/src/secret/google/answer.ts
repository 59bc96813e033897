/** Reads the answer of Secret Manager's `versions.access` (REST, v1), and its errors by their structure, never by their text. */
import { z } from 'zod'
import { parseJson } from '../../process/parse-json.ts'
import { crc32c } from './crc32c.ts'

export interface SecretVersionAnswer {
  readonly payload: Uint8Array
  readonly project: string
  readonly location: string | null
  readonly secret: string
  /** A number, even if `latest` or an alias was requested. */
  readonly version: string
}

/** Google's limit for a secret, and its size as base64 inside the answer. */
const payloadLimit = 65_536
export const answerLimit = 128 * 1024

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const versionName =
  /^projects\/(?<project>[a-z0-9.:-]{1,100})(?:\/locations\/(?<location>[a-z0-9-]{1,64}))?\/secrets\/(?<secret>[A-Za-z0-9_-]{1,255})\/versions\/(?<version>[1-9]\d{0,18})$/

const AccessAnswer = z.looseObject({
  name: z.string().regex(versionName),
  payload: z.looseObject({
    // JSON omits it if it is empty.
    data: z.string().regex(base64).default(''),
    // An int64, which JSON carries as text.
    dataCrc32c: z
      .string()
      .regex(/^\d{1,10}$/)
      .optional(),
  }),
})

/** Null if it is not in the published form, too large, or damaged in transit; `unchecked` if nothing shows that it is intact. */
export function parseAccessAnswer(bytes: Uint8Array): SecretVersionAnswer | 'unchecked' | null {
  if (bytes.length > answerLimit) return null
  const found = AccessAnswer.safeParse(parseJson(bytes))
  if (!found.success) return null
  const { name, payload: sent } = found.data
  if (sent.dataCrc32c === undefined) return 'unchecked'
  const payload = Buffer.from(sent.data, 'base64')
  if (payload.length > payloadLimit || crc32c(payload) !== Number(sent.dataCrc32c)) return null
  const { project = '', location = null, secret = '', version = '' } = versionName.exec(name)?.groups ?? {}
  return { payload, project, location, secret, version }
}

export interface GoogleError {
  /** From `google.rpc.Code`: `PERMISSION_DENIED`. Null if the answer is not Google's. */
  readonly status: string | null
  /** From `google.rpc.ErrorInfo`: `SERVICE_DISABLED`. */
  readonly reasons: readonly string[]
}

const word = z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/)
const ErrorAnswer = z.looseObject({
  error: z.looseObject({
    status: word,
    details: z
      .array(z.looseObject({ reason: word.optional().catch(undefined) }))
      .max(64)
      .catch([])
      .default([]),
  }),
})

export function parseGoogleError(bytes: Uint8Array): GoogleError {
  const found = ErrorAnswer.safeParse(parseJson(bytes))
  if (!found.success) return { status: null, reasons: [] }
  const { status, details } = found.data.error
  return { status, reasons: details.flatMap(({ reason }) => reason ?? []) }
}
