import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as fc from 'fast-check'
import { stringify } from 'smol-toml'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fileWithNarrower, isNarrower, parseRegistriesConf } from './registries-conf.ts'

describe('a registries.conf', () => {
  test('names registries by their prefix, or by their location', () => {
    const registry = [
      { prefix: 'a.example.com/team/', location: 'x' },
      { location: 'b.example.com' },
      { prefix: 'c.example.com', location: 'x', blocked: true },
    ]
    expect(parseRegistriesConf(stringify({ registry }))).toEqual([
      { prefix: 'a.example.com/team', isBlocked: false },
      { prefix: 'b.example.com', isBlocked: false },
      { prefix: 'c.example.com', isBlocked: true },
    ])
  })

  test('names them in any case of its keys, as the library reads them', () => {
    const text = '[[Registry]]\nPREFIX = "a.example.com/team"\nLocation = "x"\nBlocked = true\n'
    expect(parseRegistriesConf(text)).toEqual([{ prefix: 'a.example.com/team', isBlocked: true }])
  })

  test('of any text names nothing that is not in it', () => {
    fc.assert(
      fc.property(fc.string(), (text) => parseRegistriesConf(text).every(({ prefix }) => text.includes(prefix))),
    )
    fc.assert(
      fc.property(fc.array(fc.record({ prefix: fc.webPath(), location: fc.domain() })), (registry) => {
        expect(parseRegistriesConf(stringify({ registry }))).toHaveLength(registry.length)
      }),
    )
    for (const text of ['registry = 1', '[registries.search]\nregistries = ["r.example.com/x"]', '[[registry]']) {
      expect(parseRegistriesConf(text)).toEqual([])
    }
  })
})

test.each(['/', '.', '*', 'a'])('S9: a mebibyte of %j in a prefix is read in linear time', (unit) => {
  const prefix = `r.example.com/${unit.repeat(2 ** 20)}x`
  expect(parseRegistriesConf(stringify({ registry: [{ prefix, location: 'x' }] }))).toEqual([
    { prefix, isBlocked: false },
  ])
})

test.each([
  ['r.example.com/team', true],
  ['r.example.com/team/app', true],
  ['*.example.com', true],
  ['r.example.com', false],
  ['r.example.com.evil/team', false],
  ['other.example.com/team', false],
  ['*.com', false],
  ['example.com', false],
  ['r.example.com:5000/team', false],
])('the prefix %s takes images of r.example.com from its own: %s', (prefix, expected) => {
  expect(isNarrower(prefix, 'r.example.com')).toBe(expected)
})

describe('the files that podman reads', () => {
  let root: string
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'image-'))
  })
  afterEach(() => rm(root, { recursive: true }))

  const write = async (path: string, registry: Record<string, unknown>): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), stringify({ registry: [registry] }))
  }
  const team = { prefix: 'r.example.com/team', location: 'elsewhere.example.com' }
  const find = () => fileWithNarrower(['r.example.com', 'r.example.com:443'], root)

  test.each([
    '/etc/containers/registries.conf',
    '/etc/containers/registries.conf.d/00-team.conf',
    '/etc/containers/registries.rootful.conf.d/team.conf',
    '/root/.config/containers/registries.conf',
    '/root/.config/containers/registries.conf.d/team.conf',
    '/usr/share/containers/registries.conf.d/team.conf',
  ])('are searched for a part of the registry: %s', async (path) => {
    await write(path, { prefix: 'r.example.com', location: '127.0.0.1:7464/r.example.com' })
    expect(await find()).toBeNull()
    await write(path, team)
    expect(await find()).toBe(path)
    await write(path, { ...team, prefix: 'r.example.com:443/team' })
    expect(await find()).toBe(path)
  })

  test('do not include another name, or the main file of the machine if root has one', async () => {
    await write('/etc/containers/registries.conf.d/team.conf.bak', team)
    await write('/etc/containers/registries.conf', team)
    await write('/root/.config/containers/registries.conf', { location: 'other.example.com' })
    expect(await find()).toBeNull()
  })

  test('a later one counts: what it blocks goes nowhere', async () => {
    await write('/etc/containers/registries.conf', team)
    await write('/etc/containers/registries.conf.d/block.conf', { ...team, blocked: true })
    expect(await find()).toBeNull()
  })
})
