/** Where an engine would send a login: every realm that a registry offers is checked, since the engine chooses. */
import { parseRegistryHost } from '@fairlead/contract/names'
import { Problem } from '@fairlead/contract/problems'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { NodePolicy } from '../policy/node-policy.ts'
import { openEngineLoginCheck, type EngineLogin } from './engine-login-check.ts'
import { ScriptedRegistry } from '../testing/scripted-registry.ts'

const retry = { tries: 1, pauseMs: 1, patienceMs: 1 }
const foreign = 'Bearer realm="https://tokens.example.com/t",service="s"'

let registry: ScriptedRegistry
beforeEach(async () => {
  registry = await ScriptedRegistry.start()
  registry.accepted = new Set()
})
afterEach(() => registry[Symbol.asyncDispose]())

async function ask(challenge: string, policy: object = {}): Promise<EngineLogin | string> {
  registry.challenge = challenge
  const node = NodePolicy.parse({ loopback_registries: [registry.url], ...policy })
  await using check = openEngineLoginCheck(node, retry)
  const host = parseRegistryHost(registry.host)
  if (host === null) throw new Error('the registry has no host')
  return await check.check(host, AbortSignal.timeout(5_000)).catch((error: unknown) => {
    if (error instanceof Problem) return error.code
    throw error
  })
}

describe('S2: an engine gets a login for', () => {
  test('a registry that asks for Basic', async () => {
    expect(await ask('Basic realm="r"')).toEqual({ kind: 'login', inPlain: true })
    expect(registry.authorizations()).toEqual([])
  })

  test('a token realm on the registry itself', async () => {
    expect(await ask(`Bearer realm="${registry.url}/token"`)).toEqual({ kind: 'login', inPlain: true })
  })

  test('a foreign realm that the node lists', async () => {
    const trusted_realms = [{ registry: registry.host, realm: 'https://tokens.example.com/t' }]
    expect(await ask(foreign, { trusted_realms })).toMatchObject({ kind: 'login' })
  })
})

describe('S2: an engine gets no login for', () => {
  test.each([
    ['a foreign realm', foreign],
    ['a foreign realm that comes before Basic', `${foreign}, Basic realm="r"`],
    ['a foreign realm that comes after Basic', `Basic realm="r", ${foreign}`],
    ['a Bearer challenge without a realm beside Basic', 'Bearer service="s", Basic realm="r"'],
  ])('%s', async (_, challenge) => {
    expect(await ask(challenge)).toBe('TOKEN_REALM_NOT_TRUSTED')
    expect(registry.authorizations()).toEqual([])
  })

  test('a foreign realm next to a trusted one', async () => {
    expect(await ask(`Bearer realm="${registry.url}/token", ${foreign}`)).toBe('TOKEN_REALM_NOT_TRUSTED')
  })

  test.each([
    ['a challenge that cannot be read', 'Bearer realm="', 'CHALLENGE_MALFORMED'],
    ['another kind of login', 'Negotiate', 'CHALLENGE_UNSUPPORTED'],
  ])('%s', async (_, challenge, code) => {
    expect(await ask(challenge)).toBe(code)
  })

  test('a registry on loopback that the node does not list', async () => {
    expect(await ask('Basic realm="r"', { loopback_registries: [] })).toBe('REGISTRY_ADDRESS_REFUSED')
    expect(registry.seen).toEqual([])
  })

  test('a redirect', async () => {
    registry.intercept = (_request, response) => {
      response.writeHead(307, { location: 'https://evil.example.com/v2/' }).end()
      return true
    }
    expect(await ask('Basic realm="r"')).toBe('REGISTRY_REDIRECT_REFUSED')
  })
})

describe('a registry that lets us in without a login', () => {
  test('does not reveal where a login would go', async () => {
    registry.accepted = null
    expect(await ask('Basic realm="r"')).toEqual({ kind: 'open', inPlain: true })
  })

  test('but says how to log in, as zot does if one of its repositories is public, gets the login', async () => {
    expect(await askOfOpen('basic realm="zot"')).toEqual({ kind: 'login', inPlain: true })
  })

  test.each([
    [64 * 1024, { kind: 'open', inPlain: true }],
    [64 * 1024 + 1, 'REGISTRY_PROTOCOL'],
  ])('S9: is read up to 64 KiB: %d bytes', async (length, expected) => {
    registry.intercept = (_request, response) => !!response.writeHead(200).end(Buffer.alloc(length))
    expect(await ask('')).toEqual(expected)
  })

  test('S2: but names a foreign realm gets none', async () => {
    expect(await askOfOpen(foreign)).toBe('TOKEN_REALM_NOT_TRUSTED')
    expect(await askOfOpen('Bearer realm="')).toBe('CHALLENGE_MALFORMED')
  })

  function askOfOpen(challenge: string): Promise<EngineLogin | string> {
    registry.intercept = (_request, response) => {
      response.writeHead(200, { 'www-authenticate': challenge }).end('{}')
      return true
    }
    return ask('')
  }
})
