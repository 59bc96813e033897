/** AWS Secrets Manager by its protocol: each kind of refusal has its own code, and no text from the service is passed on. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { parseSecretReference, type AwsSecretReference, type SecretReference } from '@fairlead/contract/names'
import { Problem } from '@fairlead/contract/problems'
import { newFolder, startConnectProxy } from '@fairlead/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { awsNodeIdentity } from './identity.ts'
import { awsSecretReader } from './secrets-manager.ts'
import { directConnection } from '../secret-manager-connection.ts'
import { describeSecretReader } from '../secret-reader.conformance.ts'

const signal = new AbortController().signal
const context = { partition: 'aws', region: 'eu-central-1', accountId: '123456789012' } as const
const reference = (text: string) => parseSecretReference('aws', text, context)
const document = JSON.stringify({ username: 'u', password: 'p', server: 'registry.example.com' })
const canary = 'canary-in-the-error-text'
const caller = 'arn:aws:sts::123456789012:assumed-role/nodes/i-1'

const identityAnswer = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
  <Arn>${caller}</Arn><UserId>AROA:i-1</UserId><Account>123456789012</Account>
  </GetCallerIdentityResult></GetCallerIdentityResponse>`
/** More than any answer of AWS has. */
const tooMuch = Array.from({ length: 64 }, () => ' '.repeat(64 * 1024))

interface Stored {
  value: string | Uint8Array
  version: number
  /** The service's name for it, if it differs from the requested one. */
  is?: { ARN: string; Name: string }
}

/** Implements as much of the service's JSON protocol as a reader needs. */
class FakeAws {
  readonly secrets = new Map<string, Stored>()
  readonly asked: { secretId: string; authorization: string }[] = []
  /** How many answers stop in the middle of their body. */
  stalls = 0
  refuse: { status: number; type: string; times: number; message?: string } | null = null
  /** Sent as they are, in place of an answer. */
  odd: readonly string[] | null = null
  /** The same, in place of STS's answer. */
  oddSts: readonly string[] | null = null
  readonly server: Server = createServer((request, response) => {
    void this.#answer(request, response)
  })

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const piece of request.setEncoding('utf8')) body += String(piece)
    const send = (status: number, answer: object) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer))
    if (request.url === '/latest/meta-data/placement/region') return void response.end('ap-south-1')
    if (request.url?.startsWith('/latest/')) return void response.end('token')
    if (this.oddSts && body.includes('Action=')) {
      response.writeHead(200, { 'content-type': 'text/xml' })
      for (const piece of this.oddSts) response.write(piece)
      return void response.end()
    }
    if (body.includes('Action=GetCallerIdentity')) {
      response.writeHead(200, { 'content-type': 'text/xml' }).end(identityAnswer)
      return
    }
    const { SecretId = '' } = JSON.parse(body) as { SecretId?: string }
    this.asked.push({ secretId: SecretId, authorization: request.headers.authorization ?? '' })
    if (this.stalls > 0) {
      this.stalls -= 1
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', 'content-length': 500 }).write('{')
      return
    }
    if (this.odd) {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
      for (const piece of this.odd) response.write(piece)
      return void response.end()
    }
    if (this.refuse && this.refuse.times-- > 0) {
      const message = this.refuse.message ?? canary
      send(this.refuse.status, { __type: this.refuse.type, message, Message: message })
      return
    }
    const stored = this.secrets.get(SecretId)
    if (!stored) {
      send(400, { __type: 'ResourceNotFoundException', Message: canary })
      return
    }
    const { value } = stored
    const content =
      typeof value === 'string' ? { SecretString: value } : { SecretBinary: Buffer.from(value).toString('base64') }
    send(200, {
      ...content,
      ...(stored.is ?? { ARN: SecretId, Name: SecretId }),
      VersionId: `version-000000000000000000000000${stored.version}`,
    })
  }
}

const aws = new FakeAws()

