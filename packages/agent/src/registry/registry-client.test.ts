/** One pull's conversation with a registry, by a registry in this process that is honest, faulty or hostile. */
import { parseImageReference, problem } from '@fairlead/contract'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bindTo, type BoundLogin } from '../login/bind-to.ts'
import { Redacted } from '../login/redacted.ts'
import { NodePolicy } from '../policy/node-policy.ts'
import { digestOf } from './manifest.ts'
import type { PullTicket } from './pull-ticket.ts'
import { openRegistryClient, type AdmitOrder, type RegistryClient } from './registry-client.ts'
import { sampleImage, sampleIndex, ScriptedRegistry } from './scripted-registry.ts'

const password = 'canary-hunter2-91c7'
const basic = `Basic ${Buffer.from(`robot:${password}`).toString('base64')}`
const amd64 = { os: 'linux', arch: 'amd64', variant: null }
const timing = { connectMs: 5000, silenceMs: 10_000, wholeMs: 20_000 }
const impatient = { connectMs: 5000, silenceMs: 500, wholeMs: 10_000 }
const retry = { tries: 3, pauseMs: 1, patienceMs: 1500 }

let registry: ScriptedRegistry
let villain: ScriptedRegistry
let client: RegistryClient

function open(extra: Record<string, unknown> = {}, waits = timing): void {
  const policy = NodePolicy.parse({ loopback_registries: [registry.url], ...extra })
  client = openRegistryClient(policy, { timing: waits, retry })
}

beforeEach(async () => {
  registry = await ScriptedRegistry.start()
  villain = await ScriptedRegistry.start()
  open()
})

afterEach(async () => {
  await client[Symbol.asyncDispose]()
  await registry[Symbol.asyncDispose]()
  await villain[Symbol.asyncDispose]()
})

function loginFor(image: string, server = registry.host): BoundLogin {
  const login = { username: new Redacted('robot'), password: new Redacted(password), server: new Redacted(server) }
  return bindTo(parseImageReference(image), login)
}

interface Ask extends Partial<Omit<AdmitOrder, 'image'>> {
  name?: string
}

function admit(
  { name = 'team/app:v1', ...order }: Ask = {},
  signal = new AbortController().signal,
): Promise<PullTicket> {
  const image = parseImageReference(`${registry.host}/${name}`)
  return client.admit({ image, login: null, digest: null, platform: amd64, ...order }, { onStep: () => {} }, signal)
}

function withLogin(name = 'team/app:v1'): Ask {
  return { name, login: loginFor(`${registry.host}/${name}`) }
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'admitted',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )
}

async function bytesOf(ticket: PullTicket, index: number, offset = 0): Promise<Buffer> {
  const layer = ticket.layers[index]
  if (!layer) throw new Error('no such layer')
  const { body } = await ticket.fetchBlob(layer, offset, new AbortController().signal)
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** A realm on the registry's own place that gives a token for the login. */
function serveTokens(token = 'tok.en-1', life = 300): void {
  registry.challenge = `Bearer realm="${registry.url}/token",service="scripted"`
  registry.accepted = new Set([`Bearer ${token}`])
  registry.intercept = ({ url = '', headers }, response) => {
    if (!url.startsWith('/token')) return false
    const known = headers.authorization === basic || headers.authorization === undefined
    response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ token, expires_in: life }))
    return true
  }
}

