/** What an overview shows besides the lists: the control plane itself, and what the nodes pulled lately. */
import { z } from 'zod'
import { Timestamp, Version } from '../names/name.ts'

export const CertificateFault = z.enum(['expired', 'not_yet_valid', 'other_name', 'not_replaced'])
export type CertificateFault = z.infer<typeof CertificateFault>

export const ControlPlane = z.object({
  version: Version,
  /** The certificate that it presents; null without TLS. */
  certificate: z.object({ expires_at: Timestamp, faults: z.array(CertificateFault) }).nullable(),
})
export type ControlPlane = z.infer<typeof ControlPlane>

export const PullHour = z.object({
  /** Its beginning; records count by their arrival. */
  at: Timestamp,
  /** Pulls and checks. */
  records: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  /** Of pulls that succeeded, without checks; null if there were none. */
  mean_ms: z.number().nonnegative().nullable(),
  max_ms: z.number().nonnegative().nullable(),
})
export type PullHour = z.infer<typeof PullHour>

/** Only hours with records. */
export const PullActivity = z.object({ since: Timestamp, hours: z.array(PullHour) })
export type PullActivity = z.infer<typeof PullActivity>
