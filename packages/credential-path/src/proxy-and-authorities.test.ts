/**
 * A node behind a company proxy, where registry, realm and secret manager each use a private authority: one policy file is enough for the
 * whole path (S15), and the environment has no influence.
 */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseImageReference, parseSecretReference } from '@fairlead/contract/names'
import {
  basicLogin,
  createCa,
  listen,
  readBody,
  startConnectProxy,
  type ConnectProxy,
  type HttpService,
  type TestCa,
} from '@fairlead/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { bindTo } from './match/bind-to.ts'
import { openNodePlace } from './secret/node-location.ts'
import type { NodePolicy } from './policy/node-policy.ts'
import { parseNodePolicy } from './policy/read-node-policy.ts'
import { openRegistryClient } from './registry/registry-client.ts'
import { sampleImage } from './testing/scripted-registry.ts'
import { secretManagerConnection } from './secret/secret-manager-connection.ts'

const region = 'eu-central-1'
const places = {
  secrets: `secretsmanager.${region}.amazonaws.com`,
  sts: `sts.${region}.amazonaws.com`,
  registry: 'registry.example.com',
  realm: 'auth.example.com',
}
const names = Object.values(places).map((host) => `${host}:443`)
const image = parseImageReference(`${places.registry}/team/app:v1`)
const login = { username: 'robot', password: 'p' }
const { signal } = new AbortController()

let cas: { cloud: TestCa; registry: TestCa; realm: TestCa }
let folder: string
let metadataAsked: string[]
const parts = new AsyncDisposableStack()
let metadata: HttpService
let ports: number[]
let proxy: ConnectProxy

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-proxy-'))
  const [cloud, registry, realm] = await Promise.all([createCa(), createCa(), createCa()])
  cas = { cloud, registry, realm }
  metadata = parts.use(await listen(answerMetadata))
  const services = [
    parts.use(await listen(answerSecrets, { tls: cloud, name: places.secrets })),
    parts.use(await listen(answerSts, { tls: cloud, name: places.sts })),
    parts.use(await listen(answerRegistry, { tls: registry, name: places.registry })),
    parts.use(await listen(answerRealm, { tls: realm, name: places.realm })),
  ]
  ports = services.map(({ port }) => port)
})
afterAll(async () => {
  await parts.disposeAsync()
  await rm(folder, { recursive: true })
})

beforeEach(async () => {
  metadataAsked = []
  proxy = await startConnectProxy({ places: placesOf(), login: { username: 'node', password: 'p:x@y' } })
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE', 'AWS_REGION']) {
    vi.stubEnv(name, undefined)
  }
  vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent')
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent')
  vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', metadata.origin)
  // Nothing listens there, and `*` would exempt every host: honouring either one fails.
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY']) vi.stubEnv(name, 'http://127.0.0.1:1')
  vi.stubEnv('NO_PROXY', '*')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await proxy[Symbol.asyncDispose]()
})

const placesOf = () => Object.fromEntries(names.map((name, index) => [name, ports[index] ?? 0]))

function policyWith(change: Record<string, unknown> = {}): NodePolicy {
  const text = JSON.stringify({
    proxy: proxy.url,
    secret_manager_ca: cas.cloud.caFile,
    registry_ca: { [places.registry]: cas.registry.caFile, [places.realm]: cas.realm.caFile },
    trusted_realms: [{ registry: places.registry, realm: `https://${places.realm}/token` }],
    ...change,
  })
  return parseNodePolicy(text, 'policy.yaml')
}