describe('an honest registry', () => {
  test('an open one admits an anonymous pull, and blobs come whole or from an offset', async () => {
    const image = sampleImage()
    const digest = registry.push('v1', image)
    const ticket = await admit()
    expect(ticket).toMatchObject({ digest, platform: 'linux/amd64', totalBytes: ticket.config.size + 11 + 70_000 })
    expect(ticket.manifests.map((manifest) => manifest.digest)).toEqual([digest])
    expect(await bytesOf(ticket, 1)).toEqual(image.layers[1])
    expect(await bytesOf(ticket, 1, 69_990)).toEqual(image.layers[1]?.subarray(69_990))
    expect(registry.authorizations()).toEqual([])
  })

  test('Basic: the password goes to the registry alone, and not before it asked', async () => {
    registry.accepted = new Set([basic])
    registry.push('v1', sampleImage())
    await admit(withLogin())
    expect(registry.seen[0]).toMatchObject({ url: '/v2/', authorization: null })
    expect(new Set(registry.authorizations())).toEqual(new Set([basic]))
  })

  test('Bearer: one token for one repository and pull alone; the password is sent to the realm only', async () => {
    registry.push('v1', sampleImage())
    serveTokens()
    await admit(withLogin())
    const tokens = registry.seen.filter(({ url }) => url.startsWith('/token'))
    expect(tokens.map(({ url }) => url)).toEqual(['/token?service=scripted&scope=repository%3Ateam%2Fapp%3Apull'])
    expect(registry.seen.filter(({ authorization }) => authorization === basic)).toEqual(tokens)
  })

  test('Bearer without a login: an anonymous token', async () => {
    registry.push('v1', sampleImage())
    serveTokens()
    expect(await codeOf(admit())).toBe('admitted')
    expect(registry.authorizations().every((value) => value === 'Bearer tok.en-1')).toBe(true)
  })

  test('a registry that lets /v2/ pass and asks at the manifest is answered there', async () => {
    registry.push('v1', sampleImage())
    registry.accepted = new Set([basic])
    registry.intercept = ({ url }, response) => {
      if (url !== '/v2/') return false
      response.writeHead(200).end()
      return true
    }
    expect(await codeOf(admit(withLogin()))).toBe('admitted')
  })

  test('an index is resolved to the platform of the node, and stays the digest that is pulled', async () => {
    const arm = sampleImage({ architecture: 'arm64', variant: 'v8' })
    const amd = sampleImage()
    registry.push('arm', arm)
    registry.push('amd', amd)
    const index = sampleIndex([
      { image: arm, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
      { image: amd, platform: { os: 'linux', architecture: 'amd64' } },
    ])
    registry.manifests.set('v1', index).set(digestOf(index.bytes), index)
    const ticket = await admit()
    expect(ticket.digest).toBe(digestOf(index.bytes))
    expect(ticket.manifests.map(({ digest }) => digest)).toEqual([digestOf(index.bytes), digestOf(amd.manifest)])
    const forArm = await admit({ platform: { os: 'linux', arch: 'arm64', variant: null } })
    expect(forArm.platform).toBe('linux/arm64/v8')
    expect(await codeOf(admit({ platform: { os: 'linux', arch: 's390x', variant: null } }))).toBe(
      'IMAGE_PLATFORM_MISMATCH',
    )
  })

  test('a digest that is given decides, whatever the tag points to', async () => {
    const first = registry.push('v1', sampleImage())
    registry.push('v1', sampleImage({ variant: 'v1' }))
    expect((await admit({ digest: first })).digest).toBe(first)
    expect(registry.seen.some(({ url }) => url.endsWith('/manifests/v1'))).toBe(false)
  })

  test('a registry that refuses HEAD is asked with GET', async () => {
    const digest = registry.push('v1', sampleImage())
    registry.intercept = ({ method }, response) => {
      if (method !== 'HEAD') return false
      response.writeHead(405).end()
      return true
    }
    expect((await admit()).digest).toBe(digest)
  })
})

describe('a refusal has its own code', () => {
  test.each([
    ['no such tag', 404, {}, 'IMAGE_NOT_FOUND', 'IMAGE_NOT_FOUND'],
    ['no right to pull', 403, {}, 'REGISTRY_AUTH_MISSING', 'REGISTRY_ACCESS_DENIED'],
    ['too many pulls', 429, {}, 'REGISTRY_RATE_LIMITED', 'REGISTRY_RATE_LIMITED'],
    ['too many pulls, for an hour', 429, { 'retry-after': '3600' }, 'REGISTRY_RATE_LIMITED', 'REGISTRY_RATE_LIMITED'],
    ['a fault of its own', 500, {}, 'REGISTRY_UNAVAILABLE', 'REGISTRY_UNAVAILABLE'],
    ['a teapot', 418, {}, 'REGISTRY_PROTOCOL', 'REGISTRY_PROTOCOL'],
    ['a redirect', 302, { location: 'https://evil.test/' }, 'REGISTRY_REDIRECT_REFUSED', 'REGISTRY_REDIRECT_REFUSED'],
  ] as const)('%s (%i)', async (_, status, headers, anonymous, loggedIn) => {
    registry.accepted = null
    registry.intercept = ({ url = '', headers: sent }, response) => {
      if (url === '/v2/' && sent.authorization === undefined) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
        return true
      }
      if (!url.includes('manifests')) return false
      response.writeHead(status, headers).end('<html>robot</html>')
      return true
    }
    expect(await codeOf(admit(withLogin()))).toBe(loggedIn)
    const passing = registry.intercept
    registry.intercept = (request, response) => request.url !== '/v2/' && passing(request, response)
    expect(await codeOf(admit())).toBe(anonymous)
  })

  test('a wrong password, Basic', async () => {
    registry.accepted = new Set(['Basic other'])
    expect(await codeOf(admit(withLogin()))).toBe('REGISTRY_LOGIN_REJECTED')
  })

  test('a wrong password, Bearer', async () => {
    serveTokens()
    const name = `${registry.host}/team/app:v1`
    const login = {
      username: new Redacted('robot'),
      password: new Redacted('wrong'),
      server: new Redacted(registry.host),
    }
    expect(await codeOf(admit({ login: bindTo(parseImageReference(name), login) }))).toBe('REGISTRY_LOGIN_REJECTED')
  })

  describe('who is told no is told whether the login is good for nothing, or only not for this image', () => {
    const wrong = 'Basic ' + Buffer.from('robot:other').toString('base64')

    /** A realm and a registry that say one thing to all who may not pull, whatever the reason. */
    function denyBy(known: string, deny: { realm?: number; registry?: number }): void {
      serveTokens()
      registry.intercept = ({ url = '', headers }, response) => {
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
      expect(await codeOf(admit(withLogin()))).toBe('REGISTRY_ACCESS_DENIED')
      denyBy(wrong, deny)
      expect(await codeOf(admit(withLogin()))).toBe('REGISTRY_LOGIN_REJECTED')
      // The password goes to the realm alone, as before.
      const spent = registry.seen.filter(({ authorization }) => authorization === basic)
      expect(spent.every(({ url }) => url.startsWith('/token'))).toBe(true)
    })

    test.each([401, 403])(
      'Basic: a %i at the manifest of who may log in is about the image (Nexus)',
      async (status) => {
        registry.accepted = new Set([basic])
        registry.intercept = ({ url = '' }, response) => {
          if (!url.includes('/manifests/')) return false
          response.writeHead(status, { 'www-authenticate': 'Basic realm="x"' }).end()
          return true
        }
        expect(await codeOf(admit(withLogin()))).toBe('REGISTRY_ACCESS_DENIED')
      },
    )

    test.each([400, 401, 403])('Basic: a %i at /v2/ itself is about the login (Amazon ECR)', async (status) => {
      registry.accepted = new Set()
      registry.intercept = ({ headers }, response) => {
        if (headers.authorization === undefined) return false
        response.writeHead(status).end('<html>robot</html>')
        return true
      }
      expect(await codeOf(admit(withLogin()))).toBe('REGISTRY_LOGIN_REJECTED')
    })

    test('where the realm does not say, the first answer stands', async () => {
      denyBy(basic, { realm: 403 })
      const answer = registry.intercept
      registry.intercept = (request, response) => {
        if (request.url?.startsWith('/token') !== true || request.url.includes('scope='))
          return answer(request, response)
        response.writeHead(418).end()
        return true
      }
      expect(await codeOf(admit(withLogin()))).toBe('REGISTRY_ACCESS_DENIED')
    })
  })

  test('a token without the scope', async () => {
    registry.push('v1', sampleImage())
    serveTokens()
    registry.accepted = new Set()
    registry.challenge = `Bearer realm="${registry.url}/token",error="insufficient_scope"`
    expect(await codeOf(admit(withLogin()))).toBe('REGISTRY_ACCESS_DENIED')
    expect(await codeOf(admit())).toBe('REGISTRY_AUTH_MISSING')
  })

  test('a login is asked for and there is none', async () => {
    registry.accepted = new Set([basic])
    expect(await codeOf(admit())).toBe('REGISTRY_AUTH_MISSING')
  })

  test.each([
    ['Digest realm="x"', 'CHALLENGE_UNSUPPORTED'],
    ['Bearer service="x"', 'CHALLENGE_UNSUPPORTED'],
    ['Bearer realm="https://x', 'CHALLENGE_MALFORMED'],
    ['', 'REGISTRY_PROTOCOL'],
  ])('the challenge %j', async (challenge, code) => {
    registry.accepted = new Set()
    registry.challenge = challenge
    expect(await codeOf(admit(withLogin()))).toBe(code)
    expect(registry.authorizations()).toEqual([])
  })

  test.each([
    ['no JSON', 'tok'],
    ['no token', '{"expires_in":60}'],
    ['a token with a line break', JSON.stringify({ token: 'a\r\nx-evil: 1' })],
    ['a token of 20 KiB', JSON.stringify({ token: 'a'.repeat(20 * 1024) })],
    ['an answer of 100 KiB', JSON.stringify({ token: 'a', x: 'b'.repeat(100 * 1024) })],
  ])('S9: a token answer with %s', async (_, answer) => {
    serveTokens()
    registry.intercept = ({ url = '' }, response) => {
      if (!url.startsWith('/token')) return false
      response.writeHead(200).end(answer)
      return true
    }
    expect(await codeOf(admit(withLogin()))).toBe('TOKEN_ANSWER_INVALID')
  })
})

