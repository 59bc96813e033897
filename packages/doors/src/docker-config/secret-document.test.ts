/** Logins from Docker's own files: which ones become a secret, and what is said about the others. */
import { inspect } from 'node:util'
import { Problem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { secretFromDockerConfig } from './secret-document.ts'

const password = 'canary:5e1f ü'
const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64')
const auth = base64(`robot:${password}`)
const host = 'registry.example.com'

function documentOf(config: unknown, server = host): unknown {
  const text = typeof config === 'string' ? config : JSON.stringify(config)
  let written = ''
  const code = (() => {
    try {
      secretFromDockerConfig({ bytes: Buffer.from(text), path: 'config.json', server }, (made) => (written = made))
      return null
    } catch (error) {
      if (!(error instanceof Problem) || written !== '') throw error
      return inspect(error, { depth: null, showHidden: true }).includes('canary') ? 'it leaks' : error.code
    }
  })()
  return code ?? JSON.parse(written)
}

const login = { username: 'robot', password, server: host }
const config = { auths: { [host]: { auth } } }

describe('finds a login', () => {
  test.each<[string, unknown, string?]>([
    ['in config.json', config],
    [
      'beside other hosts and settings',
      { credsStore: '', auths: { 'a.example.com': { auth: 'x' }, [host]: { auth } } },
    ],
    ['with user and password apart', { auths: { [host]: { username: 'robot', password } } }],
    ['in auth, whatever stands beside it', { auths: { [host]: { auth, username: 'x', password: 'y' } } }],
    ['in an auth that is padded with NULs', { auths: { [host]: { auth: base64(`robot:${password}\0\0`) } } }],
    ['in an old .dockercfg', { [host]: { auth, email: 'a@example.com' } }],
    ['under a URL', { auths: { [`https://${host}/v2/`]: { auth } } }],
    ['under the port of https', { auths: { [`${host}:443`]: { auth } } }],
    ['twice, when both are the same', { auths: { [host]: { auth }, [`https://${host}`]: { auth } } }],
    [
      'in an auth in lines, as base64 and jq -Rs make it',
      { auths: { [host]: { auth: auth.replace(/.{8}/, '$&\r\n') + '\n' } } },
    ],
    ['in base64, as kubectl prints it with jsonpath', `${base64(JSON.stringify(config))}\n`],
    ['in a Secret', { kind: 'Secret', data: { '.dockerconfigjson': base64(JSON.stringify(config)) } }],
    ['in a Secret with plain text', { kind: 'Secret', stringData: { '.dockerconfigjson': JSON.stringify(config) } }],
    ['in an old Secret', { kind: 'Secret', data: { '.dockercfg': base64(JSON.stringify(config.auths)) } }],
  ])('%s', (_, given) => {
    expect(documentOf(given)).toEqual(login)
  })

  test('of Docker Hub, under the name that Docker gives it', () => {
    const hub = { auths: { 'https://index.docker.io/v1/': { auth } } }
    expect(documentOf(hub, 'docker.io')).toEqual({ ...login, server: 'docker.io' })
  })
})

test('turns a multi-line Google key file into a secret unchanged', () => {
  const key = '{\n  "type": "service_account"\n}\n'
  const google = { auths: { [host]: { auth: base64(`_json_key:${key}`) } } }
  expect(documentOf(google)).toEqual({ username: '_json_key', password: key, server: host })
})

describe('makes no secret of', () => {
  test.each<[string, unknown, string]>([
    ['another host’s login', { auths: { 'a.example.com': { auth } } }, 'DOCKER_CONFIG_NO_LOGIN'],
    ['a subdomain’s', { auths: { [`a.${host}`]: { auth } } }, 'DOCKER_CONFIG_NO_LOGIN'],
    ['a look-alike’s', { auths: { [`https://${host}@a.example.com`]: { auth } } }, 'DOCKER_CONFIG_NO_LOGIN'],
    ['an empty entry', { auths: { [host]: {} } }, 'DOCKER_CONFIG_NO_LOGIN'],
    ['an identity token', { auths: { [host]: { auth, identitytoken: 'canary' } } }, 'DOCKER_CONFIG_LOGIN_UNUSABLE'],
    // An empty name is Docker's own file, whatever credsStore says.
    [
      'a helper without a name',
      { credHelpers: { [host]: '' }, credsStore: 'pass', auths: { [host]: {} } },
      'DOCKER_CONFIG_NO_LOGIN',
    ],
    ['an entry that credsStore keeps', { credsStore: 'pass', auths: { [host]: {} } }, 'DOCKER_CONFIG_LOGIN_UNUSABLE'],
    ['an entry that a helper keeps', { credHelpers: { [host]: 'ecr-login' } }, 'DOCKER_CONFIG_LOGIN_UNUSABLE'],
    ['an auth that is not base64', { auths: { [host]: { auth: 'canary!' } } }, 'DOCKER_CONFIG_LOGIN_UNUSABLE'],
    ['an auth without a colon', { auths: { [host]: { auth: base64('canary') } } }, 'DOCKER_CONFIG_LOGIN_UNUSABLE'],
    ['an auth without a user', { auths: { [host]: { auth: base64(':canary') } } }, 'DOCKER_CONFIG_LOGIN_UNUSABLE'],
    [
      'a password with a line break',
      { auths: { [host]: { auth: base64('u:canary\n') } } },
      'DOCKER_CONFIG_LOGIN_UNUSABLE',
    ],
    [
      'two logins that differ',
      { auths: { [host]: { auth }, [`https://${host}`]: { auth: base64('u:canary') } } },
      'DOCKER_CONFIG_LOGIN_UNUSABLE',
    ],
    ['another kind of object', { kind: 'ConfigMap', data: { '.dockerconfigjson': auth } }, 'DOCKER_CONFIG_INVALID'],
    ['another type of Secret', { kind: 'Secret', data: { password: base64('canary') } }, 'DOCKER_CONFIG_INVALID'],
    ['a list', ['canary'], 'DOCKER_CONFIG_INVALID'],
    ['a broken one', '{"auths": "canary', 'DOCKER_CONFIG_INVALID'],
    ['auths that are no object', { auths: ['canary'] }, 'DOCKER_CONFIG_INVALID'],
  ])('%s', (_, given, code) => {
    expect(documentOf(given)).toBe(code)
  })
})

test('S9: any document is a secret or a problem', () => {
  const entry = fc.record(
    {
      auth: fc.oneof(fc.string(), fc.base64String()),
      username: fc.string(),
      password: fc.string(),
      identitytoken: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  const near = fc
    .record({ auths: fc.dictionary(fc.constantFrom(host, 'a', '__proto__'), entry) })
    .map((x) => JSON.stringify(x))
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), near), (text) => {
      const found = documentOf(text)
      expect(typeof found === 'string' ? found : Object.keys(found as object)).toBeOneOf([
        ['username', 'password', 'server'],
        'DOCKER_CONFIG_INVALID',
        'DOCKER_CONFIG_NO_LOGIN',
        'DOCKER_CONFIG_LOGIN_UNUSABLE',
      ])
    }),
  )
})
