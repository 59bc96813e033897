/** One pull’s conversation with an honest registry, and which registries and logins are allowed one. */
import type { ServerResponse } from 'node:http'
import { parseImageReference } from '@fairlead/contract/names'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { digestOf } from './image/manifest.ts'
import { amd64, basic, bytesOf, codeOf, RegistryTalk } from '../testing/registry-talk.ts'
import { sampleImage, sampleIndex } from '../testing/scripted-registry.ts'

let talk: RegistryTalk
beforeEach(async () => {
  talk = await RegistryTalk.start()
})
afterEach(() => talk[Symbol.asyncDispose]())

describe('an honest registry', () => {
  test('that is open admits an anonymous pull, and serves blobs whole, from an offset or in spans', async () => {
    const image = sampleImage()
    const digest = talk.registry.push('v1', image)
    const ticket = await talk.admit()
    expect(ticket).toMatchObject({ digest, totalBytes: ticket.config.size + 11 + 70_000 })
    expect(await ticket.imageConfig).toEqual({
      bytes: image.config,
      platform: 'linux/amd64',
      diffIds: image.layers.map(digestOf),
    })
    expect(ticket.manifests.map((manifest) => manifest.digest)).toEqual([digest])
    expect(await bytesOf(ticket, 1)).toEqual(image.layers[1])
    expect(await bytesOf(ticket, 1, 69_990)).toEqual(image.layers[1]?.subarray(69_990))
    expect(await bytesOf(ticket, 1, 10, 40)).toEqual(image.layers[1]?.subarray(10, 40))
    expect(await bytesOf(ticket, 1, 0, 1)).toEqual(image.layers[1]?.subarray(0, 1))
    expect(talk.registry.authorizations()).toEqual([])
  })

  test('Basic: is the only one to get the password, and only after it asked', async () => {
    talk.registry.accepted = new Set([basic])
    talk.registry.push('v1', sampleImage())
    await talk.admit(talk.withLogin())
    expect(talk.registry.seen[0]).toMatchObject({ url: '/v2/', authorization: null })
    expect(new Set(talk.registry.authorizations())).toEqual(new Set([basic]))
  })

  test('Bearer: gets one token for one repository and pull only; the password is sent only to the realm', async () => {
    talk.registry.push('v1', sampleImage())
    talk.serveTokens()
    await talk.admit(talk.withLogin())
    const tokens = talk.registry.seen.filter(({ url }) => url.startsWith('/token'))
    expect(tokens.map(({ url }) => url)).toEqual(['/token?service=scripted&scope=repository%3Ateam%2Fapp%3Apull'])
    expect(talk.registry.seen.filter(({ authorization }) => authorization === basic)).toEqual(tokens)
  })

  test('Bearer without a login: gets an anonymous token', async () => {
    talk.registry.push('v1', sampleImage())
    talk.serveTokens()
    expect(await codeOf(talk.admit())).toBe('admitted')
    expect(talk.registry.authorizations().every((value) => value === 'Bearer tok.en-1')).toBe(true)
  })

  test('is asked once how to log in, if it was asked before there was a login', async () => {
    talk.registry.push('v1', sampleImage())
    talk.serveTokens()
    const asked = talk.ask()
    await asked
    expect(talk.registry.seen).toEqual([expect.objectContaining({ url: '/v2/', authorization: null })])
    expect(await codeOf(talk.admit({ ...talk.withLogin(), asked }))).toBe('admitted')
    const pings = talk.registry.seen.filter(({ url }) => url === '/v2/')
    expect(pings.map(({ authorization }) => authorization)).toEqual([null])
  })

  test('that could not be asked how to log in is reported when its turn comes', async () => {
    talk.registry.intercept = (_, response) => Boolean(response.writeHead(503).end())
    const asked = talk.ask()
    expect(await codeOf(talk.admit({ ...talk.withLogin(), asked }))).toBe('REGISTRY_UNAVAILABLE')
  })

  test('gets one connection for challenge, token, manifest, config and the proof of the login', async () => {
    talk.registry.push('v1', sampleImage())
    talk.serveTokens()
    const asked = talk.ask()
    const ticket = await talk.admit({ ...talk.withLogin(), asked })
    expect(await ticket.loginUse(new AbortController().signal)).toBe('proved')
    expect(talk.connections).toBe(1)
  })

  test('sends no login for a config that nobody waits for any more', async () => {
    talk.registry.push('v1', sampleImage())
    talk.serveTokens()
    // Anyone gets in, until the config is asked for.
    talk.registry.accepted = null
    const serveTokens = talk.registry.intercept
    const held = Promise.withResolvers<ServerResponse>()
    talk.registry.intercept = (request, response) => {
      if (!(request.url ?? '').includes('/blobs/')) return serveTokens(request, response)
      held.resolve(response)
      return true
    }
    const image = parseImageReference(`${talk.registry.host}/team/app:v1`)
    const order = { image, login: talk.loginFor(`${talk.registry.host}/team/app:v1`), digest: null, platform: amd64 }
    const ticket = await talk.client.admit(order, { onStep: () => {} }, new AbortController().signal)
    const response = await held.promise
    ticket.dropConfig()
    await expect(ticket.imageConfig).rejects.toMatchObject({ code: 'INTERRUPTED' })
    response.writeHead(401, { 'www-authenticate': talk.registry.challenge }).end('{}')
    expect(talk.registry.seen.filter(({ url }) => url.startsWith('/token'))).toEqual([])
    expect(talk.reached).toEqual([])
  })

  describe('proves a login', () => {
    beforeEach(() => talk.registry.push('v1', sampleImage()))
    const use = async () => (await talk.admit(talk.withLogin())).loginUse(new AbortController().signal)

    test('by Basic, if `/v2/` admits no one else', async () => {
      talk.registry.accepted = new Set([basic])
      expect(await use()).toBe('proved')
    })

    test('by a token that opens `/v2/`', async () => {
      talk.serveTokens()
      expect(await use()).toBe('proved')
    })

    test('by an image that is refused without it, if the token does not open `/v2/`', async () => {
      talk.serveTokens()
      const realm = talk.registry.intercept
      talk.registry.intercept = (request, response) => {
        const { url = '', headers } = request
        if (url.startsWith('/token') && headers.authorization === undefined) {
          return Boolean(response.writeHead(401).end('{}'))
        }
        if (url === '/v2/') {
          return Boolean(response.writeHead(401, { 'www-authenticate': talk.registry.challenge }).end('{}'))
        }
        return realm(request, response)
      }
      expect(await use()).toBe('proved')
    })

    test('by a manifest that asks for it, if `/v2/` admits everyone', async () => {
      talk.registry.accepted = new Set([basic])
      talk.registry.intercept = ({ url }, response) => url === '/v2/' && Boolean(response.writeHead(200).end('{}'))
      expect(await use()).toBe('proved')
    })

    test('not by an anonymous token, which Harbor issues for a wrong password, and a public image', async () => {
      talk.serveTokens()
      const realm = talk.registry.intercept
      talk.registry.intercept = (request, response) =>
        request.url === '/v2/'
          ? Boolean(response.writeHead(401, { 'www-authenticate': talk.registry.challenge }).end('{}'))
          : realm(request, response)
      expect(await use()).toBe('unproved')
    })

    test('not if the registry asks for none, as zot does for a public image', async () => {
      talk.registry.accepted = null
      expect(await use()).toBe('unsent')
      expect(talk.registry.authorizations()).toEqual([])
    })
  })

  test('that allows /v2/ and asks at the manifest gets its answer there', async () => {
    talk.registry.push('v1', sampleImage())
    talk.registry.accepted = new Set([basic])
    talk.registry.intercept = ({ url }, response) => {
      if (url !== '/v2/') return false
      response.writeHead(200).end()
      return true
    }
    expect(await codeOf(talk.admit(talk.withLogin()))).toBe('admitted')
  })

  test('resolves an index to the platform of the node, while the digest pulled remains that of the index', async () => {
    const arm = sampleImage({ architecture: 'arm64', variant: 'v8' })
    const amd = sampleImage()
    talk.registry.push('arm', arm)
    talk.registry.push('amd', amd)
    const index = sampleIndex([
      { image: arm, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
      { image: amd, platform: { os: 'linux', architecture: 'amd64' } },
    ])
    talk.registry.manifests.set('v1', index).set(digestOf(index.bytes), index)
    const ticket = await talk.admit()
    expect(ticket.digest).toBe(digestOf(index.bytes))
    expect(ticket.manifests.map(({ digest }) => digest)).toEqual([digestOf(index.bytes), digestOf(amd.manifest)])
    const forArm = await talk.admit({ platform: { os: 'linux', arch: 'arm64', variant: null } })
    expect(await forArm.imageConfig).toMatchObject({ platform: 'linux/arm64/v8' })
    expect(await codeOf(talk.admit({ platform: { os: 'linux', arch: 's390x', variant: null } }))).toBe(
      'IMAGE_PLATFORM_MISMATCH',
    )
  })

  test('uses a given digest, whatever the tag points to', async () => {
    const first = talk.registry.push('v1', sampleImage())
    talk.registry.push('v1', sampleImage({ variant: 'v1' }))
    expect((await talk.admit({ digest: first })).digest).toBe(first)
    expect(talk.registry.seen.some(({ url }) => url.endsWith('/manifests/v1'))).toBe(false)
  })

  test('that refuses HEAD is asked with GET', async () => {
    const digest = talk.registry.push('v1', sampleImage())
    talk.registry.intercept = ({ method }, response) => {
      if (method !== 'HEAD') return false
      response.writeHead(405).end()
      return true
    }
    expect((await talk.admit()).digest).toBe(digest)
  })
})

describe('S23, S2: schemes and hosts', () => {
  test('do not allow a loopback registry that is not listed', async () => {
    for (const loopback_registries of [
      [],
      [`https://${talk.registry.host}`],
      [`http://localhost:${talk.registry.host.split(':')[1] ?? ''}`],
      [talk.villain.url],
    ]) {
      await talk.open({ loopback_registries })
      const code = await codeOf(talk.admit(talk.withLogin()))
      expect(code).toBeOneOf(['REGISTRY_ADDRESS_REFUSED', 'REGISTRY_TLS_HANDSHAKE'])
    }
    expect(talk.registry.seen).toEqual([])
  })

  test('do not allow a login to a plain http registry', async () => {
    await talk.open({ plain_http_registries: ['registry.example.com:5000'] })
    const image = parseImageReference('registry.example.com:5000/team/app')
    const login = talk.loginFor('registry.example.com:5000/team/app', 'registry.example.com:5000')
    const order = { image, login, digest: null, platform: amd64 }
    expect(await codeOf(talk.client.admit(order, { onStep: () => {} }, new AbortController().signal))).toBe(
      'REGISTRY_PLAIN_HTTP',
    )
  })

  test('S4: do not allow a login that was bound to another image', async () => {
    const login = talk.loginFor(`${talk.registry.host}/team/other`)
    expect(await codeOf(talk.admit({ login }))).toBe('CREDENTIAL_SERVER_MISMATCH')
    expect(talk.registry.seen).toEqual([])
  })

  test('S2: do not allow a login whose server says https over plain http, not even on loopback', async () => {
    const login = talk.loginFor(`${talk.registry.host}/team/app:v1`, `https://${talk.registry.host}`)
    expect(await codeOf(talk.admit({ login }))).toBe('CREDENTIAL_SERVER_MISMATCH')
  })

  test('do not allow a registry outside the list of the node', async () => {
    await talk.open({ allowed_registries: ['registry.example.com', `${talk.registry.host}/other`] })
    expect(await codeOf(talk.admit())).toBe('REGISTRY_NOT_ALLOWED')
    expect(talk.registry.seen).toEqual([])
  })
})
