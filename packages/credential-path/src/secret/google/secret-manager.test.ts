/** Google Secret Manager by its published REST definition: the node's identity, what it receives, and what each refusal becomes. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { inspect } from 'node:util'
import { parseSecretReference, type GcpSecretReference } from '@fairlead/contract/names'
import { Problem } from '@fairlead/contract/problems'
import { createCa, newFolder, startGoogle, type Google, type TestCa } from '@fairlead/testkit'
import { answerWithoutEnd } from '@fairlead/testkit/endless-answer'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { crc32c } from './crc32c.ts'
import { openGcpNode } from './identity.ts'
import { gcpSecretReader } from './secret-manager.ts'
import { describeSecretReader } from '../secret-reader.conformance.ts'
import type { SecretManagerConnection } from '../secret-manager-connection.ts'

const signal = new AbortController().signal
const context = { projectId: 'my-project', projectNumber: '123456789012' }
const reference = (text: string) => parseSecretReference('gcp', text, context) as GcpSecretReference
const document = JSON.stringify({ username: 'u', password: 'p', server: 'registry.example.com' })
const canary = 'canary-in-the-error-text'

let ca: TestCa
let google: Google
let connection: SecretManagerConnection
let member: string

beforeAll(async () => {
  ca = await createCa()
  google = await startGoogle({ ca, projects: { 'other-project': '999999999999' } })
  connection = { proxy: new URL(google.proxyUrl), ca: ca.caPem }
  member = `serviceAccount:${google.machine.email}`
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await google.stop()
})
beforeEach(() => {
  vi.unstubAllEnvs()
  vi.stubEnv('GCE_METADATA_HOST', google.metadataHost)
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', undefined)
  vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:1')
  vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:1')
  vi.stubEnv('GOOGLE_SDK_NODE_LOGGING', '*')
  Object.assign(google.faults, { throttle: 0, failing: 0, damaged: 0, down: false, delayMs: 0 })
  Object.assign(google.faults, { denyReason: null, answer: null, foreignMetadata: false })
})

function put(secret: string, content: string | Uint8Array = document, project = 'projects/my-project'): string {
  const name = `${project}/secrets/${secret}`
  google.secrets.add(name, content)
  google.secrets.allow(name, member)
  return name
}

const reader = (attempts = 3) => gcpSecretReader({ connection, own: context, attempts, pauseMs: 1 })

async function read(text: string, attempts = 1) {
  return reader(attempts).read(reference(text), { signal })
}

async function refusalOf(text: string, attempts = 1): Promise<Problem> {
  const error = await read(text, attempts).catch((thrown: unknown) => thrown)
  if (error instanceof Problem) return error
  throw new Error('no problem was thrown', { cause: error })
}

describeSecretReader('Google Secret Manager', async () => {
  vi.stubEnv('GCE_METADATA_HOST', google.metadataHost)
  return {
    reader: reader(),
    put: async (name, content) => {
      put(name, content)
      return reference(name)
    },
    missing: () => reference(`/${put('there')}/versions/99`),
    [Symbol.asyncDispose]: async () => {},
  }
})

test.each([
  'SECRET_MANAGER_EMULATOR_HOST',
  'SECRETMANAGER_EMULATOR_HOST',
  'GOOGLE_CLOUD_UNIVERSE_DOMAIN',
  'CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER',
])('S2: ignores %s and asks Google’s own host, over TLS', async (variable) => {
  vi.stubEnv(variable, `http://${google.metadataHost}/`)
  put('fixed')
  await read('fixed')
  expect(google.requests.at(-1)?.host).toBe('secretmanager.googleapis.com')
})

test('S2: asks no metadata server off the machine’s own network who the node is, nor for a token', async () => {
  put('near')
  // An address at which the very same server would receive the request.
  vi.stubEnv('GCE_METADATA_HOST', google.metadataHost.replace('127.0.0.1', '0.0.0.0'))
  const refused = { code: 'METADATA_ADDRESS_REFUSED', who: 'node-owner' }
  await expect(openGcpNode(connection).identity(signal)).rejects.toMatchObject(refused)
  expect(await refusalOf('near')).toMatchObject(refused)
})

describe('which secret is read', () => {
  test('for a bare name, the newest version in the node’s own project', async () => {
    put('named', 'old')
    put('named')
    expect(await read('named')).toMatchObject({ version: '2' })
    expect(google.requests.at(-1)).toMatchObject({
      host: 'secretmanager.googleapis.com',
      path: '/v1/projects/my-project/secrets/named/versions/latest:access',
      member,
    })
  })

  test('for a full identifier, its project, version or alias; by id or number, with or without the first slash', async () => {
    const name = put('full', document, 'projects/other-project')
    google.secrets.add(name, 'not a login')
    google.secrets.setAlias(name, 'stable', 1)
    for (const text of [
      '/projects/other-project/secrets/full/versions/1',
      'projects/999999999999/secrets/full/versions/1',
      'projects/other-project/secrets/full/versions/stable',
    ]) {
      expect((await read(text)).version).toBe('1')
    }
  })

  test('S21: for a regional secret, at the host of its region, which is in the table', async () => {
    put('regional', document, 'projects/my-project/locations/europe-west3')
    const text = 'projects/my-project/locations/europe-west3/secrets/regional/versions/latest'
    expect((await read(text)).version).toBe('1')
    expect(google.requests.at(-1)?.host).toBe('secretmanager.europe-west3.rep.googleapis.com')
    const elsewhere = { ...reference(text), location: 'evil.example.com/x' }
    await expect(reader().read(elsewhere, { signal })).rejects.toMatchObject({ code: 'DESIRED_STATE_REFUSED' })
  })

  test('S13: but not an answer about another secret, project or version', async () => {
    const name = put('one')
    put('two')
    const payload = { data: Buffer.from(document).toString('base64'), dataCrc32c: crcOf(document) }
    for (const found of [
      'projects/123456789012/secrets/two/versions/1',
      'projects/999999999999/secrets/one/versions/1',
      'projects/123456789012/secrets/one/versions/2',
    ]) {
      google.faults.answer = (response) => void response.end(JSON.stringify({ name: found, payload }))
      expect((await refusalOf(`${name}/versions/1`)).code).toBe('SECRET_NOT_FOUND')
    }
  })
})

function crcOf(text: string): string {
  const answer = google.secrets.access(`${put(`crc-${text.length}`, text)}/versions/latest`, { member }, false)
  return (answer.body as { payload: { dataCrc32c: string } }).payload.dataCrc32c
}

describe('the Google reader', () => {
  test('denies a secret that the account may not read, without revealing whether it exists', async () => {
    google.secrets.deny(put('denied'), member)
    expect([(await refusalOf('denied')).code, (await refusalOf('nowhere')).code]).toEqual([
      'SECRET_ACCESS_DENIED',
      'SECRET_ACCESS_DENIED',
    ])
  })

  test('names the one command that lets this account read a denied secret', async () => {
    google.secrets.deny(put('closed'), member)
    const refused = gcpSecretReader({
      connection,
      own: { ...context, email: 'nodes@my-project.iam.gserviceaccount.com' },
    })
    const { signal } = new AbortController()
    const error: unknown = await refused.read(reference('closed'), { signal }).catch((thrown: unknown) => thrown)
    expect((error as { fix: string }).fix).toMatch(
      /gcloud secrets add-iam-policy-binding closed .*serviceAccount:nodes@my-project\.iam\.gserviceaccount\.com/,
    )
  })

  test.each(['DISABLED', 'DESTROYED'] as const)('reports a version that is %s', async (state) => {
    const name = put(`is-${state.toLowerCase()}`)
    google.secrets.setState(name, 1, state)
    expect((await refusalOf(`${name}/versions/1`)).code).toBe('SECRET_UNAVAILABLE')
  })

  test.each([
    ['SERVICE_DISABLED', 'SECRET_MANAGER_DISABLED'],
    ['ACCESS_TOKEN_SCOPE_INSUFFICIENT', 'NODE_SCOPE_TOO_NARROW'],
    ['IAM_PERMISSION_DENIED', 'SECRET_ACCESS_DENIED'],
  ])('reports the reason %s as %s', async (reason, code) => {
    put('reasons')
    google.faults.denyReason = reason
    expect((await refusalOf('reasons')).code).toBe(code)
  })

  test.each([
    [400, 'INVALID_ARGUMENT', 'SECRET_MANAGER_FAILED'],
    [404, 'NOT_FOUND', 'SECRET_NOT_FOUND'],
    [404, '<html>', 'SECRET_MANAGER_FAILED'],
    [302, 'FOUND', 'SECRET_MANAGER_FAILED'],
    [429, 'RESOURCE_EXHAUSTED', 'SECRET_MANAGER_THROTTLED'],
    [500, 'INTERNAL', 'SECRET_MANAGER_FAILED'],
    [503, 'UNAVAILABLE', 'SECRET_MANAGER_FAILED'],
    [401, 'UNAUTHENTICATED', 'NODE_IDENTITY_MISSING'],
  ] as const)('reports %i %s as %s, without the text from Google', async (status, name, code) => {
    put('words')
    google.faults.answer = (response) =>
      response
        .writeHead(status, { location: 'https://evil.example.com/' })
        .end(JSON.stringify({ error: { code: status, status: name, message: canary, details: [{ x: canary }] } }))
    const found = await refusalOf('words')
    expect(found.code).toBe(code)
    expect(inspect(found, { depth: null, showHidden: true })).not.toMatch(/canary|ya29/)
    expect(google.tunnels.join()).not.toContain('evil')
  })

  test.each(['throttle', 'failing', 'damaged'] as const)(
    'R5: retries if the fault is %s, with three attempts at most',
    async (fault) => {
      put('busy')
      google.faults[fault] = 2
      await read('busy', 3)
      expect(google.faults[fault]).toBe(0)
      google.faults[fault] = 9
      await refusalOf('busy', 3)
      expect(google.faults[fault]).toBe(6)
    },
  )

  test('never takes an answer with a wrong checksum for a login', async () => {
    put('torn')
    google.faults.damaged = 9
    expect((await refusalOf('torn')).code).toBe('SECRET_ANSWER_UNUSABLE')
  })

  test('never takes an answer without a checksum for a login, and reports it as such', async () => {
    put('bare')
    google.faults.answer = (response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          name: 'projects/123456789012/secrets/bare/versions/1',
          payload: { data: Buffer.from('{}').toString('base64') },
        }),
      )
    expect((await refusalOf('bare')).code).toBe('SECRET_ANSWER_UNCHECKED')
  })

  const right = () => {
    const dataCrc32c = String(crc32c(Buffer.from(document)))
    const payload = { data: Buffer.from(document).toString('base64'), dataCrc32c }
    return { name: 'projects/123456789012/secrets/odd/versions/1', payload }
  }

  test.each([
    ['no JSON', '<html>log in</html>'],
    ['nothing', ''],
    ['JSON cut short', () => JSON.stringify(right()).slice(0, -3)],
    ['null', 'null'],
    ['no name', () => JSON.stringify({ payload: right().payload })],
    ['no payload', () => JSON.stringify({ name: right().name })],
    ['a number in place of the secret', () => withData(5)],
    ['an object in place of the secret', () => withData({ username: 'u' })],
    ['bytes that are not base64', () => withData('!!!')],
    [
      'a checksum that is a number',
      () => JSON.stringify({ ...right(), payload: { ...right().payload, dataCrc32c: 5 } }),
    ],
  ])('S9: does not use an answer of %s', async (_what, content) => {
    put('odd')
    google.faults.answer = (response) => void response.end(typeof content === 'string' ? content : content())
    expect((await refusalOf('odd')).code).toBe('SECRET_ANSWER_UNUSABLE')
  })

  const withData = (data: unknown) => JSON.stringify({ ...right(), payload: { ...right().payload, data } })

  test('S9: closes the connection of an answer without end', async () => {
    put('odd')
    const closed = Promise.withResolvers<void>()
    google.faults.answer = (response) => {
      response.once('close', closed.resolve)
      answerWithoutEnd(response)
    }
    expect((await refusalOf('odd')).code).toBe('SECRET_ANSWER_UNUSABLE')
    await closed.promise
  })

  test.each([201, 204, 205, 206, 304, 307])('S9: takes no login from an answer with status %i', async (status) => {
    put('odd')
    google.faults.answer = (response) => response.writeHead(status).end(status === 204 ? '' : JSON.stringify(right()))
    expect((await refusalOf('odd')).code).toMatch(/^SECRET_(ANSWER_UNUSABLE|MANAGER_FAILED)$/)
  })

  test('S9: cuts off an answer that is too long, or comes in an encoding', async () => {
    put('huge')
    const right = JSON.stringify({
      name: 'projects/123456789012/secrets/huge/versions/1',
      payload: { data: Buffer.from(document).toString('base64'), dataCrc32c: String(crc32c(Buffer.from(document))) },
    })
    google.faults.answer = (response) => void response.end(right.padEnd(128 * 1024))
    expect(await read('huge')).toMatchObject({ version: '1' })
    google.faults.answer = (response) => void response.end(right.padEnd(128 * 1024 + 1))
    expect((await refusalOf('huge')).code).toBe('SECRET_ANSWER_UNUSABLE')
    google.faults.answer = (response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1024)))
    expect((await refusalOf('huge')).code).toBe('SECRET_ANSWER_UNUSABLE')
  })

  test('takes an answer in another protocol for none', async () => {
    put('other')
    google.faults.answer = (response) =>
      response.writeHead(101, { connection: 'upgrade', upgrade: 'other' }).end(JSON.stringify({ name: 'other' }))
    expect((await refusalOf('other')).code).toBe('SECRET_MANAGER_UNREACHABLE')
  })

  test('leaves nothing behind at a connection that it uses again', async () => {
    put('often')
    const warned: string[] = []
    const note = ({ name }: Error) => void warned.push(name)
    process.on('warning', note)
    onTestFinished(() => void process.off('warning', note))
    const one = reader()
    for (let count = 0; count < 12; count += 1) await one.read(reference('often'), { signal })
    await nextTurn()
    expect(warned).toEqual([])
  })

  test('reports a service that is gone as unreachable, and an unknown authority as such', async () => {
    put('gone')
    google.faults.down = true
    expect(await refusalOf('gone')).toMatchObject({ code: 'SECRET_MANAGER_UNREACHABLE', facts: { region: 'global' } })
    google.faults.down = false
    connection = { ...connection, ca: (await createCa()).caPem }
    const code = (await refusalOf('gone')).code
    connection = { ...connection, ca: ca.caPem }
    expect(code).toBe('SECRET_MANAGER_TLS')
  })

  test('does not wait for the answer once the caller aborts', async () => {
    put('slow')
    google.faults.delayMs = 60_000
    const stop = new AbortController()
    const reading = reader().read(reference('slow'), { signal: stop.signal })
    stop.abort()
    await expect(reading).rejects.toMatchObject({ code: 'INTERRUPTED' })
  })
})

describe('the identity of the node', () => {
  test('S15: is requested from the metadata server directly, whatever the file and the environment say about proxies', async () => {
    const before = google.metadataRequests()
    expect(await openGcpNode(connection).identity(signal)).toEqual({
      projectId: 'my-project',
      projectNumber: '123456789012',
      email: google.machine.email,
    })
    expect(google.metadataRequests() - before).toBeGreaterThanOrEqual(3)
    expect(google.tunnels.every((target) => target.endsWith('googleapis.com:443'))).toBe(true)
  })

  test('S9: is not taken from an answer of more than 32 KiB', async () => {
    let size = 32 * 1024
    const about = { 'project-id': 'my-project', 'numeric-project-id': '123456789012', email: google.machine.email }
    const server = createServer(({ url = '' }, response) => {
      const [, text = ''] = Object.entries(about).find(([name]) => url.endsWith(`/${name}`)) ?? []
      response.setHeader('metadata-flavor', 'Google').end(text.padEnd(size))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    vi.stubEnv('GCE_METADATA_HOST', `127.0.0.1:${(server.address() as AddressInfo).port}`)
    expect(await openGcpNode(connection).identity(signal)).toMatchObject({ projectId: 'my-project' })
    size += 1
    await expect(openGcpNode(connection).identity(signal)).rejects.toMatchObject({ code: 'NODE_IDENTITY_MISSING' })
  })

  test('is not taken from a server that answers without Google’s header', async () => {
    google.faults.foreignMetadata = true
    await expect(openGcpNode(connection).identity(signal)).rejects.toMatchObject({ code: 'NODE_IDENTITY_MISSING' })
    expect((await refusalOf('named')).code).toBe('NODE_IDENTITY_MISSING')
  })

  test('needs one token for many reads, and replaces a revoked one', async () => {
    put('tokens')
    const many = reader(1)
    const before = google.metadataRequests()
    for (let count = 0; count < 5; count += 1) await many.read(reference('tokens'), { signal })
    expect(google.metadataRequests() - before).toBe(1)
    google.tokens.revokeAll()
    await many.read(reference('tokens'), { signal })
    expect(google.metadataRequests() - before).toBe(2)
  })

  test('S5: gets the token for a key file’s account by a signed assertion, and logs nothing of either', async () => {
    const printed: string[] = []
    const keep = (text: string | Uint8Array) => printed.push(String(text)) > 0
    const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation(keep))
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const email = 'robot@other-project.iam.gserviceaccount.com'
    google.endpoints.keys.set(email, publicKey)
    google.secrets.allow(put('by-key'), `serviceAccount:${email}`)
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' })
    await useFile({ type: 'service_account', project_id: 'other-project', client_email: email, private_key: key })
    expect(await openGcpNode(connection).identity(signal)).toMatchObject({ projectId: 'other-project', email })
    await read('by-key')
    expect(google.requests.at(-1)?.member).toBe(`serviceAccount:${email}`)
    google.endpoints.keys.delete(email)
    expect((await refusalOf('by-key')).code).toBe('NODE_IDENTITY_MISSING')
    google.faults.down = true
    expect((await refusalOf('by-key')).code).toBe('SECRET_MANAGER_UNREACHABLE')
    for (const spy of spies) spy.mockRestore()
    expect(printed.join('')).not.toMatch(/ya29|assertion|PRIVATE KEY/)
  })

  test('may come from a workload identity federation, which exchanges its own token', async () => {
    const subjectFile = join(newFolder('federation'), 'token')
    await writeFile(subjectFile, 'a-token-of-the-provider')
    google.endpoints.subjects.set('a-token-of-the-provider', 'node-7')
    const pool = 'iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/nodes'
    const who = `principal://${pool}/subject/node-7`
    google.secrets.allow(put('federated'), who)
    await useFile({
      type: 'external_account',
      audience: `//${pool}/providers/kube`,
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: 'https://sts.googleapis.com/v1/token',
      credential_source: { file: subjectFile },
    })
    await read('federated')
    expect(google.requests.at(-1)?.member).toBe(who)
    await expect(openGcpNode(connection).identity(signal)).rejects.toMatchObject({ code: 'NODE_IDENTITY_MISSING' })
    vi.stubEnv('GOOGLE_CLOUD_PROJECT', 'my-project')
    expect(await openGcpNode(connection).identity(signal)).toMatchObject({ projectId: 'my-project', email: null })
  })

  test('S2: fetches no federation token over plain http off the machine’s own network', async () => {
    const heard: string[] = []
    const listener = createServer((request, response) => {
      heard.push(request.url ?? '')
      response.end('a-token-of-the-provider')
    }).listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const { port } = listener.address() as AddressInfo
    const federation = (host: string) => ({
      type: 'external_account',
      audience:
        '//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/nodes/providers/kube',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: 'https://sts.googleapis.com/v1/token',
      credential_source: { url: `http://${host}:${port}/token` },
    })
    await useFile(federation('0.0.0.0'))
    expect((await refusalOf('named')).code).toBe('NODE_IDENTITY_MISSING')
    expect(heard).toEqual([])
    await useFile(federation('127.0.0.1'))
    await refusalOf('named')
    listener.close()
    expect(heard).toEqual(['/token'])
  })

  test('S2: sends no federation token over plain http to the impersonation service', async () => {
    const heard: string[] = []
    const listener = createServer((request, response) => {
      heard.push(request.headers.authorization ?? 'nothing')
      response.end()
    }).listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const subjectFile = join(newFolder('plain'), 'token')
    await writeFile(subjectFile, 'another-token-of-the-provider')
    google.endpoints.subjects.set('another-token-of-the-provider', 'node-8')
    await useFile({
      type: 'external_account',
      audience:
        '//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/nodes/providers/kube',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: 'https://sts.googleapis.com/v1/token',
      service_account_impersonation_url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}/generate`,
      credential_source: { file: subjectFile },
    })
    expect((await refusalOf('named')).code).toBe('NODE_IDENTITY_MISSING')
    listener.close()
    expect(heard).toEqual([])
  })

  test.each([
    ['a person’s login', { type: 'authorized_user', refresh_token: canary }],
    ['a key without its account', { type: 'service_account', private_key: canary }],
  ])('cannot be %s', async (_, file) => {
    await useFile(file)
    const found = await refusalOf('named')
    expect(found.code).toBe('NODE_IDENTITY_MISSING')
    expect(inspect(found, { depth: null, showHidden: true })).not.toContain(canary)
  })
})

async function useFile(content: object): Promise<void> {
  const path = join(newFolder('credentials'), 'key.json')
  await writeFile(path, JSON.stringify(content), { mode: 0o600 })
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', path)
}