describe('S2: a hostile registry', () => {
  const nothing = () => expect(villain.seen).toEqual([])

  test('a foreign realm gets nothing, not even a question', async () => {
    registry.accepted = new Set()
    for (const realm of [`${villain.url}/token`, 'https://evil.test/token', `http://user@${registry.host}/token`]) {
      registry.challenge = `Bearer realm="${realm}",service="x"`
      expect(await codeOf(admit(withLogin()))).toBe('TOKEN_REALM_NOT_TRUSTED')
    }
    expect(registry.authorizations()).toEqual([])
    nothing()
  })

  test('a foreign realm beside Basic: the password goes to the registry, as it would for Basic alone', async () => {
    registry.push('v1', sampleImage())
    registry.accepted = new Set([basic])
    registry.challenge = `Bearer realm="${villain.url}/token", Basic realm="x"`
    expect(await codeOf(admit(withLogin()))).toBe('admitted')
    nothing()
  })

  test('a realm that the file lists is trusted, and that one alone', async () => {
    registry.push('v1', sampleImage())
    const realm = `${villain.url}/token`
    await client[Symbol.asyncDispose]()
    open({ trusted_realms: [{ registry: registry.host, realm }] })
    villain.intercept = (_, response) => {
      response.writeHead(200).end('{"access_token":"abc"}')
      return true
    }
    registry.accepted = new Set(['Bearer abc'])
    registry.challenge = `Bearer realm="${realm}"`
    expect(await codeOf(admit(withLogin()))).toBe('admitted')
    expect(villain.authorizations()).toEqual([basic])
    registry.challenge = `Bearer realm="${realm}2"`
    expect(await codeOf(admit(withLogin()))).toBe('TOKEN_REALM_NOT_TRUSTED')
  })

  test.each([301, 302, 303, 307, 308])(
    'a %i of /v2/, of the manifest or of the realm is not followed',
    async (status) => {
      for (const path of ['/v2/', '/manifests/', '/token']) {
        serveTokens()
        const tokens = registry.intercept
        registry.intercept = (request, response) => {
          const hit = request.url?.includes(path) && (path !== '/v2/' || request.url === path)
          if (!hit) return tokens(request, response)
          response.writeHead(status, { location: `${villain.url}/`, 'retry-after': '0' }).end()
          return true
        }
        expect(await codeOf(admit(withLogin()))).toBe('REGISTRY_REDIRECT_REFUSED')
      }
      nothing()
    },
  )

  test('S15: a blob is not fetched over plain http from another place, nor through more than three hops', async () => {
    registry.push('v1', sampleImage())
    const ticket = await admit()
    const locations = [
      `${villain.url}/blob`,
      'http://169.254.169.254/latest/',
      'file:///etc/passwd',
      '//evil.test/x',
      '',
    ]
    for (const location of locations) {
      registry.intercept = (_, response) => {
        response.writeHead(307, { location }).end()
        return true
      }
      expect(await codeOf(bytesOf(ticket, 0))).toBe('REGISTRY_REDIRECT_REFUSED')
    }
    registry.intercept = (request, response) => {
      response.writeHead(307, { location: `${request.url ?? ''}x` }).end()
      return true
    }
    const before = registry.seen.length
    expect(await codeOf(bytesOf(ticket, 0))).toBe('REGISTRY_REDIRECT_REFUSED')
    expect(registry.seen.length - before).toBe(4)
    nothing()
  })

  test('S15: a redirect to an address that nothing may have is refused when it connects', async () => {
    registry.push('v1', sampleImage())
    const ticket = await admit()
    for (const host of ['169.254.169.254', '[fd00:ec2::254]', '0.0.0.0', '127.0.0.1:1', '[::1]', 'localhost']) {
      registry.intercept = (_, response) => {
        response.writeHead(307, { location: `https://${host}/x` }).end()
        return true
      }
      expect(await codeOf(bytesOf(ticket, 0))).toBe('REGISTRY_ADDRESS_REFUSED')
    }
  })

  test('S9: an encoding that was not asked for is an error, never unpacked', async () => {
    registry.push('v1', sampleImage())
    registry.intercept = ({ url = '' }, response) => {
      if (!url.includes('manifests')) return false
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': 3 }).end('abc')
      return true
    }
    expect(await codeOf(admit())).toBe('REGISTRY_PROTOCOL')
    expect(registry.seen.every(({ headers }) => headers['accept-encoding'] === 'identity')).toBe(true)
  })

  test('S9, S17: a manifest that never ends is cut at 4 MiB', async () => {
    registry.intercept = ({ url = '', method }, response) => {
      if (!url.includes('manifests') || method === 'HEAD') return false
      response.writeHead(200, { 'content-type': 'application/vnd.oci.image.manifest.v1+json' })
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, ' ')));
      }
      response.on('drain', more)
      more()
      return true
    }
    registry.push('v1', sampleImage())
    expect(await codeOf(admit())).toBe('REGISTRY_PROTOCOL')
  })

  test('S17: other bytes than the digest says are corrupt', async () => {
    const digest = registry.push('v1', sampleImage())
    registry.manifests.set(digest, { mediaType: sampleImage().mediaType, bytes: sampleImage({ os: 'plan9' }).manifest })
    expect(await codeOf(admit())).toBe('IMAGE_CORRUPT')
  })

  test('a blob with a byte too many is corrupt, with a byte too few it was cut', async () => {
    const image = sampleImage()
    registry.push('v1', image)
    const ticket = await admit()
    const digest = ticket.layers[0]?.digest ?? ''
    registry.blobs.set(digest, Buffer.from('first layer!'))
    expect(await codeOf(bytesOf(ticket, 0))).toBe('IMAGE_CORRUPT')
    registry.blobs.set(digest, Buffer.from('first laye'))
    expect(await codeOf(bytesOf(ticket, 0))).toBe('REGISTRY_UNREACHABLE')
  })

  test('an image for another machine is found out by its config', async () => {
    registry.push('v1', sampleImage({ architecture: 'arm64' }))
    expect(await codeOf(admit())).toBe('IMAGE_PLATFORM_MISMATCH')
  })

  test('S16: a config that an engine would read with other layers is not admitted', async () => {
    registry.push('v1', sampleImage({ 'rootf\u017f': {} }))
    expect(await codeOf(admit())).toBe('IMAGE_UNSUPPORTED')
  })
})

