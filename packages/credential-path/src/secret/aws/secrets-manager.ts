/** Reads a login from AWS Secrets Manager with the node's own identity. The SDK's types and its error texts do not leave this file. */
import {
  GetSecretValueCommand,
  SecretsManagerClient,
  type GetSecretValueResponse,
} from '@aws-sdk/client-secrets-manager'
import { partitionOfRegion, type AwsSecretReference } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { parseLoginDocument } from '../../match/login-document.ts'
import { awsCredentialChain } from './credential-chain.ts'
import { awsProblem, unusable, type AwsAsker, type AwsQuestion } from './problem.ts'
import { awsRequestHandler } from './request-handler.ts'
import type { SecretManagerConnection } from '../secret-manager-connection.ts'
import type { SecretReader } from '../secret-reader.ts'

export interface AwsSecretsOptions extends AwsAsker {
  readonly connection: SecretManagerConnection
  /** How often the service is asked if it throttles or fails. */
  readonly attempts?: number
  /** After how long an answer that stopped is given up; tests use a shorter time. */
  readonly silenceMs?: number
}

const readTimeoutMs = 25_000

export function awsSecretReader({ connection, attempts = 3, silenceMs, ...node }: AwsSecretsOptions): SecretReader {
  const requestHandler = awsRequestHandler(connection, silenceMs)
  const chain = awsCredentialChain(connection, node.region)
  // One for each read: a client that met many failures no longer retries. They share the connections and the credentials.
  const newClient = (region: string): SecretsManagerClient =>
    new SecretsManagerClient({ requestHandler, credentials: chain.provider, maxAttempts: attempts, region })

  return {
    async read(reference, { signal, onReach }) {
      if (reference.provider !== 'aws') throw problem('DESIRED_STATE_REFUSED')
      const region = regionOf(reference, node.region)
      const question = { reference: reference.secretId, region, node, signal }
      // Asked separately from the secret, so that a node without an identity is not mistaken for a service that does not answer.
      await chain.credentials(signal)
      onReach?.('asked')
      const answer = await ask(newClient(region), question)
      onReach?.('read')
      const secret = bytesOf(answer)
      if (secret === null || answer.Name === undefined) throw unusable(question)
      if (!isWhatWasNamed(answer, reference)) throw problem('SECRET_NOT_FOUND', { reference: reference.secretId })
      const version = /^[A-Za-z0-9._-]{1,64}$/.exec(answer.VersionId ?? '')?.[0] ?? 'unnamed'
      return { login: parseLoginDocument(secret).login, version }
    },
  }
}

/** S21: a region must be in the static table before it becomes a host. A bare name is looked up in the node's own region. */
function regionOf({ region, partition }: AwsSecretReference, ownRegion: string): string {
  const known = partitionOfRegion(region ?? ownRegion)
  if (known === null || (region !== null && known !== partition)) throw problem('DESIRED_STATE_REFUSED')
  return region ?? ownRegion
}

async function ask(client: SecretsManagerClient, question: AwsQuestion): Promise<GetSecretValueResponse> {
  const abortSignal = AbortSignal.any([question.signal, AbortSignal.timeout(readTimeoutMs)])
  try {
    return await client.send(new GetSecretValueCommand({ SecretId: question.reference }), { abortSignal })
  } catch (error) {
    throw awsProblem(error, question)
  }
}

/**
 * The service also accepts an ARN without its last six characters: `…:secret:registry-backup` is, to the grant, the secret `registry`, but
 * the service finds the secret `registry-backup`, which may not be granted (S13).
 */
function isWhatWasNamed({ ARN, Name }: GetSecretValueResponse, { kind, secretId }: AwsSecretReference): boolean {
  return secretId === (kind === 'arn' ? ARN : Name)
}

/** The SDK passes on whatever JSON has there. */
function bytesOf({ SecretString, SecretBinary }: GetSecretValueResponse): Uint8Array | null {
  if (SecretBinary instanceof Uint8Array) return SecretBinary
  return typeof SecretString === 'string' ? Buffer.from(SecretString, 'utf8') : null
}