beforeAll(async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  aws.server.listen(0, '127.0.0.1', resolve)
  await promise
})
afterAll(() => {
  // Files share a process: the next one has its own environment.
  vi.unstubAllEnvs()
  aws.server.closeAllConnections()
  aws.server.close()
})
beforeEach(() => {
  aws.refuse = null
  aws.odd = null
  aws.oddSts = null
  setEnvironment()
})

function setEnvironment(): void {
  vi.unstubAllEnvs()
  vi.stubEnv('AWS_ENDPOINT_URL', aws.url)
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example')
  vi.stubEnv('AWS_REGION', 'eu-central-1')
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
  vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent')
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent')
}

describeSecretReader('AWS Secrets Manager by its protocol', async () => {
  setEnvironment()
  return {
    reader: awsSecretReader({ connection: directConnection, region: 'eu-central-1' }),
    put: async (name, value) => {
      aws.secrets.set(name, { value, version: (aws.secrets.get(name)?.version ?? 0) + 1 })
      return reference(name)
    },
    missing: () => reference('nowhere'),
    [Symbol.asyncDispose]: async () => {},
  }
})

async function refusalOf(text: string, attempts = 1): Promise<Problem> {
  const error = await awsSecretReader({ connection: directConnection, region: 'eu-central-1', attempts })
    .read(reference(text), { signal })
    .catch((error: unknown) => error)
  if (error instanceof Problem) return error
  throw new Error('no problem was thrown', { cause: error })
}

