/**
 * Checks every half minute, and on request, whether there is a renewed certificate, and has the server present it. An unusable one changes nothing:
 * the previous one stays, and the fault is in the log and the metrics until it is fixed.
 */
import { isProblem, type Problem, type ProblemCode } from '@fairlead/contract/problems'
import type { CertificateFault } from '@fairlead/contract/wire'
import type { Logger } from 'pino'
import { iso, type Clock } from '../clock.ts'
import { Periodic } from '../periodic.ts'
import type { Certificate } from './certificate.ts'
import { judgeCertificate } from './judge-certificate.ts'
import type { ServerTls } from './server-tls.ts'

export interface CertificateState {
  readonly expiresAt: number
  readonly faults: ReadonlySet<CertificateFault>
}

export interface CertificateWatchParts {
  readonly tls: Pick<ServerTls, 'certificate' | 'path' | 'renewed'>
  /** host[:port] of the origin. */
  readonly host: string
  readonly clock: Clock
  readonly log: Logger
  readonly present: (certificate: Certificate) => void
  readonly onState: (state: CertificateState) => void
  readonly onFault: (error: unknown) => void
}

const everyMs = 30_000

export class CertificateWatch {
  readonly #parts: CertificateWatchParts
  #presented: Certificate
  #told = ''
  #state: CertificateState | null = null
  readonly #periodic: Periodic

  constructor(parts: CertificateWatchParts) {
    this.#parts = parts
    this.#periodic = new Periodic(parts.onFault)
    this.#presented = parts.tls.certificate
  }

  /** As last checked. */
  get state(): CertificateState | null {
    return this.#state
  }

  start(): Promise<void> {
    this.#periodic.every(everyMs, () => this.#look())
    return this.look()
  }

  stop(): Promise<void> {
    return this.#periodic.stop()
  }

  /** One check after another, so that an older certificate is never presented last. */
  look(): Promise<void> {
    return this.#periodic.once(() => this.#look())
  }

  async #look(): Promise<void> {
    const { tls, host, clock, log, present, onState } = this.#parts
    const refused = await this.#renew(present)
    const { expiresAt, faults } = judgeCertificate(this.#presented.cert, { path: tls.path, host }, clock())
    this.#state = {
      expiresAt,
      faults: new Set([
        ...faults.map(({ code }) => faultOf(code)),
        ...(refused === null ? [] : (['not_replaced'] as const)),
      ]),
    }
    onState(this.#state)
    const problems = refused === null ? faults : [refused, ...faults]
    // Each is logged once, and again if it comes back.
    const told = JSON.stringify(problems.map(({ code, what }) => [code, what]))
    if (told === this.#told) return
    this.#told = told
    for (const { code, what, fix } of problems) log.warn({ code, fix, expires_at: iso(expiresAt) }, what)
  }

  /** Why the renewed certificate cannot be used; null if all is well. */
  async #renew(present: CertificateWatchParts['present']): Promise<Problem | null> {
    const { tls, clock, log } = this.#parts
    try {
      const renewed = await tls.renewed(clock())
      if (renewed === null) return null
      present(renewed)
      this.#presented = renewed
      log.info({ path: tls.path }, 'a renewed certificate is presented')
      return null
    } catch (error) {
      if (isProblem(error)) return error
      throw error
    }
  }
}

const faultOfCode: Partial<Record<ProblemCode, CertificateFault>> = {
  TLS_CERTIFICATE_EXPIRED: 'expired',
  TLS_CERTIFICATE_NOT_YET_VALID: 'not_yet_valid',
  TLS_CERTIFICATE_OTHER_NAME: 'other_name',
}
const faultOf = (code: ProblemCode): CertificateFault => faultOfCode[code] ?? 'not_replaced'
