/** How far a login got at a registry: reported before a byte of it is sent, and no further than the registry showed. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { parseImageReference } from '@fairlead/contract/names'
import { furtherReach, type LoginReach } from '@fairlead/contract/wire'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { amd64, basic, codeOf, impatient, RegistryTalk } from '../testing/registry-talk.ts'
import { sampleImage } from '../testing/scripted-registry.ts'

let talk: RegistryTalk
beforeEach(async () => {
  talk = await RegistryTalk.start()
  talk.registry.push('v1', sampleImage())
})
afterEach(() => talk[Symbol.asyncDispose]())

const furthest = (): LoginReach => talk.reached.reduce(furtherReach, 'matched')

/** With the question whether the registry knows the login, as in a pull. */
const admit = () => codeOf(talk.admit(talk.withLogin()).then((ticket) => ticket.loginUse(new AbortController().signal)))

/** A realm on another loopback port, which the owner's file trusts. */
async function trust(realm: string): Promise<void> {
  talk.serveTokens()
  talk.registry.challenge = `Bearer realm="${realm}",service="scripted"`
  await talk.open({ trusted_realms: [{ registry: talk.registry.host, realm }] })
}

/** A port that nothing listens on any more. */
async function deadPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

describe('a login is only matched', () => {
  test('if the registry asks for none', async () => {
    expect([await admit(), furthest()]).toEqual(['admitted', 'matched'])
  })

  test.for([
    ['CHALLENGE_UNSUPPORTED', 'Negotiate'],
    ['TOKEN_REALM_NOT_TRUSTED', 'Bearer realm="https://auth.example.com/token"'],
  ] as const)('if the registry asks for a login in a way that is refused (%s)', async ([code, challenge]) => {
    talk.serveTokens()
    talk.registry.challenge = challenge
    expect([await admit(), furthest()]).toEqual([code, 'matched'])
  })

  test('if no connection to the realm is established', async () => {
    await trust(`http://127.0.0.1:${await deadPort()}/token`)
    expect([await admit(), furthest()]).toEqual(['TOKEN_REALM_UNREACHABLE', 'matched'])
  })

  test('if the address of the realm is refused', async () => {
    await trust('https://169.254.7.7/token')
    expect([await admit(), furthest()]).toEqual(['REGISTRY_ADDRESS_REFUSED', 'matched'])
  })

  test('if the realm does not prove its name', async () => {
    await trust(`https://${talk.registry.host}/token`)
    expect([await admit(), furthest()]).toEqual(['REGISTRY_TLS_HANDSHAKE', 'matched'])
  })
})

describe('a login is sent', () => {
  test('before the registry has it', async () => {
    talk.registry.accepted = new Set([basic])
    const then: LoginReach[] = []
    talk.registry.intercept = ({ headers }) => {
      if (headers.authorization === basic) then.push(furthest())
      return false
    }
    expect([await admit(), then[0]]).toEqual(['admitted', 'sent'])
  })

  test('if the realm hangs up without an answer', async () => {
    talk.serveTokens()
    talk.registry.intercept = ({ url = '' }, response) => url.startsWith('/token') && Boolean(response.destroy())
    expect([await admit(), furthest()]).toEqual(['TOKEN_REALM_UNREACHABLE', 'sent'])
  })

  test('if the realm stays silent', async () => {
    await talk.open({}, impatient)
    talk.serveTokens()
    talk.registry.intercept = ({ url = '' }) => url.startsWith('/token')
    expect([await admit(), furthest()]).toEqual(['TOKEN_REALM_UNREACHABLE', 'sent'])
  })

  test.for([
    [401, 'REGISTRY_LOGIN_REJECTED'],
    [500, 'TOKEN_REALM_FAILED'],
  ] as const)('if the realm answers with %i', async ([status, code]) => {
    talk.serveTokens()
    talk.registry.intercept = ({ url = '' }, response) =>
      url.startsWith('/token') && Boolean(response.writeHead(status).end('{}'))
    expect([await admit(), furthest()]).toEqual([code, 'sent'])
  })

  test('if the registry rejects it', async () => {
    talk.registry.accepted = new Set(['Basic of-somebody-else'])
    expect([await admit(), furthest()]).toEqual(['REGISTRY_LOGIN_REJECTED', 'sent'])
  })

  test('although the caller has stopped waiting for the token, since the request continues', async () => {
    talk.serveTokens()
    const stop = new AbortController()
    const image = parseImageReference(`${talk.registry.host}/team/app:v1`)
    const order = { image, login: talk.loginFor(`${talk.registry.host}/team/app:v1`), digest: null, platform: amd64 }
    const onStep = (step: string) => void (step === 'login' && stop.abort())
    expect(await codeOf(talk.client.admit(order, { onStep }, stop.signal))).toBe('INTERRUPTED')
    await expect.poll(furthest).toBe('unproved')
    expect(talk.registry.authorizations()).toContain(basic)
  })

  test('if only its rights were requested', async () => {
    talk.serveTokens()
    const image = parseImageReference(`${talk.registry.host}/team/app:v1`)
    const login = talk.loginFor(`${talk.registry.host}/team/app:v1`)
    await talk.client.rights({ image, login, digest: null }, new AbortController().signal)
    expect(furthest()).toBe('sent')
  })
})

describe('a login is unproved', () => {
  test('if the realm issues a token for it, but the image does not exist', async () => {
    talk.serveTokens()
    expect([await codeOf(talk.admit(talk.withLogin('team/app:v2'))), furthest()]).toEqual([
      'IMAGE_NOT_FOUND',
      'unproved',
    ])
  })

  test('if anyone gets such a token, and the image', async () => {
    talk.serveTokens()
    const realm = talk.registry.intercept
    talk.registry.intercept = (request, response) =>
      request.url === '/v2/'
        ? Boolean(response.writeHead(401, { 'www-authenticate': talk.registry.challenge }).end('{}'))
        : realm(request, response)
    expect([await admit(), furthest()]).toEqual(['admitted', 'unproved'])
  })
})

describe('a login is accepted', () => {
  test('if `/v2/` lets it in, but nobody without it', async () => {
    talk.registry.accepted = new Set([basic])
    expect([await admit(), furthest()]).toEqual(['admitted', 'accepted'])
  })

  test('if its token opens what is closed without it', async () => {
    talk.serveTokens()
    expect([await admit(), furthest()]).toEqual(['admitted', 'accepted'])
  })

  test('if the registry knows it, but does not let it pull', async () => {
    talk.serveTokens()
    const realm = talk.registry.intercept
    talk.registry.intercept = (request, response) =>
      (request.url ?? '').includes('/manifests/') && request.headers.authorization !== undefined
        ? Boolean(response.writeHead(403).end('{}'))
        : realm(request, response)
    expect([await admit(), furthest()]).toEqual(['REGISTRY_ACCESS_DENIED', 'accepted'])
  })
})
