/** The least policy for a role of AWS and a set of secrets. Pure. */
import type { AwsAccessPolicy, AwsPolicyDocument, AwsSecretDocument, AwsStatement } from './access-policy.ts'
import { partitionOfRegion, type Partition } from './region-table.ts'

/** Where the nodes are, and as what. */
export interface AwsNodes {
  readonly region: string
  readonly accountId: string
  /** The name of the role, with its path where it has one. */
  readonly role: string
}

/** What a policy says of a secret: the ARN, or a pattern that covers this one secret and no other. */
export interface AwsSecretPlace {
  readonly arn: string
  readonly partition: Partition
  readonly region: string
  readonly accountId: string
}

export interface AwsAccessOptions {
  /** Whether the secrets of the nodes' own account have a key of the customer's, of whichever account. Those of other accounts must. */
  readonly customerKeys: boolean
}

/** `secretId` is a bare name or a full ARN, as a secret reference has been found to be. Null where the region is not a known one. */
export function awsSecretPlace(secretId: string, own: Pick<AwsNodes, 'region' | 'accountId'>): AwsSecretPlace | null {
  const [, , , arnRegion, arnAccount] = secretId.startsWith('arn:') ? secretId.split(':') : []
  const region = arnRegion ?? own.region
  const accountId = arnAccount ?? own.accountId
  const partition = partitionOfRegion(region)
  if (partition === null) return null
  // A secret has six characters after its name that its reference does not tell. As many `?` fit no other name: they would have to hold a hyphen.
  const arn =
    arnRegion === undefined
      ? `arn:${partition}:secretsmanager:${region}:${accountId}:secret:${secretId}-??????`
      : secretId
  return { arn, partition, region, accountId }
}

export function awsAccessPolicy(
  nodes: AwsNodes,
  secrets: readonly AwsSecretPlace[],
  { customerKeys }: AwsAccessOptions,
): AwsAccessPolicy {
  const named = [...new Map(secrets.map((secret) => [secret.arn, secret])).values()].toSorted(byArn)
  const foreign = named.filter(({ accountId }) => accountId !== nodes.accountId)
  const encrypted = customerKeys ? named : foreign
  const roleArn = `arn:${partitionOfRegion(nodes.region) ?? 'aws'}:iam::${nodes.accountId}:role/${nodes.role}`
  return {
    provider: 'aws',
    role_arn: roleArn,
    identity_policy: policy(mayRead(named), ...mayDecrypt(encrypted)),
    secret_policies: foreign.map((secret) => secretPolicy(secret, roleArn)),
    key_policies: encrypted.map((secret) => keyPolicy(secret, roleArn)),
  }
}

const byArn = (one: AwsSecretPlace, other: AwsSecretPlace) => (one.arn < other.arn ? -1 : 1)

function policy(...Statement: AwsStatement[]): AwsPolicyDocument {
  return { Version: '2012-10-17', Statement }
}

function mayRead(secrets: readonly AwsSecretPlace[]): AwsStatement {
  return {
    Sid: 'FairleadReadsRegistryLogins',
    Effect: 'Allow',
    Action: 'secretsmanager:GetSecretValue',
    Resource: secrets.map(({ arn }) => arn),
  }
}

/**
 * One statement a region. Which key a secret has, its reference does not tell, nor in which account, which may be a third one: so any key
 * that lets the nodes, but only through Secrets Manager and only for these secrets, whose ARN is in the context that they are encrypted with.
 */
function mayDecrypt(secrets: readonly AwsSecretPlace[]): AwsStatement[] {
  return [...Map.groupBy(secrets, ({ region }) => region)].map(([region, here]) => ({
    Sid: `FairleadDecryptsRegistryLogins${region.replaceAll(/(?:^|-)(\w)/g, (_, first: string) => first.toUpperCase())}`,
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: [...new Set(here.map(({ partition }) => `arn:${partition}:kms:${region}:*:key/*`))],
    Condition: onlyForSecrets(here),
  }))
}

function secretPolicy({ arn }: AwsSecretPlace, roleArn: string): AwsSecretDocument {
  const statement: AwsStatement = {
    Sid: 'FairleadNodesReadThisSecret',
    Effect: 'Allow',
    Principal: { AWS: roleArn },
    Action: 'secretsmanager:GetSecretValue',
    // In the policy of a secret that is the secret itself.
    Resource: '*',
  }
  return { secret: arn, policy: policy(statement) }
}

function keyPolicy(secret: AwsSecretPlace, roleArn: string): AwsSecretDocument {
  const statement: AwsStatement = {
    Sid: 'FairleadNodesDecryptTheirSecret',
    Effect: 'Allow',
    Principal: { AWS: roleArn },
    Action: 'kms:Decrypt',
    // In the policy of a key that is the key itself.
    Resource: '*',
    Condition: onlyForSecrets([secret]),
  }
  return { secret: secret.arn, policy: policy(statement) }
}

/** Of secrets in one region. */
function onlyForSecrets(secrets: readonly AwsSecretPlace[]): NonNullable<AwsStatement['Condition']> {
  const services = new Set(secrets.flatMap(servicesOf))
  return {
    StringEquals: { 'kms:ViaService': [...services] },
    StringLike: { 'kms:EncryptionContext:SecretARN': secrets.map(({ arn }) => arn) },
  }
}

/** In China hosts have an ending of their own, and the guides of KMS name the service both ways. */
function servicesOf({ region, partition }: AwsSecretPlace): string[] {
  const service = `secretsmanager.${region}.amazonaws.com`
  return partition === 'aws-cn' ? [`${service}.cn`, service] : [service]
}
