/** Asks AWS itself which partition, region and account this node is in (S21). */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { partitionOfRegion, type Partition } from '@fairlead/contract/names'
import { isProblem, problem } from '@fairlead/contract/problems'
import { awsCredentialChain } from './credential-chain.ts'
import { identityMissing, stsProblem } from './problem.ts'
import { ownAwsRegion } from './region.ts'
import { awsRequestHandler } from './request-handler.ts'
import type { SecretManagerConnection } from '../secret-manager-connection.ts'

export interface AwsNodeIdentity {
  readonly partition: Partition
  readonly region: string
  readonly accountId: string
  /** The name of the node's role; null if it runs as a user. */
  readonly role: string | null
}

const timeoutMs = 25_000

/** Throws NODE_REGION_MISSING, NODE_IDENTITY_MISSING, NODE_IDENTITY_UNAVAILABLE or SECRET_MANAGER_UNREACHABLE. */
export async function awsNodeIdentity(
  connection: SecretManagerConnection,
  signal: AbortSignal,
): Promise<AwsNodeIdentity> {
  const region = await ownAwsRegion(signal)
  const partition = partitionOfRegion(region)
  if (partition === null) throw problem('NODE_REGION_MISSING')
  using chain = awsCredentialChain(connection, region)
  const requestHandler = awsRequestHandler(connection)
  const client = new STSClient({ maxAttempts: 3, requestHandler, credentials: chain.provider, region })
  try {
    await chain.credentials(signal)
    const abortSignal = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
    const { Account = '', Arn = '' } = await client.send(new GetCallerIdentityCommand({}), { abortSignal })
    if (!/^\d{12}$/.test(Account) || !Arn.startsWith(`arn:${partition}:`)) throw identityMissing()
    return { partition, region, accountId: Account, role: roleIn(Arn) }
  } catch (error) {
    if (isProblem(error)) throw error
    throw stsProblem(error, { region, signal })
  } finally {
    client.destroy()
  }
}

/** STS omits the path of a role. */
function roleIn(arn: string): string | null {
  return /^arn:[a-z-]+:sts::\d{12}:assumed-role\/([A-Za-z0-9_+=,.@-]{1,64})\//.exec(arn)?.[1] ?? null
}