describe('the AWS reader', () => {
  const named = '"ARN":"odd","Name":"odd"'

  test.each([
    ['no JSON', ['<html>log in</html>']],
    ['JSON cut short', [`{${named},"Sec`]],
    ['null', ['null']],
    ['no name', [JSON.stringify({ SecretString: document })]],
    ['no secret', [`{${named}}`]],
    ['a number in place of the secret', [`{${named},"SecretString":5}`]],
    ['an object in place of the secret', [`{${named},"SecretString":{"username":"u"}}`]],
    ['bytes that are not base64', [`{${named},"SecretBinary":"!!!"}`]],
    ['more than any secret', tooMuch],
  ])('S9: does not use an answer of %s', async (_what, pieces) => {
    aws.odd = pieces
    expect((await refusalOf('odd')).code).toBe('SECRET_ANSWER_UNUSABLE')
  })

  test('R5: asks again for an answer that stopped midway', async () => {
    aws.secrets.set('stalled', { value: document, version: 1 })
    aws.stalls = 1
    const before = aws.asked.length
    const impatient = { connection: directConnection, region: 'eu-central-1', silenceMs: 500 }
    const read = await awsSecretReader(impatient).read(reference('stalled'), { signal })
    expect(read.version).toMatch(/1$/)
    expect(aws.asked.length - before).toBe(2)
  })

  test.each([
    [400, 'ResourceNotFoundException', 'SECRET_NOT_FOUND'],
    [400, 'AccessDeniedException', 'SECRET_ACCESS_DENIED'],
    [400, 'DecryptionFailure', 'SECRET_DECRYPT_DENIED'],
    [400, 'InvalidRequestException', 'SECRET_UNAVAILABLE'],
    [400, 'ThrottlingException', 'SECRET_MANAGER_THROTTLED'],
    [400, 'UnrecognizedClientException', 'NODE_CREDENTIALS_UNKNOWN'],
    [403, 'InvalidSignatureException', 'NODE_SIGNATURE_REJECTED'],
    [400, 'ExpiredTokenException', 'NODE_CREDENTIALS_EXPIRED'],
    [400, 'InvalidParameterException', 'SECRET_MANAGER_FAILED'],
    [500, 'InternalServiceError', 'SECRET_MANAGER_FAILED'],
    [503, 'ServiceUnavailable', 'SECRET_MANAGER_FAILED'],
    [429, 'Whatever', 'SECRET_MANAGER_THROTTLED'],
  ] as const)('reports %i %s as %s, without the text from AWS', async (status, type, code) => {
    aws.refuse = { status, type, times: 9 }
    const found = await refusalOf('ml-registry')
    expect(found.code).toBe(code)
    expect(inspect(found, { depth: null, showHidden: true })).not.toContain(canary)
  })

  // The service's own body is `{"__type":"AccessDeniedException","Message":"Access to KMS is not allowed"}`.
  test.each([
    ['Access to KMS is not allowed', 'SECRET_DECRYPT_DENIED'],
    [`User: ${caller} is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:x`, 'SECRET_DECRYPT_DENIED'],
    [`User: ${caller} is not authorized to perform: secretsmanager:GetSecretValue on: kms:a`, 'SECRET_ACCESS_DENIED'],
    [`User: is not authorized to perform: kms: Access to KMS is not allowed`, 'SECRET_ACCESS_DENIED'],
    ['', 'SECRET_ACCESS_DENIED'],
  ])('distinguishes a refused key from a refused secret: %s', async (message, code) => {
    aws.refuse = { status: 400, type: 'AccessDeniedException', times: 9, message }
    expect((await refusalOf('ml-registry')).code).toBe(code)
  })

  test('names the refused identity, as far as the node knows it: it must be given the right', async () => {
    aws.refuse = { status: 400, type: 'AccessDeniedException', times: 9 }
    const node = { region: 'eu-central-1', accountId: '123456789012', role: 'nodes' }
    const refused = await awsSecretReader({ connection: directConnection, ...node })
      .read(reference('ml-registry'), { signal })
      .catch((error: unknown) => error)
    expect(refused).toMatchObject({
      facts: {
        provider: 'aws',
        reference: 'ml-registry',
        region: 'eu-central-1',
        account: '123456789012',
        role: 'nodes',
      },
      fix: expect.stringContaining('secret:ml-registry-??????"') as string,
    })
    expect((await refusalOf('ml-registry')).fix).toMatch(/^Give the nodes' role the right/)
  })

  test('R5: retries a throttled read, with three attempts at most', async () => {
    aws.secrets.set('busy', { value: document, version: 1 })
    aws.refuse = { status: 400, type: 'ThrottlingException', times: 1 }
    const before = aws.asked.length
    await awsSecretReader({ connection: directConnection, region: 'eu-central-1' }).read(reference('busy'), { signal })
    expect(aws.asked.length - before).toBe(2)
    aws.refuse = { status: 400, type: 'ThrottlingException', times: 99 }
    await refusalOf('busy', 3)
    expect(aws.asked.length - before).toBe(5)
  })

  test('R5: retries a read as before after many that failed', async () => {
    aws.secrets.set('back', { value: document, version: 1 })
    const reader = awsSecretReader({ connection: directConnection, region: 'eu-central-1' })
    const read = () => reader.read(reference('back'), { signal })
    aws.refuse = { status: 503, type: 'ServiceUnavailable', times: Number.POSITIVE_INFINITY }
    const failed = await Promise.allSettled(Array.from({ length: 60 }, read))
    expect(failed.filter(({ status }) => status === 'fulfilled')).toEqual([])
    aws.refuse = { status: 503, type: 'ServiceUnavailable', times: 1 }
    expect((await read()).version).toMatch(/1$/)
  })

  test('reports a missing route to the service', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1')
    expect(await refusalOf('ml-registry')).toMatchObject({
      code: 'SECRET_MANAGER_UNREACHABLE',
      facts: { region: 'eu-central-1' },
    })
  })

  test.each(['https://127.0.0.1:1', 'https://vpce-0a.secretsmanager.invalid'])(
    'reports a VPC endpoint that nothing leads to, or that has no name: %s',
    async (endpoint) => {
      vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', endpoint)
      expect((await refusalOf('ml-registry')).code).toBe('SECRET_MANAGER_UNREACHABLE')
    },
  )

  // An address at which this very server would receive the request.
  const plain = () => aws.url.replace('127.0.0.1', '0.0.0.0')

  test.each(['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_SECRETS_MANAGER'])(
    'S2: requests no secret over plain http off loopback, by %s',
    async (variable) => {
      aws.secrets.set('ml-registry', { value: document, version: 1 })
      const before = aws.asked.length
      vi.stubEnv(variable, plain())
      const read = awsSecretReader({ connection: directConnection, region: 'eu-central-1' }).read(
        reference('ml-registry'),
        { signal },
      )
      const refused = { code: 'SECRET_MANAGER_PLAIN_HTTP', who: 'node-owner', facts: { host: '0.0.0.0' } }
      await expect(read).rejects.toMatchObject(refused)
      expect(aws.asked.length).toBe(before)
    },
  )

  test.each([
    ['endpoint_url of its profile', () => `[default]\nendpoint_url = ${plain()}\n`],
    [
      'the services of its profile',
      () => `[default]\nservices = own\n[services own]\nsecrets_manager =\n  endpoint_url = ${plain()}\n`,
    ],
  ])('S2: nor by %s', async (_, content) => {
    const file = join(newFolder('aws-config'), 'config')
    await writeFile(file, content())
    vi.stubEnv('AWS_ENDPOINT_URL', undefined)
    vi.stubEnv('AWS_CONFIG_FILE', file)
    expect((await refusalOf('ml-registry')).code).toBe('SECRET_MANAGER_PLAIN_HTTP')
  })

  test('reports a node without an identity', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined)
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined)
    expect((await refusalOf('ml-registry')).code).toBe('NODE_IDENTITY_MISSING')
  })

  test('requests an ARN in its own region, as written', async () => {
    const arn = 'arn:aws:secretsmanager:us-east-1:999999999999:secret:team/registry-AbCdEf'
    aws.secrets.set(arn, { value: document, version: 1 })
    await awsSecretReader({ connection: directConnection, region: 'eu-central-1' }).read(reference(arn), { signal })
    expect(aws.asked.at(-1)?.secretId).toBe(arn)
    expect(aws.asked.at(-1)?.authorization).toContain('/us-east-1/secretsmanager/')
  })

  test('S13: rejects an ARN that the service takes for the beginning of another one', async () => {
    // A grant for `team/registry` covers `…:team/registry-backup` as its full ARN; the service also finds the secret `team/registry-backup`.
    const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:team/registry-backup'
    aws.secrets.set(arn, {
      value: document,
      version: 1,
      is: { ARN: `${arn}-AbCdEf`, Name: 'team/registry-backup' },
    })
    expect((await refusalOf(arn)).code).toBe('SECRET_NOT_FOUND')
  })

  test('S13: rejects a name that the service takes for another one', async () => {
    const is = { ARN: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:team/other-AbCdEf', Name: 'team/other' }
    aws.secrets.set('team/one', { value: document, version: 1, is })
    expect((await refusalOf('team/one')).code).toBe('SECRET_NOT_FOUND')
  })
})

