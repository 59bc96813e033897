/** The minimal policy for an AWS role and a set of secrets. Pure. */
import type { AwsAccessPolicy, AwsPolicyDocument, AwsSecretDocument, AwsStatement } from './access-policy.ts'
import { partitionOfRegion, type Partition } from './region-table.ts'

/** Where the nodes run, and as which role. */
export interface AwsNodes {
  readonly region: string
  readonly accountId: string
  /** The role's name, with its path if it has one. */
  readonly role: string
}

/** How a policy names a secret: the ARN, or a pattern that covers this one secret and no other. */
export interface AwsSecretPlace {
  readonly arn: string
  readonly partition: Partition
  readonly region: string
  readonly accountId: string
}

export interface AwsAccessOptions {
  /** Whether secrets of the nodes' own account use a customer key, from whichever account. Secrets of other accounts must. */
  readonly customerKeys: boolean
}

/** `secretId` is a bare name or a full ARN, as parsed from a secret reference. Null if the region is unknown. */
export function awsSecretPlace(secretId: string, own: Pick<AwsNodes, 'region' | 'accountId'>): AwsSecretPlace | null {
  const [, , , arnRegion, arnAccount] = secretId.startsWith('arn:') ? secretId.split(':') : []
  const region = arnRegion ?? own.region
  const accountId = arnAccount ?? own.accountId
  const partition = partitionOfRegion(region)
  if (partition === null) return null
  // A secret's name ends in six characters that its reference does not contain. Six `?` fit no other name: it would have to contain a hyphen there.
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
 * One statement per region. A secret's reference says neither which key it has nor in which account, which may be a third one: so this allows any key
 * that admits the nodes, but only through Secrets Manager and only for these secrets, whose ARN is in their encryption context.
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

/** In China, hosts have a different suffix, and KMS guides name the service both ways. */
function servicesOf({ region, partition }: AwsSecretPlace): string[] {
  const service = `secretsmanager.${region}.amazonaws.com`
  return partition === 'aws-cn' ? [`${service}.cn`, service] : [service]
}
