/** What `fairlead configure-docker` changes and what it leaves alone. */
import { Problem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseLoginMap } from '../login-map.ts'
import { setUpDocker, undoDockerSetup, type DockerSetup } from './docker-setup.ts'

const login = { host: 'registry.example.com', secret: 'team/login', provider: 'aws' } as const
const files = (map: string | null, docker: string | null) => ({
  map: { path: 'map.yaml', text: map },
  docker: { path: 'config.json', text: docker },
})
const changesOf = ({ changes }: DockerSetup) => changes.map(({ file, change }) => `${file} ${change}`)
const docker = ({ dockerText }: DockerSetup) => JSON.parse(dockerText ?? 'null') as Record<string, unknown> | null

describe('the first run', () => {
  test('creates both files', () => {
    const done = setUpDocker(files(null, null), [login])
    expect(parseLoginMap(done.mapText ?? '', 'map.yaml')).toMatchObject([{ secret: 'team/login', provider: 'aws' }])
    expect(docker(done)).toEqual({ credHelpers: { 'registry.example.com': 'fairlead' } })
    expect(changesOf(done)).toEqual(['map added', 'docker added'])
  })

  test('keeps all existing content, including comments', () => {
    const map = '# ours\nregistries:\n  a.example.com: other # theirs\n'
    const config = {
      auths: { 'a.example.com': { auth: 'eA==' } },
      proxies: {},
      credHelpers: { b: 'ecr-login' },
      aliases: { x: 'y' },
    }
    const done = setUpDocker(files(map, JSON.stringify(config)), [login])
    expect(done.mapText).toContain('# ours\n')
    expect(done.mapText).toContain('other # theirs\n')
    expect(docker(done)).toEqual({ ...config, credHelpers: { b: 'ecr-login', 'registry.example.com': 'fairlead' } })
    expect(Object.keys(docker(done) ?? {})).toEqual(Object.keys(config))
    expect(done.leftovers).toEqual([])
  })

  test('names Docker Hub as Docker does', () => {
    const done = setUpDocker(files(null, null), [{ ...login, host: 'docker.io' }])
    expect(docker(done)).toEqual({ credHelpers: { 'https://index.docker.io/v1/': 'fairlead' } })
  })

  test('fills a map whose registries are empty', () => {
    const done = setUpDocker(files('registries:\n', '  '), [login])
    expect(parseLoginMap(done.mapText ?? '', 'map.yaml')).toHaveLength(1)
  })
})

describe('a second run', () => {
  test('changes nothing', () => {
    const once = setUpDocker(files(null, null), [login])
    const twice = setUpDocker(files(once.mapText, once.dockerText), [login])
    expect(twice).toMatchObject({ mapText: null, dockerText: null })
    expect(changesOf(twice)).toEqual(['map kept', 'docker kept'])
  })

  test('replaces entries that differ, and reports the old ones', () => {
    const map = 'registries: { registry.example.com:443: old }'
    const done = setUpDocker(files(map, '{"credHelpers":{"registry.example.com":"ecr-login"}}'), [login])
    expect(done.changes.map(({ change, before }) => [change, before])).toEqual([
      ['replaced', 'old'],
      ['replaced', 'ecr-login'],
    ])
    expect(parseLoginMap(done.mapText ?? '', 'map.yaml')).toHaveLength(1)
  })

  test('can undo it, and leaves another helper alone', () => {
    const once = setUpDocker(files(null, '{"x":1}'), [login, { ...login, host: 'b.example.com' }])
    const undone = undoDockerSetup(files(once.mapText, once.dockerText), ['registry.example.com', 'b.example.com'])
    expect(docker(undone)).toEqual({ x: 1 })
    expect(parseLoginMap(undone.mapText ?? '', 'map.yaml')).toEqual([])
    const other = undoDockerSetup(files(null, '{"credHelpers":{"registry.example.com":"pass"}}'), [
      'registry.example.com',
    ])
    expect(other).toMatchObject({ mapText: null, dockerText: null })
  })
})

test.each([
  ['registry.example.com', ['registry.example.com']],
  ['https://registry.example.com/v2/', ['https://registry.example.com/v2/']],
  ['registry.example.com:443', ['registry.example.com:443']],
  ['a.registry.example.com', []],
])('finds a login left under auths.%s', (name, leftovers) => {
  const config = { auths: { [name]: { auth: Buffer.from('u:p').toString('base64') } } }
  expect(setUpDocker(files(null, JSON.stringify(config)), [login]).leftovers).toEqual(leftovers)
})

test('does not count an empty entry, as docker login leaves it next to a helper', () => {
  expect(setUpDocker(files(null, '{"auths":{"registry.example.com":{}}}'), [login]).leftovers).toEqual([])
})

describe('is refused', () => {
  const codeOf = (run: () => unknown): unknown => {
    try {
      return run()
    } catch (error) {
      if (error instanceof Problem) return error.code
      throw error
    }
  }

  test.each([
    ['a path in the host', { ...login, host: 'registry.example.com/team' }, 'USAGE'],
    ['a scheme in the host', { ...login, host: 'https://registry.example.com' }, 'USAGE'],
    [
      'a password in the place of a reference',
      { ...login, secret: 'ghp_0123456789abcdefghij0123456789abcdef' },
      'REFERENCE_LOOKS_LIKE_A_SECRET',
    ],
    ['a reference that is none', { ...login, secret: 'a b' }, 'SECRET_REF_INVALID'],
  ])('%s', (_, given, code) => {
    expect(codeOf(() => setUpDocker(files(null, null), [given]))).toBe(code)
  })

  test('S9: any text of Docker’s file is edited, or refused unchanged', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.dictionary(fc.constantFrom('auths', 'credHelpers', 'x'), fc.jsonValue()).map((x) => JSON.stringify(x)),
        ),
        (text) => {
          const found = codeOf(() => docker(setUpDocker(files(null, text), [login])))
          expect(found === 'DOCKER_CONFIG_INVALID' || typeof found === 'object').toBe(true)
        },
      ),
    )
  })
})
