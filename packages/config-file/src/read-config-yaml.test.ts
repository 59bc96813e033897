import { isProblem, type Problem } from '@fairlead/contract/problems'
import { checkEnvironmentConfig } from '@fairlead/contract/wire'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { readConfigYaml } from './read-config-yaml.ts'

const read = (text: string) => readConfigYaml('env.yaml', new TextEncoder().encode(text))

function refusal(text: string): Problem {
  try {
    read(text)
  } catch (error) {
    if (isProblem(error)) return error
    throw error
  }
  throw new TypeError('it was read')
}

function outcome(work: () => unknown): 'read' | 'refused' | 'a fault' {
  try {
    work()
    return 'read'
  } catch (error) {
    return isProblem(error) ? 'refused' : 'a fault'
  }
}

describe('a config file', () => {
  test.each(['docker_image: [a\nray_version: 2.10\n', 'env_vars: {A: b\nray_version: 2.10\n'])(
    '%j: blames the unclosed bracket, not the line below',
    (text) => {
      expect(refusal(text).facts.reason).toBe('a bracket opened above is not closed')
    },
  )

  test('says what to indent if the text of the page lost its indentation', () => {
    const fields = read('docker_image: a/b:c\nray_version: 2.7.0\nenv_vars: # Optionally\nMY_VAR: value\n')
    expect(() => checkEnvironmentConfig(fields, null)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_UNKNOWN_FIELD',
        fix: expect.stringMatching(/^Indent MY_VAR /) as string,
      }),
    )
  })

  test('reads the file from the page unchanged', () => {
    const text = [
      'docker_image: my-registry/my-image:tag',
      'ray_version: 2.7.0 # Replace this with the version of Ray in your image',
      'env_vars: # Optionally, specify environment variables',
      '  MY_VAR: value',
      'registry_login_secret: mysecretid',
    ].join('\n')
    expect(read(text)).toEqual({
      docker_image: 'my-registry/my-image:tag',
      ray_version: '2.7.0',
      env_vars: { MY_VAR: 'value' },
      registry_login_secret: 'mysecretid',
    })
  })

  test.each([
    ['2.10', '2.10'],
    ['1', '1'],
    ['0x1F', '0x1F'],
    ['1e3', '1e3'],
    ['true', 'true'],
    ['No', 'No'],
    ['null', 'null'],
    ['~', '~'],
    ['', ''],
    ['2026-11-24', '2026-11-24'],
    ["'quoted'", 'quoted'],
    ['"a\\tb"', 'a\tb'],
    ['|\n    two\n    lines', 'two\nlines\n'],
  ])('reads the scalar %j as the text %j', (written, text) => {
    expect(read(`env_vars:\n  V: ${written}\n`)).toEqual({ env_vars: { V: text } })
  })

  test('sets nothing if everything in an env_vars field is commented out', () => {
    expect(read('env_vars: # none yet\nray_version: 2.10')).toEqual({ env_vars: undefined, ray_version: '2.10' })
  })

  test('distinguishes an empty secret reference from a missing one', () => {
    expect(read('registry_login_secret:')).toEqual({ registry_login_secret: '' })
  })

  test.each([
    ['docker_image: [a, b]', 'docker_image'],
    ['docker_image: a\nray_version: {a: b}', 'ray_version'],
    ['docker_image: a\nray_version: 2.10\nenv_vars:\n  A: [1]', 'env_vars.A'],
    ['docker_image: a\nray_version: 2.10\nenv_vars: [A, B]', 'env_vars'],
  ])('%j: its check blames %s', (text, path) => {
    expect(() => checkEnvironmentConfig(read(text), null)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', facts: expect.objectContaining({ path }) as object }),
    )
  })

  test('its check lists every value that is not text, and what else is wrong', () => {
    const fields = read('docker_image: [a]\nray_version: {a: b}\nenv_vars:\n  A: [1]\n  1B: x\nfoo: x\n')
    expect(() => checkEnvironmentConfig(fields, null)).toThrow(
      expect.objectContaining({
        fields: ['foo', 'docker_image', 'ray_version', 'env_vars.A', 'env_vars.1B'].map(
          (path) => expect.objectContaining({ path }) as object,
        ),
      }),
    )
  })

  test.each([
    ['ray_version: 2.10\nray_version: 2.11', 2, 1],
    ['docker_image: a\n\tray_version: 1', 2, 1],
    ['docker_image: "open', 1, 20],
    ['a: &x 1\nray_version: *x', 2, 14],
    ['ray_version: *nowhere', 1, 14],
    ['ray_version: !!int 2', 1, 20],
    ['ray_version: !mine 2', 1, 20],
    ['docker_image: a: b', 1, 15],
    ['a: b\n---\nc: d', 2, 1],
    ['- a\n- b', 1, 1],
    ['just text', 1, 1],
    ['? [a]\n: b', 1, 3],
  ])('%j is malformed at line %i, column %i', (text, line, column) => {
    expect(refusal(text)).toMatchObject({ code: 'CONFIG_YAML_MALFORMED', facts: { line, column } })
  })

  test.each([
    ["env_vars:\n  A: 'x''\n  B: y'\n", 2, 6],
    ['env_vars:\n  A: "C:\\\\data\\"\n  B: "y"\n', 2, 6],
    ["env_vars:\n  A: 'x''", 2, 6],
  ])(
    '%j: a text that only seems to end in its closing quote is malformed at line %i, column %i',
    (text, line, column) => {
      expect(refusal(text)).toMatchObject({
        code: 'CONFIG_YAML_MALFORMED',
        facts: { line, column, reason: expect.stringContaining('quote') as string },
      })
    },
  )

  test.each([
    ['env_vars:\n  A: x\r  B: y\n', 2, 7],
    ['env_vars:\n  A: x\u001B[31m\n', 2, 7],
    ['# \u0000\n', 1, 3],
    ['ray_version: "\u0085\u009B"\n', 1, 16],
  ])('%j has a character that YAML does not allow as it is, at line %i, column %i', (text, line, column) => {
    expect(refusal(text)).toMatchObject({ code: 'CONFIG_YAML_MALFORMED', facts: { line, column } })
  })

  test('is never quoted in an error', () => {
    const found = refusal('registry_login_secret: "hunter2-canary\nray_version: @hunter2-canary')
    expect(JSON.stringify(found.toDocument())).not.toContain('hunter2')
  })

  test('refuses aliases that would grow to a billion laughs at once', () => {
    const rows = Array.from({ length: 20 }, (_, level) => `a${level}: &a${level} [*a${level - 1}, *a${level - 1}]`)
    expect(refusal(['a: &a-1 x', ...rows, 'docker_image: *a19'].join('\n')).code).toBe('CONFIG_YAML_MALFORMED')
  })

  test('refuses endless nesting without following it', () => {
    expect(refusal(`docker_image: ${'['.repeat(100_000)}`).code).toMatch(/^CONFIG_/)
    expect(refusal('- '.repeat(100_000)).code).toMatch(/^CONFIG_/)
  })

  test('refuses bytes that are not UTF-8', () => {
    expect(() => readConfigYaml('x', new Uint8Array([0x61, 0xff]))).toThrow('it is not UTF-8 text')
  })

  test('keeps a field named __proto__ as a field, and refuses it by name', () => {
    expect(() => checkEnvironmentConfig(read('docker_image: a\nray_version: 2.10\n__proto__: x'), null)).toThrow(
      'there is no field __proto__',
    )
  })
})

describe('properties', () => {
  test('throw nothing but a problem for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(outcome(() => readConfigYaml('x', bytes))).not.toBe('a fault')
      }),
    )
  })

  test('throw nothing but a problem for any text made of YAML tokens', () => {
    const piece = fc.constantFrom(
      ...': - ? | > & * ! { } [ ] , # " \' \n \t ~ a <<: % @ ` --- ... docker_image env_vars'.split(' '),
      '\n',
      '\n  ',
      ' ',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        expect(outcome(() => read(pieces.join('')))).not.toBe('a fault')
      }),
      { numRuns: 500 },
    )
  })

  test('read quoted text back as that text', () => {
    const config = fc.record({
      docker_image: fc.string({ unit: 'grapheme', minLength: 1 }),
      ray_version: fc.string({ minLength: 1 }),
      env_vars: fc.dictionary(fc.stringMatching(/^[A-Z_]{1,8}$/), fc.string({ unit: 'grapheme' }), { minKeys: 1 }),
    })
    fc.assert(
      fc.property(config, (fields) => {
        const text = stringify(fields, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN', lineWidth: 0 })
        expect(read(text)).toEqual({ ...fields, env_vars: { ...fields.env_vars } })
      }),
    )
  })
})