describe('S23, S2: schemes and places', () => {
  test('a loopback registry that is not listed is not spoken to', async () => {
    await client[Symbol.asyncDispose]()
    for (const loopback_registries of [
      [],
      [`https://${registry.host}`],
      [`http://localhost:${registry.host.split(':')[1] ?? ''}`],
      [villain.url],
    ]) {
      open({ loopback_registries })
      const code = await codeOf(admit(withLogin()))
      expect(code).toBeOneOf(['REGISTRY_ADDRESS_REFUSED', 'REGISTRY_TLS'])
      await client[Symbol.asyncDispose]()
    }
    expect(registry.seen).toEqual([])
    open()
  })

  test('a plain http registry gets no login', async () => {
    await client[Symbol.asyncDispose]()
    open({ plain_http_registries: ['registry.example.com:5000'] })
    const image = parseImageReference('registry.example.com:5000/team/app')
    const login = loginFor('registry.example.com:5000/team/app', 'registry.example.com:5000')
    const order = { image, login, digest: null, platform: amd64 }
    expect(await codeOf(client.admit(order, { onStep: () => {} }, new AbortController().signal))).toBe(
      'REGISTRY_PLAIN_HTTP',
    )
  })

  test('S4: a login that was bound to another image is not used', async () => {
    const login = loginFor(`${registry.host}/team/other`)
    expect(await codeOf(admit({ login }))).toBe('CREDENTIAL_SERVER_MISMATCH')
    expect(registry.seen).toEqual([])
  })

  test('S2: a login whose server says https does not go over plain http, not even on loopback', async () => {
    const login = loginFor(`${registry.host}/team/app:v1`, `https://${registry.host}`)
    expect(await codeOf(admit({ login }))).toBe('CREDENTIAL_SERVER_MISMATCH')
  })

  test('a registry outside the list of the node is not asked', async () => {
    await client[Symbol.asyncDispose]()
    open({ allowed_registries: ['registry.example.com', `${registry.host}/other`] })
    expect(await codeOf(admit())).toBe('REGISTRY_NOT_ALLOWED')
    expect(registry.seen).toEqual([])
  })
})

