/** A registry that lies, redirects elsewhere or never ends gets nothing and does no harm. */
import { answerWithoutEnd } from '@fairlead/testkit/endless-answer'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { basic, bytesOf, codeOf, RegistryTalk } from '../testing/registry-talk.ts'
import { sampleImage } from '../testing/scripted-registry.ts'

let talk: RegistryTalk
beforeEach(async () => {
  talk = await RegistryTalk.start()
})
afterEach(() => talk[Symbol.asyncDispose]())

describe('S2: a hostile registry', () => {
  const nothing = () => expect(talk.villain.seen).toEqual([])

  test('gets nothing through a foreign realm, not even a request', async () => {
    talk.registry.accepted = new Set()
    for (const realm of [
      `${talk.villain.url}/token`,
      'https://evil.test/token',
      `http://user@${talk.registry.host}/token`,
    ]) {
      talk.registry.challenge = `Bearer realm="${realm}",service="x"`
      expect(await codeOf(talk.admit(talk.withLogin()))).toBe('TOKEN_REALM_NOT_TRUSTED')
    }
    expect(talk.registry.authorizations()).toEqual([])
    nothing()
  })

  test('with a foreign realm next to Basic gets the password itself, as it would for Basic only', async () => {
    talk.registry.push('v1', sampleImage())
    talk.registry.accepted = new Set([basic])
    talk.registry.challenge = `Bearer realm="${talk.villain.url}/token", Basic realm="x"`
    expect(await codeOf(talk.admit(talk.withLogin()))).toBe('admitted')
    nothing()
  })

  test('may use a realm that the file lists, and no other', async () => {
    talk.registry.push('v1', sampleImage())
    const realm = `${talk.villain.url}/token`
    await talk.open({ trusted_realms: [{ registry: talk.registry.host, realm }] })
    talk.villain.intercept = (_, response) => {
      response.writeHead(200).end('{"access_token":"abc"}')
      return true
    }
    talk.registry.accepted = new Set(['Bearer abc'])
    talk.registry.challenge = `Bearer realm="${realm}"`
    expect(await codeOf(talk.admit(talk.withLogin()))).toBe('admitted')
    expect(talk.villain.authorizations()).toEqual([basic])
    talk.registry.challenge = `Bearer realm="${realm}2"`
    expect(await codeOf(talk.admit(talk.withLogin()))).toBe('TOKEN_REALM_NOT_TRUSTED')
  })

  test.each([301, 302, 303, 307, 308])(
    'is not followed on a %i of /v2/, of the manifest or of the realm',
    async (status) => {
      for (const path of ['/v2/', '/manifests/', '/token']) {
        talk.serveTokens()
        const tokens = talk.registry.intercept
        talk.registry.intercept = (request, response) => {
          const hit = request.url?.includes(path) && (path !== '/v2/' || request.url === path)
          if (!hit) return tokens(request, response)
          response.writeHead(status, { location: `${talk.villain.url}/`, 'retry-after': '0' }).end()
          return true
        }
        expect(await codeOf(talk.admit(talk.withLogin()))).toBe('REGISTRY_REDIRECT_REFUSED')
      }
      nothing()
    },
  )

  test('S15: cannot redirect a blob to another host over plain http, nor through more than three hops', async () => {
    talk.registry.push('v1', sampleImage())
    const ticket = await talk.admit()
    const locations = [
      `${talk.villain.url}/blob`,
      'http://169.254.169.254/latest/',
      'file:///etc/passwd',
      '//evil.test/x',
      '',
    ]
    for (const location of locations) {
      talk.registry.intercept = (_, response) => {
        response.writeHead(307, { location }).end()
        return true
      }
      expect(await codeOf(bytesOf(ticket, 0))).toBe('REGISTRY_REDIRECT_REFUSED')
    }
    talk.registry.intercept = (request, response) => {
      response.writeHead(307, { location: `${request.url ?? ''}x` }).end()
      return true
    }
    const before = talk.registry.seen.length
    expect(await codeOf(bytesOf(ticket, 0))).toBe('REGISTRY_REDIRECT_REFUSED')
    expect(talk.registry.seen.length - before).toBe(4)
    nothing()
  })

  test('S15: cannot redirect to a forbidden address, which is rejected on connecting', async () => {
    talk.registry.push('v1', sampleImage())
    const ticket = await talk.admit()
    for (const host of ['169.254.169.254', '[fd00:ec2::254]', '0.0.0.0', '127.0.0.1:1', '[::1]', 'localhost']) {
      talk.registry.intercept = (_, response) => {
        response.writeHead(307, { location: `https://${host}/x` }).end()
        return true
      }
      expect(await codeOf(bytesOf(ticket, 0))).toBe('REGISTRY_ADDRESS_REFUSED')
    }
  })

  test('S9: cannot use an encoding that was not requested, which is an error and never decoded', async () => {
    talk.registry.push('v1', sampleImage())
    const honest = talk.registry.intercept
    for (const encoding of ['gzip', 'x-gzip', 'br', 'deflate', 'zstd', 'compress', 'identity, gzip', 'new', '']) {
      talk.registry.intercept = (request, response) => {
        if (request.url?.includes('manifests')) response.setHeader('content-encoding', encoding)
        return honest(request, response)
      }
      expect([encoding, await codeOf(talk.admit())]).toEqual([encoding, 'REGISTRY_PROTOCOL'])
    }
    expect(talk.registry.seen.every(({ headers }) => headers['accept-encoding'] === 'identity')).toBe(true)
  })

  test('S9, S17: is cut off at 4 MiB if its manifest never ends', async () => {
    talk.registry.intercept = ({ url = '', method }, response) => {
      if (!url.includes('manifests') || method === 'HEAD') return false
      answerWithoutEnd(response.writeHead(200, { 'content-type': 'application/vnd.oci.image.manifest.v1+json' }))
      return true
    }
    talk.registry.push('v1', sampleImage())
    expect(await codeOf(talk.admit())).toBe('REGISTRY_PROTOCOL')
  })

  test('S9: may answer the first question with 64 KiB, but not a byte more', async () => {
    let size = 64 * 1024
    talk.registry.push('v1', sampleImage())
    talk.registry.intercept = ({ url }, response) => {
      if (url !== '/v2/') return false
      response.writeHead(200).end(Buffer.alloc(size, ' '))
      return true
    }
    expect(await codeOf(talk.admit())).toBe('admitted')
    size += 1
    expect(await codeOf(talk.admit())).toBe('REGISTRY_PROTOCOL')
  })

  test('S9: may not send headers without end', async () => {
    let size = 32 * 1024
    talk.registry.push('v1', sampleImage())
    talk.registry.intercept = ({ url }, response) => {
      if (url !== '/v2/') return false
      response.writeHead(200, { 'x-padding': 'x'.repeat(size) }).end()
      return true
    }
    expect(await codeOf(talk.admit())).toBe('admitted')
    size = 128 * 1024
    expect(await codeOf(talk.admit())).toBe('REGISTRY_PROTOCOL')
  })

  test('S9: may send a manifest of 4 MiB, but not a byte more', async () => {
    const { manifest, ...image } = sampleImage()
    const padded = (size: number) => ({
      ...image,
      manifest: Buffer.alloc(size, ' ').fill(manifest, 0, manifest.length),
    })
    talk.registry.push('v1', padded(4 * 1024 * 1024))
    expect(await codeOf(talk.admit())).toBe('admitted')
    talk.registry.push('v1', padded(4 * 1024 * 1024 + 1))
    expect(await codeOf(talk.admit())).toBe('REGISTRY_PROTOCOL')
  })

  test('S17: is reported as corrupt if its bytes do not match the digest', async () => {
    const digest = talk.registry.push('v1', sampleImage())
    talk.registry.manifests.set(digest, {
      mediaType: sampleImage().mediaType,
      bytes: sampleImage({ os: 'plan9' }).manifest,
    })
    expect(await codeOf(talk.admit())).toBe('IMAGE_CORRUPT')
  })

  test('sends a corrupt blob with a byte too many, and a cut one with a byte too few', async () => {
    const image = sampleImage()
    talk.registry.push('v1', image)
    const ticket = await talk.admit()
    const digest = ticket.layers[0]?.digest ?? ''
    talk.registry.blobs.set(digest, Buffer.from('first layer!'))
    expect(await codeOf(bytesOf(ticket, 0))).toBe('IMAGE_CORRUPT')
    talk.registry.blobs.set(digest, Buffer.from('first laye'))
    expect(await codeOf(bytesOf(ticket, 0))).toBe('REGISTRY_UNREACHABLE')
  })

  test('cannot pass off an image for another machine, as its config shows', async () => {
    talk.registry.push('v1', sampleImage({ architecture: 'arm64' }))
    expect(await codeOf(talk.admit())).toBe('IMAGE_PLATFORM_MISMATCH')
  })

  test('S16: cannot have a config admitted that an engine would read with other layers', async () => {
    talk.registry.push('v1', sampleImage({ 'rootf\u017f': {} }))
    expect(await codeOf(talk.admit())).toBe('IMAGE_UNSUPPORTED')
  })

  test('cannot have a config admitted that names fewer layers than the manifest', async () => {
    const first = `sha256:${'1'.repeat(64)}`
    talk.registry.push('v1', sampleImage({ rootfs: { type: 'layers', diff_ids: [first] } }))
    expect(await codeOf(talk.admit())).toBe('IMAGE_CORRUPT')
  })
})
