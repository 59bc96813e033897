/** What clients will say about a certificate: until when it is valid, and what is wrong with it now. Pure. */
import { isIP } from 'node:net'
import { bareHost, parseHostAndPort } from '@fairlead/contract/names'
import { problem, type Problem } from '@fairlead/contract/problems'
import { iso } from '../clock.ts'
import { chainOf } from './certificate.ts'

export interface Judgement {
  /** When the first certificate of the chain expires. */
  readonly expiresAt: number
  readonly faults: readonly Problem[]
}

/** `path`: the file for an operator to check. `host`: host[:port] of the origin. */
export function judgeCertificate(pem: string, { path, host }: { path: string; host: string }, now: number): Judgement {
  const chain = chainOf(pem) ?? []
  const expiresAt = Math.min(...chain.map(({ validTo }) => Date.parse(validTo)))
  const beginsAt = Math.max(...chain.map(({ validFrom }) => Date.parse(validFrom)))
  const faults = [
    ...(now > expiresAt ? [problem('TLS_CERTIFICATE_EXPIRED', { path, time: iso(expiresAt) })] : []),
    ...(now < beginsAt ? [problem('TLS_CERTIFICATE_NOT_YET_VALID', { path, time: iso(beginsAt) })] : []),
    ...(chain[0] === undefined || isFor(chain[0], host) ? [] : [problem('TLS_CERTIFICATE_OTHER_NAME', { path, host })]),
  ]
  return { expiresAt, faults }
}

function isFor(leaf: NonNullable<ReturnType<typeof chainOf>>[number], host: string): boolean {
  const name = bareHost(parseHostAndPort(host)?.host ?? host)
  return (isIP(name) === 0 ? leaf.checkHost(name, { subject: 'never' }) : leaf.checkIP(name)) !== undefined
}
