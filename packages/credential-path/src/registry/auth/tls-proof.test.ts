/** S2: over TLS a registry must prove its name before it receives anything, even a request. */
import { chmod, copyFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCa, type TestCa } from '@fairlead/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Redacted } from '../../match/redacted.ts'
import { NodePolicy } from '../../policy/node-policy.ts'
import { bearer } from './authorization.ts'
import { Transport } from '../http/transport.ts'

let named: TestCa
let other: TestCa
const servers: Server[] = []
let requests: number

async function serve(
  { certPem, keyPem }: { certPem: string; keyPem: string },
  options: ServerOptions = {},
): Promise<number> {
  const server = createServer({ minVersion: 'TLSv1', ...options, cert: certPem, key: keyPem }, (_, response) => {
    requests += 1
    response.end()
  })
  servers.push(server)
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  return (server.address() as AddressInfo).port
}

beforeAll(async () => {
  ;[named, other] = await Promise.all([createCa(), createCa()])
})
beforeEach(() => {
  requests = 0
})
afterAll(() => {
  for (const server of servers) server.close()
})

/** The outcome of a request with a token, if the file names the authority of that host, or none. */
async function ask(port: number, authority: string | null): Promise<unknown> {
  const place = { scheme: 'https', host: '127.0.0.1', port } as const
  const host = `127.0.0.1:${port}`
  const registry_ca = authority === null ? {} : { [host]: authority }
  await using transport = new Transport(NodePolicy.parse({ loopback_registries: [`https://${host}`], registry_ca }))
  const authorization = bearer(new Redacted('token'), place)
  const request = { method: 'GET', place, path: '/v2/', authorization } as const
  try {
    return (await transport.whole(request, 100, AbortSignal.timeout(5000))).status
  } catch (error) {
    const { code, facts } = error as { code: string; facts: { expired_on?: string; valid_from?: string } }
    return [code, facts.expired_on, facts.valid_from].filter((word) => word !== undefined).join(' ')
  }
}

describe('S2: a registry over TLS', () => {
  test('with a certificate of the authority named in the file is trusted', async () => {
    expect(await ask(await serve(await named.issue(['127.0.0.1'])), named.caFile)).toBe(200)
    expect(requests).toBe(1)
  })

  test('with a certificate of an unknown authority gets nothing', async () => {
    const port = await serve(await other.issue(['127.0.0.1']))
    expect([await ask(port, null), await ask(port, named.caFile)]).toEqual(['REGISTRY_TLS', 'REGISTRY_TLS'])
    expect(requests).toBe(0)
  })

  test('with a certificate for another name gets nothing', async () => {
    const port = await serve(await named.issue(['registry.example.com']))
    expect(await ask(port, named.caFile)).toBe('REGISTRY_TLS_NAME')
    expect(requests).toBe(0)
  })

  test('with an expired certificate gets nothing, and the date is reported', async () => {
    const [validFrom, validTo] = [new Date(Date.now() - 2000_000), new Date(Date.now() - 1000_000)]
    const port = await serve(await named.issue(['127.0.0.1'], { validFrom, validTo }))
    expect(await ask(port, named.caFile)).toBe(`REGISTRY_TLS_EXPIRED ${validTo.toISOString().slice(0, 10)}`)
    expect(requests).toBe(0)
  })

  test('with a certificate that is not valid yet gets nothing, and the date is reported', async () => {
    const [validFrom, validTo] = [new Date(Date.now() + 86_400_000), new Date(Date.now() + 2 * 86_400_000)]
    const port = await serve(await named.issue(['127.0.0.1'], { validFrom, validTo }))
    expect(await ask(port, named.caFile)).toBe(`REGISTRY_TLS_NOT_YET_VALID ${validFrom.toISOString().slice(0, 10)}`)
    expect(requests).toBe(0)
  })

  test.each([
    ['no version of TLS', { maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }],
    ['no cipher', { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA:@SECLEVEL=0' }],
  ] as const)('that has %s in common with the node fails the handshake', async (_, options) => {
    const port = await serve(await named.issue(['127.0.0.1']), options)
    expect(await ask(port, named.caFile)).toBe('REGISTRY_TLS_HANDSHAKE')
    expect(requests).toBe(0)
  })
})

test('uses a renewed file of authorities for the next request, without a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-ca-'))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rm(folder, { recursive: true }))
  const authority = join(folder, 'ca.pem')
  const port = await serve(await other.issue(['127.0.0.1']))
  const host = `127.0.0.1:${port}`
  const policy = { loopback_registries: [`https://${host}`], registry_ca: { [host]: authority } }
  const transport = stack.use(new Transport(NodePolicy.parse(policy)))
  const place = { scheme: 'https', host: '127.0.0.1', port } as const
  const ask = () =>
    transport.whole({ method: 'GET', place, path: '/v2/', authorization: null }, 100, AbortSignal.timeout(5000)).then(
      ({ status }) => status,
      (error: unknown) => (error as { code?: string }).code,
    )
  const put = async (ca: TestCa) => {
    await copyFile(ca.caFile, `${authority}.new`)
    await rename(`${authority}.new`, authority)
  }
  expect(await ask()).toBe('POLICY_INVALID')
  await put(named)
  expect(await ask()).toBe('REGISTRY_TLS')
  await put(other)
  expect(await ask()).toBe(200)
})

describe('S2: a file of authorities', () => {
  test.each([0o664, 0o646, 0o666])(
    'that others can write (0%o) verifies nothing, even if it was safe before',
    async (mode) => {
      const ca = await createCa()
      const port = await serve(await ca.issue(['127.0.0.1']))
      const place = { scheme: 'https', host: '127.0.0.1', port } as const
      const host = `127.0.0.1:${port}`
      const policy = { loopback_registries: [`https://${host}`], registry_ca: { [host]: ca.caFile } }
      await using transport = new Transport(NodePolicy.parse(policy))
      const request = { method: 'GET', place, path: '/v2/', authorization: null } as const
      const ask = () => transport.whole(request, 100, AbortSignal.timeout(5000))
      expect((await ask()).status).toBe(200)
      await chmod(ca.caFile, mode)
      await expect(ask()).rejects.toMatchObject({ code: 'POLICY_UNSAFE', facts: { path: ca.caFile } })
    },
  )

  test('that holds no certificate is reported by the setting that names it', async () => {
    const port = await serve(await named.issue(['127.0.0.1']))
    const folder = await mkdtemp(join(tmpdir(), 'fairlead-ca-'))
    const file = join(folder, 'ca.pem')
    await writeFile(file, 'not PEM', { mode: 0o644 })
    expect(await ask(port, file)).toBe('POLICY_INVALID')
    await rm(folder, { recursive: true })
  })
})
