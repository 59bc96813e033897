/** Where a cloud's machines run, and as which identity, in the provider's terms. */
import { z } from 'zod'
import { isKnownRegion } from './region-table.ts'

export const Provider = z.enum(['aws', 'gcp', 'local'])
export type Provider = z.infer<typeof Provider>

export const AwsPartition = z.enum(['aws', 'aws-cn', 'aws-us-gov'])
export const AccountId = z.string().regex(/^\d{12}$/, 'expected the 12 digits of an AWS account')
/** From a static table, since it may become part of a host name (S21). */
export const Region = z
  .string()
  .max(64)
  .refine(isKnownRegion, 'expected a region of AWS or a location of Google Cloud that this version knows')
export const ProjectId = z
  .string()
  .regex(/^(?:[a-z0-9.-]{1,63}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'expected the id of a project of Google Cloud')
export const ProjectNumber = z.string().regex(/^\d{1,20}$/, 'expected the digits of a project number')
export const NodeRole = z
  .string()
  .regex(/^[A-Za-z0-9_+=,.@/-]{1,128}$/, 'expected the name of a role, or the e-mail of a service account')
