/** The least that lets a cloud's nodes read their secrets, as documents that the cloud itself understands. */
import { z } from 'zod'

const OneOrMany = z.union([z.string(), z.array(z.string())])

export const AwsStatement = z.strictObject({
  Sid: z.string(),
  Effect: z.literal('Allow'),
  Principal: z.strictObject({ AWS: z.string() }).optional(),
  Action: z.string(),
  Resource: OneOrMany,
  Condition: z.record(z.string(), z.record(z.string(), OneOrMany)).optional(),
})
export type AwsStatement = z.infer<typeof AwsStatement>

export const AwsPolicyDocument = z.strictObject({ Version: z.literal('2012-10-17'), Statement: z.array(AwsStatement) })
export type AwsPolicyDocument = z.infer<typeof AwsPolicyDocument>

/** A document for one secret, or for the key that it is encrypted with. */
export const AwsSecretDocument = z.strictObject({ secret: z.string(), policy: AwsPolicyDocument })
export type AwsSecretDocument = z.infer<typeof AwsSecretDocument>

export const AwsAccessPolicy = z.strictObject({
  provider: z.literal('aws'),
  role_arn: z.string(),
  /** For the nodes' role. */
  identity_policy: AwsPolicyDocument,
  /** For each secret of another account, there. */
  secret_policies: z.array(AwsSecretDocument),
  /** What the key of each secret of another account must say as well. */
  key_policies: z.array(AwsSecretDocument),
})
export type AwsAccessPolicy = z.infer<typeof AwsAccessPolicy>

export const GcpSecretBinding = z.strictObject({
  project: z.string(),
  /** Null: a global secret. */
  location: z.string().nullable(),
  secret: z.string(),
  role: z.literal('roles/secretmanager.secretAccessor'),
  member: z.string(),
})
export type GcpSecretBinding = z.infer<typeof GcpSecretBinding>

export const GcpAccessPolicy = z.strictObject({
  provider: z.literal('gcp'),
  service_account: z.string(),
  /** One a secret: a binding of the project would cover all of them. */
  bindings: z.array(GcpSecretBinding),
})
export type GcpAccessPolicy = z.infer<typeof GcpAccessPolicy>

export const AccessPolicy = z.discriminatedUnion('provider', [AwsAccessPolicy, GcpAccessPolicy])
export type AccessPolicy = z.infer<typeof AccessPolicy>
