/**
 * What a connection error means. A database that does not answer is a retryable problem, whatever form the error took; an error in a statement is
 * left as is. Messages are not passed on: they may quote what was sent.
 */
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import type { DatabasePlace } from './database-url.ts'

/** SQLSTATEs, and whole classes of two characters: the server is stopping, starting, full, a standby, or gave up on the statement. */
const passing = new Set(['08', '53', '57', '58', '25006', '25P03', '25P04', '40001', '40P01', '55P03'])
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
