/**
 * AWS as a node sees it: in front of moto, which allows everything, it identifies callers, evaluates the policy of the
 * node's role, answers in the service's own shapes, and can be slow, throttle, or be gone.
 */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { listen, readBody, type ListenOptions } from '../../servers/http-service.ts'
import { containerCredentialsHandler, newContainerAccess, type ContainerAccess } from './container-credentials.ts'
import { createFleet, type Fleet, type Instance } from './instance.ts'
import { metadataHandler } from './metadata.ts'
import type { Moto } from './moto.ts'
import { checkPolicy, type PolicyDocument } from './policy.ts'
import { answerSecrets } from './secrets-manager.ts'
import { refuse, type AwsAnswer } from './answer.ts'
import { isSigned, readSignature } from './signature-v4.ts'
import { answerIdentity } from './security-token-service.ts'

export interface AwsFrontOptions extends ListenOptions {
  moto: Moto
  /** The name of the nodes' role. */
  role: string
  policy: PolicyDocument
}

export interface AwsRequest {
  readonly time: Date
  /** `secretsmanager:GetSecretValue`. */
  readonly action: string
  readonly secretId: string | null
  readonly region: string
  /** The caller's ARN; null when AWS does not know the credentials. */
  readonly principal: string | null
  readonly status: number
  /** The error type, if it was an error. */
  readonly error: string | null
}

export interface AwsFaults {
  /** The next n requests are throttled. */
  throttle: number
  /** The next n requests fail inside the service. */
  failing: number
  /** Every connection is closed without an answer. */
  down: boolean
  /** Requests are accepted and never answered. */
  hanging: boolean
  delayMs: number
}

export interface AwsFront extends AsyncDisposable {
  /** For `AWS_ENDPOINT_URL`. */
  readonly endpoint: string
  /** For `AWS_EC2_METADATA_SERVICE_ENDPOINT`; plain http, like the real one. */
  readonly metadataEndpoint: string
  readonly account: string
  readonly region: string
  /** The environment of a program that runs on a node with this role. */
  readonly nodeEnv: Record<string, string>
  readonly requests: readonly AwsRequest[]
  readonly faults: AwsFaults
  /** The environment of an ECS or EKS container on a node with this role: it has no metadata service. */
  readonly podEnv: Record<string, string>
  /** Where containers find their credentials, and with what: a machine must serve it at the link-local addresses of ECS and EKS. */
  readonly containers: ContainerAccess & { readonly host: string; readonly port: number }
  readonly setPolicy: (policy: PolicyDocument) => void
  /** A secret's policy, by the secret's ARN; null removes it. */
  readonly setSecretPolicy: (secretArn: string, policy: PolicyDocument | null) => void
  /** A key's policy, by the key's ARN; null: the AWS default for a new key. */
  readonly setKeyPolicy: (keyArn: string, policy: PolicyDocument | null) => void
  readonly stop: () => Promise<void>
}

