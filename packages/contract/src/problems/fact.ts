/**
 * The facts that a problem may carry. Each has a fixed form, so that neither a secret nor free text can pass as one (S6). A node may send those in
 * `wireForms` to the control plane; `LocalFacts` stay on the machine where they arose.
 */
import { digestForm, platformForm, versionForm } from '../names/form.ts'

/** Text of a pattern, one of several words, or a number from `least` to `most`. */
type Form = RegExp | readonly [string, ...string[]] | NumberForm

interface NumberForm {
  readonly least: number
  readonly most: number
  readonly isWhole: boolean
}

const whole = (least: number, most: number): NumberForm => ({ least, most, isWhole: true })
const count = whole(0, Number.MAX_SAFE_INTEGER)
const day = /^(\d{4}-\d{2}-\d{2}|a day that is not known)$/

export const wireForms = {
  /** host[:port] of the registry in the image name. */
  registry: /^[A-Za-z0-9.:[\]-]{1,260}$/,
  repository: /^[a-z0-9._/-]{1,255}$/,
  tag: /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/,
  digest: digestForm,
  /** A secret reference as the user typed it; never secret content. */
  reference: /^[A-Za-z0-9/_+=.@:-]{1,2048}$/,
  field: ['username', 'password', 'server'],
  platform: platformForm,
  node_platform: platformForm,
  /** A version of Ray, of Docker or of an API. */
  version: versionForm,
  expected_version: versionForm,
  /** HTTP status of the other side's answer. */
  http_status: whole(100, 599),
  exit_status: whole(-1, 255),
  seconds: { least: 0, most: Infinity, isWhole: false },
  bytes: count,
  limit_bytes: count,
  count,
  needed: count,
  provider: ['aws', 'gcp', 'local'],
  region: /^[a-z0-9-]{1,64}$/,
  account: /^[a-z0-9:.-]{1,64}$/,
  role: /^[A-Za-z0-9_+=,.@/-]{1,128}$/,
  node: /^[A-Za-z0-9._-]{1,128}$/,
  /** The last day of a certificate, if known. */
  expired_on: day,
  /** The first day of a certificate, if known. */
  valid_from: day,
  cluster: /^[A-Za-z0-9._-]{1,128}$/,
  /** A user of the node's system. */
  uid: count,
} as const satisfies Record<string, Form>

type ValueOf<One extends Form> = One extends RegExp ? string : One extends readonly (infer Word)[] ? Word : number

/** The value of each fact that a node may send. */
export type WireValues = { [Name in keyof typeof wireForms]: ValueOf<(typeof wireForms)[Name]> }
export const wireFactNames = Object.keys(wireForms) as (keyof WireValues)[]

export function hasForm<Name extends keyof WireValues>(name: Name, value: unknown): value is WireValues[Name] {
  const form: Form = wireForms[name]
  if (form instanceof RegExp) return typeof value === 'string' && form.test(value)
  if (!('least' in form)) return form.some((word) => word === value)
  const isNumber = form.isWhole ? Number.isSafeInteger(value) : Number.isFinite(value)
  return isNumber && form.least <= Number(value) && Number(value) <= form.most
}

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

export type FactName = keyof WireValues | keyof LocalFacts
export type FactValue = string | number
export type Facts = Partial<Record<FactName, FactValue>>

/** External text made safe for a terminal: invisible characters and cursor movements are escaped, and it is cut at 200 characters (S25). */
export const printable = (text: string): string => printed(text, 200)

/** Our own sentences, which quote such text. */
export const printableText = (text: string): string => printed(text, 2000)

/** Where nothing may be cut: the end of a long host shows who owns it. */
export const printableInFull = (text: string): string => printed(text, Infinity)

function printed(text: string, longest: number): string {
  // Escapes only lengthen text, so there is no need to look at more of it than can be shown.
  const escaped = text.slice(0, longest + 1).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, escapeCharacter)
  if (escaped.length <= longest) return escaped
  return `${escaped.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

function escapeCharacter(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16)
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`
}
