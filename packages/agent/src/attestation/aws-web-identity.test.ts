/**
 * An EKS pod that gets its role from a token of its cluster (IRSA). Every caller that needs keys asks STS through the proxy and the authority of the
 * owner's file: the secret reader, the node when it learns its identity, and the join (S15).
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseSecretReference } from '@fairlead/contract/names'
import {
  createCa,
  listen,
  readBody,
  startConnectProxy,
  startSecurityTokenService,
  type ConnectProxy,
  type SecurityTokenService,
} from '@fairlead/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { awsMachineProof } from './aws-machine-proof.ts'
import { awsNodeIdentity } from '@fairlead/credential-path/secret/aws/identity'
import { awsSecretReader } from '@fairlead/credential-path/secret/aws/secrets-manager'
import type { SecretManagerConnection } from '@fairlead/credential-path/secret/secret-manager-connection'

const region = 'eu-central-1'
const accountId = '123456789012'
const role = 'ray-nodes'
const hosts = { sts: `sts.${region}.amazonaws.com`, secrets: `secretsmanager.${region}.amazonaws.com` }
const document = JSON.stringify({ username: 'u', password: 'p', server: 'registry.example.com' })
const token = 'a-token-of-the-cluster'
const { signal } = new AbortController()

const parts = new AsyncDisposableStack()
let folder: string
let sts: SecurityTokenService
let proxy: ConnectProxy
let connection: SecretManagerConnection
let readBy: string[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-web-identity-'))
  parts.defer(() => rm(folder, { recursive: true }))
  const ca = await createCa(join(folder, 'ca'))
  sts = parts.use(await startSecurityTokenService({ tls: ca, alsoNames: [hosts.sts] }))
  const secrets = parts.use(await listen(answerSecrets, { tls: ca, name: hosts.secrets }))
  const places = { [`${hosts.sts}:443`]: Number(sts.address.split(':')[1]), [`${hosts.secrets}:443`]: secrets.port }
  proxy = parts.use(await startConnectProxy({ places }))
  connection = { proxy: new URL(proxy.url), ca: ca.caPem }
  const userId = 'AROAEXAMPLEEXAMPLE123:pod'
  sts.trustToken(token, { arn: `arn:aws:sts::${accountId}:assumed-role/${role}/pod`, userId, account: accountId })
})
afterAll(() => parts.disposeAsync())

beforeEach(async () => {
  readBy = []
  proxy.asked.length = 0
  await writeFile(join(folder, 'token'), token)
  for (const name of [
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
    'AWS_PROFILE',
    'AWS_ENDPOINT_URL',
  ])
    vi.stubEnv(name, undefined)
  vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent')
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent')
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
  vi.stubEnv('AWS_REGION', region)
  vi.stubEnv('AWS_ROLE_ARN', `arn:aws:iam::${accountId}:role/${role}`)
  vi.stubEnv('AWS_ROLE_SESSION_NAME', 'pod-7')
  vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', join(folder, 'token'))
  // Nothing listens there, so any connection to it fails.
  vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:1')
})
afterEach(() => {
  sts.answerWith = null
  vi.unstubAllEnvs()
})

async function answerSecrets(request: IncomingMessage, response: ServerResponse): Promise<void> {
  readBy.push(/Credential=(\w+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '')
  const { SecretId } = JSON.parse((await readBody(request)).toString()) as { SecretId: string }
  response
    .writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
    .end(JSON.stringify({ Name: SecretId, SecretString: document, VersionId: 'v1' }))
}

const askers = {
  'the reader of secrets': (by: SecretManagerConnection) =>
    awsSecretReader({ connection: by, region, attempts: 1 }).read(parseSecretReference('aws', 'team/login', {}), {
      signal,
    }),
  'the node that learns what it is': (by: SecretManagerConnection) => awsNodeIdentity(by, signal),
  'the join': (by: SecretManagerConnection) => awsMachineProof('J'.repeat(43), by, signal),
}

describe.each(Object.entries(askers))('%s', (_, ask) => {
  const codeOf = (by: SecretManagerConnection) =>
    ask(by).then(
      () => 'done',
      (error: unknown) => (error as { code?: string }).code ?? String(error),
    )

  test('S15: gets its keys through the proxy and the authority of the owner’s file', async () => {
    expect(await codeOf(connection)).toBe('done')
    expect(proxy.asked[0]).toBe(`CONNECT ${hosts.sts}:443 200`)
  })

  test('S15: gets none if that authority does not vouch for STS, or if the proxy is bypassed', async () => {
    expect(await codeOf({ ...connection, ca: null })).toBe('SECRET_MANAGER_TLS')
    expect(await codeOf({ ...connection, proxy: new URL('http://127.0.0.1:1') })).toBe('SECRET_MANAGER_UNREACHABLE')
  })

  test('has no identity if STS rejects the token or the role is a different one', async () => {
    await writeFile(join(folder, 'token'), 'another')
    expect(await codeOf(connection)).toBe('NODE_IDENTITY_MISSING')
    await writeFile(join(folder, 'token'), token)
    vi.stubEnv('AWS_ROLE_ARN', `arn:aws:iam::${accountId}:role/another`)
    expect(await codeOf(connection)).toBe('NODE_IDENTITY_MISSING')
  })

  test('S2: does not send the token to an STS over plain http off loopback', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_STS', `http://0.0.0.0:${sts.address.split(':')[1]}`)
    expect(await codeOf(connection)).toBe('SECRET_MANAGER_PLAIN_HTTP')
    expect(proxy.asked).toEqual([])
  })

  test('has no identity if the token is missing', async () => {
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', join(folder, 'nowhere'))
    expect(await codeOf(connection)).toBe('NODE_IDENTITY_MISSING')
    expect(proxy.asked).toEqual([])
  })

  test.each([
    ['fails', 503, 'ServiceUnavailable'],
    ['asks to slow down', 400, 'Throttling'],
  ])('reports an STS that %s differently from a refusal and from a secret', async (_does, status, error) => {
    // This checks the final message, not the number of attempts.
    vi.stubEnv('AWS_MAX_ATTEMPTS', '1')
    const body = `<ErrorResponse><Error><Code>${error}</Code><Message>no</Message></Error></ErrorResponse>`
    sts.answerWith = () => ({ status, contentType: 'text/xml', body, error })
    const met = await ask(connection).then(
      () => null,
      (problem: unknown) => problem as { code: string; what: string },
    )
    expect(met?.code).toBe('NODE_IDENTITY_UNAVAILABLE')
    expect(met?.what).toBe(`the cloud's identity service is throttling or failing (${status})`)
  })
})

test('the role is the one in the token, and the same credentials sign a join and read a secret', async () => {
  expect(await awsNodeIdentity(connection, signal)).toEqual({ partition: 'aws', region, accountId, role })
  const { proof } = await awsMachineProof('J'.repeat(43), connection, signal)
  expect(proof).toMatchObject({ region, access_key_id: expect.stringMatching(/^ASIA/) as string })
  await askers['the reader of secrets'](connection)
  expect(readBy).toEqual([expect.stringMatching(/^ASIA/)])
})