describe('R4: a faulty registry', () => {
  test('Retry-After is obeyed, then the pull goes on', async () => {
    registry.push('v1', sampleImage())
    let refusals = 1
    registry.intercept = ({ url = '' }, response) => {
      if (!url.includes('manifests') || refusals-- <= 0) return false
      response.writeHead(429, { 'retry-after': '1' }).end()
      return true
    }
    const started = performance.now()
    expect(await codeOf(admit())).toBe('admitted')
    expect(performance.now() - started).toBeGreaterThan(990)
  })

  test('a connection that is cut once is made anew', async () => {
    registry.push('v1', sampleImage())
    let cuts = 1
    registry.intercept = ({ url = '', socket }) => {
      if (!url.includes('manifests') || cuts-- <= 0) return false
      socket.destroy()
      return true
    }
    expect(await codeOf(admit())).toBe('admitted')
  })

  test('silence has an end, and its own code', async () => {
    await client[Symbol.asyncDispose]()
    open({}, impatient)
    registry.intercept = () => true
    expect(await codeOf(admit())).toBe('REGISTRY_TIMEOUT')
  })

  test('a blob that stalls has an end, and its own code', async () => {
    await client[Symbol.asyncDispose]()
    open({}, impatient)
    registry.push('v1', sampleImage())
    const ticket = await admit()
    registry.intercept = (_, response) => {
      response.writeHead(200, { 'content-length': 11 }).write('first')
      return true
    }
    expect(await codeOf(bytesOf(ticket, 0))).toBe('PULL_STALLED')
  })

  test('a token that aged between two blobs is renewed once for all', async () => {
    registry.push('v1', sampleImage())
    serveTokens('one')
    const ticket = await admit(withLogin())
    serveTokens('two')
    const before = registry.seen.length
    await Promise.all([bytesOf(ticket, 0), bytesOf(ticket, 1)])
    const tokens = registry.seen.slice(before).filter(({ url }) => url.startsWith('/token'))
    expect(tokens.length).toBeLessThanOrEqual(2)
    expect(registry.authorizations().at(-1)).toBe('Bearer two')
  })

  test('a config that is cut is taken up where it was', async () => {
    const image = sampleImage({ more: 'x'.repeat(2000) })
    registry.push('v1', image)
    const cut = digestOf(image.config)
    let cuts = 2
    registry.intercept = ({ url = '' }, response) => {
      if (!url.endsWith(cut) || cuts-- <= 0) return false
      const { range } = registry.seen.at(-1)!.headers
      const start = Number(/\d+/.exec(range ?? '0'))
      const headers = { 'content-length': image.config.length - start }
      const part = { ...headers, 'content-range': `bytes ${start}-${image.config.length - 1}/${image.config.length}` }
      response.writeHead(start === 0 ? 200 : 206, start === 0 ? headers : part)
      response.write(image.config.subarray(start, start + 500), () => setTimeout(() => response.destroy(), 20))
      return true
    }
    expect(await codeOf(admit())).toBe('admitted')
    const ranges = registry.seen.filter(({ url }) => url.endsWith(cut)).map(({ headers }) => headers.range)
    expect(ranges).toEqual([undefined, 'bytes=500-', 'bytes=1000-'])
  })

  test('a config that is cut again and again is given up', async () => {
    const image = sampleImage()
    registry.push('v1', image)
    registry.intercept = ({ url = '' }, response) => {
      if (!url.endsWith(digestOf(image.config))) return false
      response.writeHead(200, { 'content-length': image.config.length })
      response.write(image.config.subarray(0, 1), () => response.destroy())
      return true
    }
    expect(await codeOf(admit())).toBe('REGISTRY_UNREACHABLE')
  })

  test('nobody listens', async () => {
    registry.push('v1', sampleImage())
    const image = parseImageReference(`${registry.host}/team/app:v1`)
    await registry[Symbol.asyncDispose]()
    const order = { image, login: null, digest: null, platform: amd64 }
    expect(await codeOf(client.admit(order, { onStep: () => {} }, new AbortController().signal))).toBe(
      'REGISTRY_UNREACHABLE',
    )
    registry = await ScriptedRegistry.start()
  })

  test('a caller who stops is let go at once', async () => {
    registry.intercept = () => true
    const controller = new AbortController()
    const work = codeOf(admit({}, controller.signal))
    setTimeout(() => controller.abort(problem('TIMED_OUT', { seconds: 1 })), 30)
    expect(await work).toBe('TIMED_OUT')
  })
})