export async function startAwsFront(options: AwsFrontOptions): Promise<AwsFront> {
  const { moto, role } = options
  let { policy } = options
  checkPolicy(policy)
  const ofSecret = new Map<string, PolicyDocument>()
  const ofKey = new Map<string, PolicyDocument>()
  const fleet = createFleet({ account: moto.account, region: moto.region, role })
  const requests: AwsRequest[] = []
  const faults: AwsFaults = { throttle: 0, failing: 0, down: false, hanging: false, delayMs: 0 }

  const decide = async (question: AwsQuestion): Promise<AwsAnswer> => {
    if (faults.throttle > 0) {
      faults.throttle -= 1
      return refuse(400, 'ThrottlingException', 'Rate exceeded')
    }
    if (faults.failing > 0) {
      faults.failing -= 1
      return refuse(500, 'InternalServiceError', 'An error occurred on the server side.')
    }
    const { caller, action } = question
    if (caller === null)
      return refuse(400, 'UnrecognizedClientException', 'The security token included in the request is invalid.')
    if (action === 'sts:GetCallerIdentity') return answerIdentity({ ...caller, account: moto.account })
    if (action.startsWith('secretsmanager:'))
      return answerSecrets({ ...question, caller }, { moto, policies: { role, identity: policy, ofSecret, ofKey } })
    return refuse(403, 'AccessDeniedException', `User: ${caller.arn} is not authorized to perform: ${action}`)
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (faults.down) {
      request.socket.destroy()
      return
    }
    const question = await readQuestion(request, fleet)
    if (faults.delayMs > 0) await sleep(faults.delayMs)
    if (faults.hanging) return
    const answer = await decide(question)
    const { action, secretId, region, caller } = question
    const { status, error } = answer
    requests.push({ time: new Date(), action, secretId, region, principal: caller?.arn ?? null, status, error })
    response
      .writeHead(status, { 'content-type': answer.contentType, 'x-amzn-requestid': randomUUID() })
      .end(answer.body)
  }

  const service = await listen(handle, options)
  const metadata = await listen(metadataHandler(fleet), { host: options.host })
  const access = newContainerAccess()
  const containers = await listen(containerCredentialsHandler(fleet, access), { host: options.host })
  const stop = async (): Promise<void> => {
    await Promise.all([service.stop(), metadata.stop(), containers.stop()])
  }
  return {
    endpoint: service.origin,
    metadataEndpoint: metadata.origin,
    account: moto.account,
    region: moto.region,
    nodeEnv: {
      AWS_ENDPOINT_URL: service.origin,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.origin,
      AWS_REGION: moto.region,
    },
    podEnv: {
      AWS_ENDPOINT_URL: service.origin,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${containers.origin}${access.podPath}`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: access.podToken,
      AWS_REGION: moto.region,
    },
    containers: { ...access, host: options.host ?? '127.0.0.1', port: containers.port },
    requests,
    faults,
    setPolicy(next) {
      checkPolicy(next)
      policy = next
    },
    setSecretPolicy: (arn, next) => putPolicy(ofSecret, arn, next),
    setKeyPolicy: (arn, next) => putPolicy(ofKey, arn, next),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function putPolicy(policies: Map<string, PolicyDocument>, arn: string, policy: PolicyDocument | null): void {
  if (policy === null) {
    policies.delete(arn)
    return
  }
  checkPolicy(policy)
  policies.set(arn, policy)
}

export interface AwsQuestion {
  action: string
  secretId: string | null
  region: string
  /** Null when the credentials belong to no caller. */
  caller: Instance | null
  body: Buffer
}

async function readQuestion(request: IncomingMessage, fleet: Fleet): Promise<AwsQuestion> {
  const body = await readBody(request, 1024 * 1024)
  const { method = '', url = '/', headers } = request
  const signature = readSignature(headers)
  const owner = fleet.ofAccessKey(signature?.accessKeyId ?? '')
  const genuine =
    signature !== null &&
    owner !== undefined &&
    headers['x-amz-security-token'] === owner.credentials.token &&
    isSigned({ method, url, headers, body }, signature, owner.credentials.secretAccessKey)
  const target = String(request.headers['x-amz-target'] ?? '')
    .split('.')
    .at(-1)
  const form = new URLSearchParams(body.toString('utf8'))
  const name = target === undefined || target === '' ? form.get('Action') : target
  return {
    action: `${signature?.service ?? 'unknown'}:${name ?? 'unknown'}`,
    secretId: secretIdOf(body),
    region: signature?.region ?? '',
    caller: genuine ? owner : null,
    body,
  }
}

function secretIdOf(body: Buffer): string | null {
  try {
    const { SecretId } = JSON.parse(body.toString('utf8')) as { SecretId?: unknown }
    return typeof SecretId === 'string' ? SecretId : null
  } catch {
    return null
  }
}