/** The path of a pull up to the config; returns the outcome. */
async function walk(policy: NodePolicy): Promise<string> {
  await using registry = openRegistryClient(policy, { retry: { tries: 1, pauseMs: 1, patienceMs: 1 } })
  try {
    const node = openNodePlace('aws', '', secretManagerConnection(policy))
    const found = await node.secrets.read(parseSecretReference('aws', 'team/registry', {}), { signal })
    const order = {
      image,
      login: bindTo(image, found.login),
      digest: null,
      platform: { os: 'linux', arch: 'amd64', variant: null },
    }
    const ticket = await registry.admit(order, { onStep: () => {} }, signal)
    await ticket.imageConfig
    return 'admitted'
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

describe('S15: a proxy and private authorities in the file of the node', () => {
  test('apply to the secret manager, the registry and its realm, and to nothing else', async () => {
    expect(await walk(policyWith())).toBe('admitted')
    expect(new Set(proxy.asked)).toEqual(new Set(names.map((name) => `CONNECT ${name} 200`)))
  })

  test('are bypassed for the metadata service of the machine', async () => {
    expect(await walk(policyWith())).toBe('admitted')
    expect(metadataAsked).toContain('/latest/meta-data/iam/security-credentials/node-role')
  })

  test('do not reach the secret manager through a proxy that does not know the node', async () => {
    expect(await walk(policyWith({ proxy: proxy.url.replace(/\/\/.*@/, '//') }))).toBe('SECRET_MANAGER_UNREACHABLE')
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${places.sts}:443 407`]))
  })

  test.each([
    ['the secret manager', { secret_manager_ca: 'registry' }, 'SECRET_MANAGER_TLS'],
    ['the registry', { registry_ca: { registry: 'cloud', realm: 'realm' } }, 'REGISTRY_TLS'],
    ['the realm', { registry_ca: { registry: 'registry', realm: 'cloud' } }, 'REGISTRY_TLS'],
  ] as const)('do not let the authority of another place verify %s', async (_, change, code) => {
    const wrong =
      'secret_manager_ca' in change
        ? { secret_manager_ca: cas[change.secret_manager_ca].caFile }
        : {
            registry_ca: {
              [places.registry]: cas[change.registry_ca.registry].caFile,
              [places.realm]: cas[change.registry_ca.realm].caFile,
            },
          }
    expect(await walk(policyWith(wrong))).toBe(code)
  })

  test('leave the system’s authorities in force if absent', async () => {
    expect(await walk(policyWith({ secret_manager_ca: null }))).toBe('SECRET_MANAGER_TLS')
  })

  test('S2: do not verify a secret manager by a file of authorities that others can write', async () => {
    const open = join(folder, 'open.pem')
    await writeFile(open, cas.cloud.caPem)
    await chmod(open, 0o666)
    expect(() => secretManagerConnection(policyWith({ secret_manager_ca: open }))).toThrow(
      expect.objectContaining({ code: 'POLICY_UNSAFE', facts: { path: open } }),
    )
  })

  test('are reported by their name in the policy if the file of authorities is missing', async () => {
    const missing = join(folder, 'nowhere.pem')
    expect(() => secretManagerConnection(policyWith({ secret_manager_ca: missing }))).toThrow(
      expect.objectContaining({
        code: 'POLICY_INVALID',
        facts: expect.objectContaining({ path: 'secret_manager_ca' }),
      }),
    )
  })
})

function send(response: ServerResponse, type: string, body: string | object): void {
  response.writeHead(200, { 'content-type': type }).end(typeof body === 'string' ? body : JSON.stringify(body))
}

function answerMetadata({ url = '' }: IncomingMessage, response: ServerResponse): void {
  metadataAsked.push(url)
  const credentials = { Code: 'Success', AccessKeyId: 'ASIAEXAMPLE', SecretAccessKey: 'x', Token: 't' }
  const answers: Record<string, string> = {
    '/latest/api/token': 'token',
    '/latest/meta-data/placement/region': region,
    '/latest/meta-data/iam/security-credentials/': 'node-role',
    '/latest/meta-data/iam/security-credentials/node-role': JSON.stringify({
      ...credentials,
      Expiration: new Date(Date.now() + 3_600_000).toISOString(),
    }),
  }
  send(response, 'text/plain', answers[url] ?? '')
}

function answerSts(_: IncomingMessage, response: ServerResponse): void {
  send(
    response,
    'text/xml',
    `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
    <Arn>arn:aws:sts::123456789012:assumed-role/node-role/i-1</Arn><UserId>AROA:i-1</UserId><Account>123456789012</Account>
    </GetCallerIdentityResult></GetCallerIdentityResponse>`,
  )
}

async function answerSecrets(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { SecretId } = JSON.parse((await readBody(request)).toString()) as { SecretId: string }
  const document = JSON.stringify({ ...login, server: places.registry })
  send(response, 'application/x-amz-json-1.1', { Name: SecretId, SecretString: document, VersionId: 'v1' })
}

function answerRegistry({ url, headers }: IncomingMessage, response: ServerResponse): void {
  if (headers.authorization !== 'Bearer right') {
    const challenge = `Bearer realm="https://${places.realm}/token",service="registry"`
    response.writeHead(401, { 'www-authenticate': challenge }).end()
    return
  }
  const { manifest, config, mediaType } = sampleImage()
  if (url?.includes('/blobs/')) send(response, 'application/octet-stream', config.toString())
  else send(response, mediaType, manifest.toString())
}

function answerRealm({ headers }: IncomingMessage, response: ServerResponse): void {
  const given = basicLogin(headers.authorization)
  const right = given?.username === login.username && given.password === login.password
  send(response, 'application/json', { token: right ? 'right' : 'wrong' })
}
