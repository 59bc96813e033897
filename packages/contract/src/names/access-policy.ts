/**
 * The minimal rights for a cloud's nodes to read their secrets, as documents in the cloud's own format. An admin pastes them into a shell or into
 * Terraform, so each part has a closed form: a compromised control plane can inject neither a command nor a wider right (S7).
 */
import { z } from 'zod'
import { NodeRole } from './provider.ts'

/** Contains no quote, template or control character. */
const Plain = z.string().regex(/^[A-Za-z0-9:/_+=.,@*?-]{1,2100}$/)
const OneOrMany = z.union([Plain, z.array(Plain)])

const RoleArn = z.string().regex(/^arn:[a-z-]{1,16}:iam::\d{12}:role\/[A-Za-z0-9_+=,.@/-]{1,128}$/)
/** With `?` for the six characters that a bare name does not contain. */
const secretArn =
  /^arn:[a-z-]{1,16}:secretsmanager:[a-z0-9-]{1,32}:\d{12}:secret:[A-Za-z0-9/_+=.@-]{1,512}-(?:\?{6}|[A-Za-z0-9]{6})$/
/** Any key, but only for these secrets, named by the condition. */
const keysArn = /^arn:[a-z-]{1,16}:kms:[a-z0-9-]{1,32}:\*:key\/\*$/
const SecretArn = z.string().regex(secretArn)

/** Only through Secrets Manager, and only for the secrets it names. */
const OnlyForSecrets = z.strictObject({
  StringEquals: z.strictObject({
    'kms:ViaService': z.array(z.string().regex(/^secretsmanager\.[a-z0-9-]{1,32}\.amazonaws\.com(?:\.cn)?$/)).min(1),
  }),
  StringLike: z.strictObject({ 'kms:EncryptionContext:SecretARN': z.array(SecretArn).min(1) }),
})

export const AwsStatement = z.strictObject({
  Sid: z.string().regex(/^[A-Za-z0-9]{1,100}$/),
  Effect: z.literal('Allow'),
  Principal: z.strictObject({ AWS: RoleArn }).optional(),
  Action: z.enum(['secretsmanager:GetSecretValue', 'kms:Decrypt']),
  Resource: OneOrMany,
  Condition: OnlyForSecrets.optional(),
})
export type AwsStatement = z.infer<typeof AwsStatement>

export const AwsPolicyDocument = z.strictObject({ Version: z.literal('2012-10-17'), Statement: z.array(AwsStatement) })
export type AwsPolicyDocument = z.infer<typeof AwsPolicyDocument>

/** A document for one secret, or for its encryption key. */
export const AwsSecretDocument = z.strictObject({ secret: SecretArn, policy: AwsPolicyDocument })
export type AwsSecretDocument = z.infer<typeof AwsSecretDocument>

/** A policy of the secret or key itself uses `*`; a role policy names its resources. */
const namesItsResources = ({ Statement }: AwsPolicyDocument): boolean =>
  Statement.every(({ Action, Resource, Condition }) =>
    [Resource]
      .flat()
      .every((arn) => (Action === 'kms:Decrypt' ? keysArn.test(arn) && Condition !== undefined : secretArn.test(arn))),
  )

/** Reading the admitted role once is enough: no document of a secret or key admits another role, or grants access to more than that one secret. */
function letsInThatRole({
  role_arn,
  secret_policies,
  key_policies,
}: {
  role_arn: string
  secret_policies: readonly AwsSecretDocument[]
  key_policies: readonly AwsSecretDocument[]
}): boolean {
  const lets = ({ policy }: AwsSecretDocument, may: (statement: AwsStatement) => boolean): boolean =>
    policy.Statement.every((statement) => statement.Principal?.AWS === role_arn && may(statement))
  const ofThatSecret = (secret: string, { Condition }: AwsStatement): boolean =>
    Condition?.StringLike['kms:EncryptionContext:SecretARN'].every((arn) => arn === secret) ?? false
  return (
    secret_policies.every((document) => lets(document, ({ Action }) => Action === 'secretsmanager:GetSecretValue')) &&
    key_policies.every((document) =>
      lets(document, (one) => one.Action === 'kms:Decrypt' && ofThatSecret(document.secret, one)),
    )
  )
}

export const AwsAccessPolicy = z
  .strictObject({
    provider: z.literal('aws'),
    role_arn: RoleArn,
    /** For the node role. */
    identity_policy: AwsPolicyDocument.refine(namesItsResources, 'expected the ARN of each secret'),
    /** For each secret of another account, in that account. */
    secret_policies: z.array(AwsSecretDocument),
    /** What the policy of each secret's key must also say if the key belongs to an account other than the nodes' or does not leave access to IAM. */
    key_policies: z.array(AwsSecretDocument),
  })
  .refine(letsInThatRole, 'expected no other role')
export type AwsAccessPolicy = z.infer<typeof AwsAccessPolicy>

export const GcpSecretBinding = z.strictObject({
  project: z.string().regex(/^[a-z0-9][a-z0-9.:-]{0,127}$/),
  /** Null: a global secret. */
  location: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/)
    .nullable(),
  secret: z.string().regex(/^[A-Za-z0-9_-]{1,255}$/),
  role: z.literal('roles/secretmanager.secretAccessor'),
  member: z.string().regex(/^serviceAccount:[A-Za-z0-9_+=,.@/-]{1,128}$/),
})
export type GcpSecretBinding = z.infer<typeof GcpSecretBinding>

export const GcpAccessPolicy = z
  .strictObject({
    provider: z.literal('gcp'),
    service_account: NodeRole,
    /** One per secret: a project binding would cover them all. */
    bindings: z.array(GcpSecretBinding),
  })
  .refine(
    ({ service_account, bindings }) => bindings.every(({ member }) => member === `serviceAccount:${service_account}`),
    'expected no other account',
  )
export type GcpAccessPolicy = z.infer<typeof GcpAccessPolicy>

export const AccessPolicy = z.discriminatedUnion('provider', [AwsAccessPolicy, GcpAccessPolicy])
export type AccessPolicy = z.infer<typeof AccessPolicy>
