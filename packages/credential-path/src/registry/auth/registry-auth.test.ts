/** A password that changes in the middle of a pull. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { BoundLogin } from '../../match/bind-to.ts'
import { basic, bytesOf, codeOf, RegistryTalk } from '../../testing/registry-talk.ts'
import { sampleImage } from '../../testing/scripted-registry.ts'

let talk: RegistryTalk
beforeEach(async () => {
  talk = await RegistryTalk.start()
})
afterEach(() => talk[Symbol.asyncDispose]())

describe('a password that changes between two layers', () => {
  const changed = `Basic ${Buffer.from('robot:changed').toString('base64')}`
  let asked: number
  let next: () => BoundLogin | null
  const renewLogin = async (): Promise<BoundLogin | null> => {
    asked += 1
    return next()
  }
  const newLogin = (image = `${talk.registry.host}/team/app:v1`): BoundLogin =>
    talk.loginFor(image, talk.registry.host, 'changed')
  beforeEach(() => {
    asked = 0
    next = newLogin
    talk.registry.push('v1', sampleImage())
  })

  test('Basic: is requested once for all layers, and the pull continues with it', async () => {
    talk.registry.accepted = new Set([basic])
    const ticket = await talk.admit({ ...talk.withLogin(), renewLogin })
    talk.registry.accepted = new Set([changed])
    const layers = await Promise.all([bytesOf(ticket, 0), bytesOf(ticket, 1)])
    expect(layers.map(({ length }) => length)).toEqual([11, 70_000])
    expect(asked).toBe(1)
  })

  test('Basic: also if the registry answers 403 to an expired login (Amazon ECR)', async () => {
    talk.registry.accepted = new Set([basic])
    const ticket = await talk.admit({ ...talk.withLogin(), renewLogin })
    talk.registry.accepted = new Set([changed])
    talk.registry.intercept = ({ headers }, response) => {
      if (headers.authorization === changed) return false
      response.writeHead(403).end('{"errors":[{"code":"DENIED"}]}')
      return true
    }
    const layers = await Promise.all([bytesOf(ticket, 0), bytesOf(ticket, 1)])
    expect(layers.map(({ length }) => length)).toEqual([11, 70_000])
    expect(asked).toBe(1)
  })

  test('Basic: is not requested if a 403 is about the image', async () => {
    talk.registry.accepted = new Set([basic])
    const ticket = await talk.admit({ ...talk.withLogin(), renewLogin })
    talk.registry.intercept = ({ url = '' }, response) => {
      if (!url.includes('/blobs/')) return false
      response.writeHead(403).end()
      return true
    }
    expect(await codeOf(bytesOf(ticket, 0))).toBe('REGISTRY_ACCESS_DENIED')
    expect(asked).toBe(0)
  })

  test('Bearer: is used to renew the token', async () => {
    talk.serveTokens('tok1', 1)
    const ticket = await talk.admit({ ...talk.withLogin(), renewLogin })
    talk.registry.accepted = new Set(['Bearer tok2'])
    talk.registry.intercept = ({ url = '', headers }, response) => {
      if (!url.startsWith('/token')) return false
      response.writeHead(headers.authorization === changed ? 200 : 401).end(JSON.stringify({ token: 'tok2' }))
      return true
    }
    const layers = await Promise.all([bytesOf(ticket, 0), bytesOf(ticket, 1)])
    expect(layers.map(({ length }) => length)).toEqual([11, 70_000])
    expect(asked).toBe(1)
  })

  test('is not requested a second time, nor sent in vain', async () => {
    talk.registry.accepted = new Set([basic])
    const ticket = await talk.admit({ ...talk.withLogin(), renewLogin })
    talk.registry.accepted = new Set()
    expect(await codeOf(bytesOf(ticket, 0))).toBe('REGISTRY_LOGIN_REJECTED')
    const sent = talk.registry.authorizations().length
    expect(await codeOf(bytesOf(ticket, 1))).toBe('REGISTRY_LOGIN_REJECTED')
    expect([asked, talk.registry.authorizations().length]).toEqual([1, sent + 1])
  })

  test('that is still the same ends the pull', async () => {
    talk.registry.accepted = new Set([basic])
    next = () => null
    const ticket = await talk.admit({ ...talk.withLogin(), renewLogin })
    talk.registry.accepted = new Set()
    expect(await codeOf(bytesOf(ticket, 0))).toBe('REGISTRY_LOGIN_REJECTED')
    expect(new Set(talk.registry.authorizations())).toEqual(new Set([basic]))
  })

  test('S4: for another image is not used', async () => {
    talk.registry.accepted = new Set([basic])
    next = () => newLogin(`${talk.registry.host}/team/other:v1`)
    const ticket = await talk.admit({ ...talk.withLogin(), renewLogin })
    talk.registry.accepted = new Set([changed])
    expect(await codeOf(bytesOf(ticket, 0))).toBe('CREDENTIAL_SERVER_MISMATCH')
    expect(talk.registry.authorizations()).not.toContain(changed)
  })

  test('or before the first is requested once, and the image is admitted with it', async () => {
    talk.registry.accepted = new Set([changed])
    const ticket = await talk.admit({ ...talk.withLogin(), renewLogin })
    expect((await bytesOf(ticket, 0)).length).toBe(11)
    expect(asked).toBe(1)
  })

  test('or before the first ends the admission if it is still the same', async () => {
    talk.registry.accepted = new Set([changed])
    next = () => null
    expect(await codeOf(talk.admit({ ...talk.withLogin(), renewLogin }))).toBe('REGISTRY_LOGIN_REJECTED')
    expect(asked).toBe(1)
  })

  test('R6: is requested once for a registry that rejects everything', async () => {
    talk.registry.accepted = new Set()
    expect(await codeOf(talk.admit({ ...talk.withLogin(), renewLogin }))).toBe('REGISTRY_LOGIN_REJECTED')
    expect(asked).toBe(1)
  })
})
