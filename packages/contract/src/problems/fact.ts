/**
 * The facts that a problem may carry. Each has a fixed form, so that neither a secret nor free text can pass as one (S6). A node may send `wireFacts`
 * to the control plane; `localFacts` stay on the machine where they arose.
 */
import { z } from 'zod'
import { Digest, Platform, Version } from '../names/name.ts'

const count = z.int().nonnegative()
const day = z.string().regex(/^(\d{4}-\d{2}-\d{2}|a day that is not known)$/)

export const wireFacts = {
  /** host[:port] of the registry in the image name. */
  registry: z.string().regex(/^[A-Za-z0-9.:[\]-]{1,260}$/),
  repository: z.string().regex(/^[a-z0-9._/-]{1,255}$/),
  tag: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/),
  digest: Digest,
  /** A secret reference as the user typed it; never secret content. */
  reference: z.string().regex(/^[A-Za-z0-9/_+=.@:-]{1,2048}$/),
  field: z.enum(['username', 'password', 'server']),
  platform: Platform,
  node_platform: Platform,
  /** A version of Ray, of Docker or of an API. */
  version: Version,
  expected_version: Version,
  /** HTTP status of the other side's answer. */
  http_status: z.int().min(100).max(599),
  exit_status: z.int().min(-1).max(255),
  seconds: z.number().nonnegative(),
  bytes: count,
  limit_bytes: count,
  count,
  needed: count,
  provider: z.enum(['aws', 'gcp', 'local']),
  region: z.string().regex(/^[a-z0-9-]{1,64}$/),
  account: z.string().regex(/^[a-z0-9:.-]{1,64}$/),
  role: z.string().regex(/^[A-Za-z0-9_+=,.@/-]{1,128}$/),
  node: z.string().regex(/^[A-Za-z0-9._-]{1,128}$/),
  /** The last day of a certificate, if known. */
  expired_on: day,
  /** The first day of a certificate, if known. */
  valid_from: day,
  cluster: z.string().regex(/^[A-Za-z0-9._-]{1,128}$/),
  /** A user of the node's system. */
  uid: count,
} as const

export const WireFacts = z.strictObject(wireFacts).partial()
export type WireFacts = z.infer<typeof WireFacts>

/** Facts that never leave the machine where they arose, except in an answer to the client that sent them. */
export interface LocalFacts {
  /** A file, a field or a path in a document. */
  path: string
  name: string
  nearest: string
  /** The id of a pull record on its node. */
  sequence: number
  line: number
  column: number
  host: string
  /** A timestamp, as in JSON. */
  time: string
  /** What was wrong, in our own words. */
  reason: string
  method: string
}

export type FactName = keyof WireFacts | keyof LocalFacts
export type FactValue = string | number

const longestPrinted = 200

/** External text made safe for a terminal: invisible characters and cursor movements are escaped, and it is cut at 200 characters (S25). */
export function printable(text: string): string {
  // Escapes only lengthen text, so there is no need to look at more of it than can be shown.
  const escaped = text.slice(0, longestPrinted + 1).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, escapeCharacter)
  if (escaped.length <= longestPrinted) return escaped
  return `${escaped.slice(0, longestPrinted - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

function escapeCharacter(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16)
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`
}
