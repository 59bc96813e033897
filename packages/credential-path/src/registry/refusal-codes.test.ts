/** Each refusal by a registry or a realm has its own code. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { basic, codeOf, RegistryTalk } from '../testing/registry-talk.ts'
import { sampleImage } from '../testing/scripted-registry.ts'

let talk: RegistryTalk
beforeEach(async () => {
  talk = await RegistryTalk.start()
})
afterEach(() => talk[Symbol.asyncDispose]())

describe('a refusal has its own code', () => {
  test.each([
    ['no such tag', 404, {}, 'IMAGE_NOT_FOUND', 'IMAGE_NOT_FOUND'],
    ['no right to pull', 403, {}, 'REGISTRY_AUTH_MISSING', 'REGISTRY_ACCESS_DENIED'],
    ['too many pulls', 429, {}, 'REGISTRY_RATE_LIMITED', 'REGISTRY_RATE_LIMITED'],
    ['too many pulls, for an hour', 429, { 'retry-after': '3600' }, 'REGISTRY_RATE_LIMITED', 'REGISTRY_RATE_LIMITED'],
    ['a fault of its own', 500, {}, 'REGISTRY_UNAVAILABLE', 'REGISTRY_UNAVAILABLE'],
    ['a teapot', 418, {}, 'REGISTRY_PROTOCOL', 'REGISTRY_PROTOCOL'],
    ['nothing new, though nobody asked whether there is', 304, {}, 'REGISTRY_PROTOCOL', 'REGISTRY_PROTOCOL'],
    ['a redirect', 302, { location: 'https://evil.test/' }, 'REGISTRY_REDIRECT_REFUSED', 'REGISTRY_REDIRECT_REFUSED'],
  ] as const)('%s (%i)', async (_, status, headers, anonymous, loggedIn) => {
    talk.registry.accepted = null
    talk.registry.intercept = ({ url = '', headers: sent }, response) => {
      if (url === '/v2/' && sent.authorization === undefined) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
        return true
      }
      if (!url.includes('manifests')) return false
      response.writeHead(status, headers).end('<html>robot</html>')
      return true
    }
    expect(await codeOf(talk.admit(talk.withLogin()))).toBe(loggedIn)
    const passing = talk.registry.intercept
    talk.registry.intercept = (request, response) => request.url !== '/v2/' && passing(request, response)
    expect(await codeOf(talk.admit())).toBe(anonymous)
  })

  test('for a wrong password, Basic', async () => {
    talk.registry.accepted = new Set(['Basic other'])
    expect(await codeOf(talk.admit(talk.withLogin()))).toBe('REGISTRY_LOGIN_REJECTED')
  })

  test('for a wrong password, Bearer', async () => {
    talk.serveTokens()
    const login = talk.loginFor(`${talk.registry.host}/team/app:v1`, talk.registry.host, 'wrong')
    expect(await codeOf(talk.admit({ login }))).toBe('REGISTRY_LOGIN_REJECTED')
  })

  describe('and says whether the login is invalid, or only not allowed for this image', () => {
    const wrong = 'Basic ' + Buffer.from('robot:other').toString('base64')

    /** A realm and a registry that give the same answer to all who may not pull, whatever the reason. */
    function denyBy(known: string, deny: { realm?: number; registry?: number }): void {
      talk.serveTokens()
      talk.registry.intercept = ({ url = '', headers }, response) => {
        if (url.startsWith('/token')) {
          const isLogin = !url.includes('scope=')
          const status = isLogin ? (headers.authorization === known ? 200 : 401) : (deny.realm ?? 200)
          response.writeHead(status).end(JSON.stringify({ token: 'tok.en-1', access_token: '' }))
          return true
        }
        if (!url.includes('/manifests/') || deny.registry === undefined) return false
        response.writeHead(deny.registry, { 'www-authenticate': 'Basic realm="harbor"' }).end()
        return true
      }
    }

    test.each([
      ['a realm that says 403 (GitHub)', { realm: 403 }],
      ['a token for nothing, and then 401 (Harbor)', { registry: 401 }],
      ['a token for nothing, and then 403', { registry: 403 }],
    ])('Bearer: %s', async (_, deny) => {
      denyBy(basic, deny)
      expect(await codeOf(talk.admit(talk.withLogin()))).toBe('REGISTRY_ACCESS_DENIED')
      denyBy(wrong, deny)
      expect(await codeOf(talk.admit(talk.withLogin()))).toBe('REGISTRY_LOGIN_REJECTED')
      // The password goes only to the realm, as before.
      const spent = talk.registry.seen.filter(({ authorization }) => authorization === basic)
      expect(spent.every(({ url }) => url.startsWith('/token'))).toBe(true)
    })

    test.each([401, 403])(
      'Basic: a %i at the manifest for a login that is accepted is about the image (Nexus)',
      async (status) => {
        talk.registry.accepted = new Set([basic])
        talk.registry.intercept = ({ url = '' }, response) => {
          if (!url.includes('/manifests/')) return false
          response.writeHead(status, { 'www-authenticate': 'Basic realm="x"' }).end()
          return true
        }
        expect(await codeOf(talk.admit(talk.withLogin()))).toBe('REGISTRY_ACCESS_DENIED')
      },
    )

    test.each([400, 401, 403])('Basic: a %i at /v2/ itself is about the login (Amazon ECR)', async (status) => {
      talk.registry.accepted = new Set()
      talk.registry.intercept = ({ headers }, response) => {
        if (headers.authorization === undefined) return false
        response.writeHead(status).end('<html>robot</html>')
        return true
      }
      expect(await codeOf(talk.admit(talk.withLogin()))).toBe('REGISTRY_LOGIN_REJECTED')
    })

    test('keeps the first answer if the realm does not say', async () => {
      denyBy(basic, { realm: 403 })
      const answer = talk.registry.intercept
      talk.registry.intercept = (request, response) => {
        if (request.url?.startsWith('/token') !== true || request.url.includes('scope='))
          return answer(request, response)
        response.writeHead(418).end()
        return true
      }
      expect(await codeOf(talk.admit(talk.withLogin()))).toBe('REGISTRY_ACCESS_DENIED')
    })
  })

  test('for a token without the scope', async () => {
    talk.registry.push('v1', sampleImage())
    talk.serveTokens()
    talk.registry.accepted = new Set()
    talk.registry.challenge = `Bearer realm="${talk.registry.url}/token",error="insufficient_scope"`
    expect(await codeOf(talk.admit(talk.withLogin()))).toBe('REGISTRY_ACCESS_DENIED')
    expect(await codeOf(talk.admit())).toBe('REGISTRY_AUTH_MISSING')
  })

  test('for a missing login', async () => {
    talk.registry.accepted = new Set([basic])
    expect(await codeOf(talk.admit())).toBe('REGISTRY_AUTH_MISSING')
  })

  test.each([
    ['Digest realm="x"', 'CHALLENGE_UNSUPPORTED'],
    ['Bearer service="x"', 'CHALLENGE_UNSUPPORTED'],
    ['Bearer realm="https://x', 'CHALLENGE_MALFORMED'],
    ['', 'REGISTRY_PROTOCOL'],
  ])('for the challenge %j', async (challenge, code) => {
    talk.registry.accepted = new Set()
    talk.registry.challenge = challenge
    expect(await codeOf(talk.admit(talk.withLogin()))).toBe(code)
    expect(talk.registry.authorizations()).toEqual([])
  })

  test.each([
    ['no JSON', 'tok'],
    ['no token', '{"expires_in":60}'],
    ['a token with a line break', JSON.stringify({ token: 'a\r\nx-evil: 1' })],
    ['a token of 20 KiB', JSON.stringify({ token: 'a'.repeat(20 * 1024) })],
    ['an answer of 100 KiB', JSON.stringify({ token: 'a', x: 'b'.repeat(100 * 1024) })],
  ])('S9: for a token answer with %s', async (_, answer) => {
    talk.serveTokens()
    talk.registry.intercept = ({ url = '' }, response) => {
      if (!url.startsWith('/token')) return false
      response.writeHead(200).end(answer)
      return true
    }
    expect(await codeOf(talk.admit(talk.withLogin()))).toBe('TOKEN_ANSWER_INVALID')
  })
})
