import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readConfigYaml } from './read-config-yaml.ts'
import { writeConfigYaml, type ConfigText } from './write-config-yaml.ts'

const read = (text: string) => readConfigYaml('env.yaml', new TextEncoder().encode(text))

const small: ConfigText = { docker_image: 'a', ray_version: '2.10', env_vars: [], registry_login_secret: null }

describe('a written config file', () => {
  test('reads as if a person had typed it', () => {
    expect(
      writeConfigYaml({
        docker_image: 'registry.example.com/team/ray:1',
        ray_version: '2.55.1',
        env_vars: [
          ['MODE', 'fast'],
          ['EMPTY', ''],
          ['WORDS', 'two words: three'],
          ['LINES', 'one\ntwo'],
        ],
        registry_login_secret: 'mysecretid',
      }),
    ).toBe(
      [
        'docker_image: registry.example.com/team/ray:1',
        'ray_version: 2.55.1',
        'env_vars:',
        '  MODE: fast',
        "  EMPTY: ''",
        "  WORDS: 'two words: three'",
        '  LINES: "one\\ntwo"',
        'registry_login_secret: mysecretid',
        '',
      ].join('\n'),
    )
  })

  test.each(['2.10', 'true', 'No', 'null', '~', '0x1F', '1e3', '1_000', '2026-11-24', '=', '<<', ''])(
    'keeps %j as that text for readers that know numbers, booleans and null',
    (value) => {
      const written = writeConfigYaml({ ...small, ray_version: value })
      expect(parse(written, { version: '1.1' })).toMatchObject({ ray_version: value })
      expect(parse(written, { version: '1.2' })).toMatchObject({ ray_version: value })
    },
  )

  test.each(['\u007F', '\u0085', '\u009F', 'a\\\uFFFE', '\uFFFF'])('writes %j so that it is read', (value) => {
    const written = writeConfigYaml({ ...small, env_vars: [[`A${value}`, value]] })
    expect(read(written)['env_vars']).toEqual({ [`A${value}`]: value })
    expect(parse(written)).toEqual(read(written))
  })

  test('writes a duplicate variable twice, and the reader refuses it', () => {
    const env_vars = [
      ['A', '1'],
      ['A', '2'],
    ] as const
    expect(() => read(writeConfigYaml({ ...small, env_vars }))).toThrow('this field stands here a second time')
  })
})

const anyText = fc
  .oneof(fc.string({ unit: anyCharacter }), fc.string({ unit: 'grapheme' }), fc.string())
  .filter((text) => text.isWellFormed())

test('property: reads back as it was written', () => {
  const config = fc.record({
    docker_image: anyText,
    ray_version: anyText,
    env_vars: fc.uniqueArray(fc.tuple(fc.stringMatching(/^[A-Za-z_]\w{0,8}$/), anyText), {
      selector: ([name]) => name,
    }),
    registry_login_secret: fc.option(anyText),
  })
  fc.assert(
    fc.property(config, (fields) => {
      const { env_vars, registry_login_secret, ...others } = fields
      const expected = {
        ...others,
        ...(env_vars.length > 0 && { env_vars: Object.fromEntries(env_vars) }),
        ...(registry_login_secret !== null && { registry_login_secret }),
      }
      expect(read(writeConfigYaml(fields))).toEqual(expected)
    }),
    { numRuns: 200 },
  )
})
