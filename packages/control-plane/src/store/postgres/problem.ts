/**
 * What a connection error means. A database that does not answer is a retryable problem, whatever form the error took; an error in a statement is
 * left as is. Messages are not passed on: they may quote what was sent.
 */
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import type { DatabasePlace } from './database-url.ts'

/** SQLSTATEs, and whole classes of two characters: the server is stopping, starting, full, a standby, or gave up on the statement. */
const passing = new Set([
  '08',
  '53',
  '57',
  '58',
  '25006',
  '25P03',
  '25P04',
  '40001',
  '40P01',
  '55000',
  '55006',
  '55P03',
])
/** A connection lacks what was prepared on it, or has it already: a pooler gave it to another. */
const ofAnother = new Set(['26000', '42P05'])
const otherTables = 'its tables are not those that this version of Fairlead makes'
/** What somebody made, changed or removed by hand. */
const unfit: Readonly<Record<string, string>> = {
  '3F000': 'its user has no schema to make tables in (search_path)',
  '42P01': otherTables,
  '42P07': otherTables,
  '42703': otherTables,
  '42701': otherTables,
  '42804': otherTables,
  '42809': otherTables,
  XX001: 'a page of it is damaged',
  XX002: 'an index of it is damaged',
}
const systemErrors = /^(?:E[A-Z]{3,}|EAI_[A-Z]+)$/
/** `pg` errors without a code. */
const lostConnection =
  /^(?:Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying|timeout expired|Query read timeout|Cannot use a pool after|The server does not support SSL)/

export function databaseProblem(error: unknown, place: DatabasePlace): Problem | null {
  if (isProblem(error)) return error
  if (!(error instanceof Error)) return null
  const host = place.address
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (code.startsWith('28')) return problem('DATABASE_LOGIN_REFUSED', { host, name: place.user })
  if (code === '3D000') return problem('DATABASE_MISSING', { host, name: place.name })
  if (code === '42501') return problem('DATABASE_RIGHTS_MISSING', { path: place.text, name: place.user })
  if (code === '53100') return problem('DATABASE_UNUSABLE', { path: place.text, reason: 'the disk is full' })
  if (ofAnother.has(code) || /statement pooling mode/.test(error.message)) return problem('DATABASE_POOLED', { host })
  const reason = unfit[code]
  if (reason !== undefined) return problem('DATABASE_UNFIT', { path: place.text, reason })
  if (isCertificateError(code)) return problem('DATABASE_TLS', { host })
  const lost = passing.has(code) || passing.has(code.slice(0, 2)) || systemErrors.test(code)
  const isOutdated = code === '0A000' && 'routine' in error && error.routine === 'RevalidateCachedQuery'
  if (lost || isOutdated || lostConnection.test(error.message)) return problem('DATABASE_UNREACHABLE', { host })
  if (/password must be a string|SASL/.test(error.message)) {
    return problem('DATABASE_LOGIN_REFUSED', { host, name: place.user })
  }
  return null
}

function isCertificateError(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|ERR_TLS/.test(code)
}