describe('a password that is changed between two layers', () => {
  const changed = `Basic ${Buffer.from('robot:changed').toString('base64')}`
  let asked: number
  let next: () => BoundLogin | null
  const renewLogin = async (): Promise<BoundLogin | null> => {
    asked += 1
    return next()
  }
  function newLogin(image = `${registry.host}/team/app:v1`, server = registry.host): BoundLogin {
    const login = { username: new Redacted('robot'), password: new Redacted('changed'), server: new Redacted(server) }
    return bindTo(parseImageReference(image), login)
  }
  beforeEach(() => {
    asked = 0
    next = newLogin
    registry.push('v1', sampleImage())
  })

  test('Basic: is asked for once by all layers, and the pull goes on with it', async () => {
    registry.accepted = new Set([basic])
    const ticket = await admit({ ...withLogin(), renewLogin })
    registry.accepted = new Set([changed])
    const layers = await Promise.all([bytesOf(ticket, 0), bytesOf(ticket, 1)])
    expect(layers.map(({ length }) => length)).toEqual([11, 70_000])
    expect(asked).toBe(1)
  })

  test('Basic: also where the registry says 403 to a login that expired (Amazon ECR)', async () => {
    registry.accepted = new Set([basic])
    const ticket = await admit({ ...withLogin(), renewLogin })
    registry.accepted = new Set([changed])
    registry.intercept = ({ headers }, response) => {
      if (headers.authorization === changed) return false
      response.writeHead(403).end('{"errors":[{"code":"DENIED"}]}')
      return true
    }
    const layers = await Promise.all([bytesOf(ticket, 0), bytesOf(ticket, 1)])
    expect(layers.map(({ length }) => length)).toEqual([11, 70_000])
    expect(asked).toBe(1)
  })

  test('Basic: is not asked for where a 403 is about the image', async () => {
    registry.accepted = new Set([basic])
    const ticket = await admit({ ...withLogin(), renewLogin })
    registry.intercept = ({ url = '' }, response) => {
      if (!url.includes('/blobs/')) return false
      response.writeHead(403).end()
      return true
    }
    expect(await codeOf(bytesOf(ticket, 0))).toBe('REGISTRY_ACCESS_DENIED')
    expect(asked).toBe(0)
  })

  test('Bearer: the token is renewed with it', async () => {
    serveTokens('tok1', 1)
    const ticket = await admit({ ...withLogin(), renewLogin })
    registry.accepted = new Set(['Bearer tok2'])
    registry.intercept = ({ url = '', headers }, response) => {
      if (!url.startsWith('/token')) return false
      response.writeHead(headers.authorization === changed ? 200 : 401).end(JSON.stringify({ token: 'tok2' }))
      return true
    }
    const layers = await Promise.all([bytesOf(ticket, 0), bytesOf(ticket, 1)])
    expect(layers.map(({ length }) => length)).toEqual([11, 70_000])
    expect(asked).toBe(1)
  })

  test('is not asked for a second time, nor sent in vain', async () => {
    registry.accepted = new Set([basic])
    const ticket = await admit({ ...withLogin(), renewLogin })
    registry.accepted = new Set()
    expect(await codeOf(bytesOf(ticket, 0))).toBe('REGISTRY_LOGIN_REJECTED')
    const sent = registry.authorizations().length
    expect(await codeOf(bytesOf(ticket, 1))).toBe('REGISTRY_LOGIN_REJECTED')
    expect([asked, registry.authorizations().length]).toEqual([1, sent + 1])
  })

  test('that is still the same is the end', async () => {
    registry.accepted = new Set([basic])
    next = () => null
    const ticket = await admit({ ...withLogin(), renewLogin })
    registry.accepted = new Set()
    expect(await codeOf(bytesOf(ticket, 0))).toBe('REGISTRY_LOGIN_REJECTED')
    expect(new Set(registry.authorizations())).toEqual(new Set([basic]))
  })

  test('S4: for another image is not used', async () => {
    registry.accepted = new Set([basic])
    next = () => newLogin(`${registry.host}/team/other:v1`)
    const ticket = await admit({ ...withLogin(), renewLogin })
    registry.accepted = new Set([changed])
    expect(await codeOf(bytesOf(ticket, 0))).toBe('CREDENTIAL_SERVER_MISMATCH')
    expect(registry.authorizations()).not.toContain(changed)
  })
})