test.each([
  ['eu-central-1', 'secretsmanager.eu-central-1.amazonaws.com'],
  ['cn-north-1', 'secretsmanager.cn-north-1.amazonaws.com.cn'],
  ['cn-northwest-1', 'secretsmanager.cn-northwest-1.amazonaws.com.cn'],
  ['us-gov-west-1', 'secretsmanager.us-gov-west-1.amazonaws.com'],
])('S21: in %s, the service is asked at %s, as in the table of AWS', async (region, host) => {
  // A proxy that opens no tunnel shows where one was requested.
  await using proxy = await startConnectProxy({ places: {} })
  vi.stubEnv('AWS_ENDPOINT_URL', undefined)
  const connection = { proxy: new URL(proxy.url), ca: null }
  const refused = await awsSecretReader({ connection, region, attempts: 1 })
    .read(parseSecretReference('aws', 'ml-registry', { region }), { signal })
    .catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: 'SECRET_MANAGER_UNREACHABLE' })
  expect(proxy.asked).toEqual([`CONNECT ${host}:443 403`])
})

describe('S21: the region that becomes a host', () => {
  const read = (found: SecretReference, region = 'eu-central-1') =>
    awsSecretReader({ connection: directConnection, region })
      .read(found, { signal })
      .then(
        () => 'read',
        (error: unknown) => (error as { code?: string }).code,
      )

  test('is the node’s own for a bare name, even one read before the node knew its region', async () => {
    aws.secrets.set('early', { value: document, version: 1 })
    expect(await read(parseSecretReference('aws', 'early', {}), 'cn-north-1')).toBe('read')
    expect(aws.asked.at(-1)?.authorization).toContain('/cn-north-1/secretsmanager/')
  })

  test('is never outside the table, nor in another partition', async () => {
    aws.secrets.set('early', { value: document, version: 1 })
    const own = reference('early') as AwsSecretReference
    expect(await read({ ...own, region: 'evil.example.com#' })).toBe('DESIRED_STATE_REFUSED')
    expect(await read({ ...own, region: 'cn-north-1' })).toBe('DESIRED_STATE_REFUSED')
    expect(await read(own, 'x')).toBe('read')
    expect(await read({ ...own, region: null }, 'x')).toBe('DESIRED_STATE_REFUSED')
  })
})

describe('S21: the identity of the node', () => {
  test('takes its account from STS and its region from the environment', async () => {
    expect(await awsNodeIdentity(directConnection, signal)).toEqual({
      partition: 'aws',
      region: 'eu-central-1',
      accountId: '123456789012',
      role: 'nodes',
    })
  })

  test.each([
    ['no XML', ['{}<']],
    ['XML cut short', [identityAnswer.slice(0, -40)]],
    ['more than any identity', [identityAnswer, ...tooMuch]],
  ])('S9: is not taken from an answer of %s', async (_what, pieces) => {
    aws.oddSts = pieces
    await expect(awsNodeIdentity(directConnection, signal)).rejects.toMatchObject({ code: 'NODE_IDENTITY_UNAVAILABLE' })
  })

  test('S9: nor are credentials for a web identity taken from an answer of more than any has', async () => {
    const file = join(newFolder('web-identity'), 'token')
    await writeFile(file, 'a-token')
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined)
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined)
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', file)
    vi.stubEnv('AWS_ROLE_ARN', 'arn:aws:iam::123456789012:role/nodes')
    const given = `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>
      <AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
      <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>
      </AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`
    aws.secrets.set('by-pod', { value: document, version: 1 })
    const read = () =>
      awsSecretReader({ connection: directConnection, region: 'eu-central-1' }).read(reference('by-pod'), { signal })
    aws.oddSts = [given]
    expect((await read()).version).toMatch(/1$/)
    aws.oddSts = [given, ...tooMuch]
    await expect(read()).rejects.toMatchObject({ code: 'NODE_IDENTITY_UNAVAILABLE' })
  })

  test('takes the region from the metadata service if the environment has none', async () => {
    vi.stubEnv('AWS_REGION', undefined)
    vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', aws.url)
    expect(await awsNodeIdentity(directConnection, signal)).toMatchObject({ region: 'ap-south-1' })
  })

  test('S2: does not ask STS over plain http off loopback', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_STS', aws.url.replace('127.0.0.1', '0.0.0.0'))
    await expect(awsNodeIdentity(directConnection, signal)).rejects.toMatchObject({ code: 'SECRET_MANAGER_PLAIN_HTTP' })
  })

  test('S2: does not ask a metadata service off its own network, either for its region or for its keys', async () => {
    vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', aws.url.replace('127.0.0.1', '0.0.0.0'))
    vi.stubEnv('AWS_REGION', undefined)
    const refused = { code: 'METADATA_ADDRESS_REFUSED', who: 'node-owner' }
    await expect(awsNodeIdentity(directConnection, signal)).rejects.toMatchObject(refused)
    vi.stubEnv('AWS_REGION', 'eu-central-1')
    await expect(awsNodeIdentity(directConnection, signal)).rejects.toMatchObject(refused)
  })

  test('does not accept a region outside the table', async () => {
    vi.stubEnv('AWS_REGION', 'evil.example.com#')
    await expect(awsNodeIdentity(directConnection, signal)).rejects.toMatchObject({ code: 'NODE_REGION_MISSING' })
  })
})
