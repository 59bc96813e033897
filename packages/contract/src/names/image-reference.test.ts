import { readFileSync } from 'node:fs'
import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { effectiveTag, formatImageReference, parseImageReference, type ImageReference } from './image-reference.ts'
import { isProblem, Problem } from '../problems/problem.ts'

interface Vector {
  name: string
  input: string
  domain?: string
  path?: string
  tag?: string
  digest?: string
  effectiveTag?: string
  error?: string
}

const { cases } = JSON.parse(
  readFileSync(new URL('../../fixtures/vectors/image-reference.json', import.meta.url), 'utf8'),
) as { cases: Vector[] }

function read(text: string): ImageReference | Problem {
  try {
    return parseImageReference(text)
  } catch (error) {
    if (isProblem(error, 'IMAGE_REF_INVALID')) return error
    throw error
  }
}

describe('the vectors of distribution/reference', () => {
  test.each(cases)('$name', ({ input, domain, path, tag, digest, effectiveTag: wanted, error }) => {
    const got = read(input)
    const answer = isProblem(got) ? 'refused' : { ...got, effectiveTag: effectiveTag(got) }
    const expected = { domain, path, tag: tag ?? null, digest: digest ?? null, effectiveTag: wanted ?? null }
    expect(answer).toEqual(error === undefined ? expected : 'refused')
  })
})

const hex64 = 'a'.repeat(64)

describe('beyond the vectors', () => {
  test.each([
    ['an uppercase hex digest', `reg.example.com/a@sha256:${'A'.repeat(64)}`],
    ['sha512, though it is a digest elsewhere', `reg.example.com/a@sha512:${'a'.repeat(128)}`],
    ['sha512 with a tag', `reg.example.com/a:1@sha512:${'a'.repeat(128)}`],
    ['an upper-case algorithm', `reg.example.com/a@Sha256:${hex64}`],
    ['64 hex digits alone', hex64],
    ['a NUL in the host', 'reg\u0000.example.com/a'],
    ['a lone surrogate', 'reg.example.com/\ud800'],
    ['a lone surrogate in the tag', 'reg.example.com/a:\udfff'],
    ['upper case in a lone name with a tag', 'Ubuntu:22.04'],
    ['a path of 256 characters', `reg.example.com/${'a'.repeat(256)}`],
    ['a path of 256 characters with library in front', 'a'.repeat(248)],
    ['an empty port', 'reg.example.com:/a'],
    ['a tag of 129 characters', `a:${'t'.repeat(129)}`],
    ['two digests', `a@sha256:${hex64}@sha256:${hex64}`],
    ['a digest before the tag', `a@sha256:${hex64}:1`],
    ['a trailing line break', 'ubuntu:22.04\n'],
  ])('refuses %s', (_, input) => {
    expect(read(input)).toBeInstanceOf(Problem)
  })

  test.each([
    ['a path of 255 characters', `reg.example.com/${'a'.repeat(255)}`],
    ['a path of 255 characters with library in front', 'a'.repeat(247)],
    ['a port that no machine has, as the library does', 'reg.example.com:99999999/a'],
    ['an IPv6 host', '[2001:db8::1]:5000/a/b:1'],
    ['a host in upper case', 'REG/a'],
    ['localhost without a port', 'localhost/a'],
    ['64 hex digits with a tag', `${hex64}:1`],
    ['many dashes between words', 'a/b------c'],
    ['two underscores', 'a/b__c'],
    ['a tag that starts with an underscore', 'a:_b'],
  ])('accepts %s', (_, input) => {
    expect(read(input)).not.toBeInstanceOf(Problem)
  })

  test('S9: what is longer than 4,096 characters is refused for that, and not parsed', () => {
    const tooLong = 'it is longer than 4096 characters'
    expect((read('a'.repeat(4096)) as Problem).message).not.toContain(tooLong)
    expect((read('a'.repeat(4097)) as Problem).message).toContain(tooLong)
  })

  test.each([[null], [undefined], [1], [{}], [['ubuntu']], [Symbol('x')]])('refuses %s, which is not text', (input) => {
    expect(read(input as unknown as string)).toBeInstanceOf(Problem)
  })

  test('the problem says what is wrong without repeating the name', () => {
    const got = read('Secret-Project/Image')
    expect(got).toBeInstanceOf(Problem)
    expect((got as Problem).message).toContain('lower case')
    expect((got as Problem).message).not.toContain('Secret')
  })
})

const label = fc.stringMatching(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,6}[A-Za-z0-9])?$/)
const port = fc.option(fc.integer({ min: 0, max: 99999 }), { nil: undefined })
const domain = fc.oneof(
  fc.constantFrom('docker.io', 'localhost', '[::1]', 'registry-1.docker.io', '127.0.0.1'),
  fc.tuple(label, label, port).map(([a, b, number]) => `${a}.${b}${number === undefined ? '' : `:${number}`}`),
)
const component = fc.stringMatching(/^[a-z0-9]{1,5}(?:(?:[._]|__|-{1,3})[a-z0-9]{1,5}){0,2}$/)
const reference = fc.record({
  domain,
  path: fc.array(component, { minLength: 2, maxLength: 4 }).map((components) => components.join('/')),
  tag: fc.option(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,12}$/), { nil: null }),
  digest: fc.option(fc.stringMatching(/^sha256:[0-9a-f]{64}$/), { nil: null }),
})

describe('for any input', () => {
  test('parse of print is identity', () => {
    fc.assert(
      fc.property(reference, (image) => {
        expect(parseImageReference(formatImageReference(image))).toEqual(image)
      }),
    )
  })

  test('a parsed name is stable: its print parses to the same', () => {
    // Mostly from characters that names consist of, or fewer than one in forty would be a name.
    const nearly = fc.string({
      unit: fc.constantFrom(...Array.from('aaaaaaaaa00000B./:-_@[]')),
      maxLength: 24,
    })
    fc.assert(
      fc.property(nearly, (text) => {
        const image = read(text)
        fc.pre(!isProblem(image))
        expect(read(formatImageReference(image))).toEqual(image)
      }),
      { numRuns: 2000 },
    )
  })

  test('throws nothing but a problem', () => {
    fc.assert(fc.property(fc.anything(), (input) => void read(input as string)))
    fc.assert(fc.property(fc.string({ unit: anyCharacter, maxLength: 400 }), (text) => void read(text)))
  })

  // In cubic time, each would take a minute.
  test.each(['a', 'a-', 'a.', 'a/', '-', 'a_', '[:', '0:'])(
    '%j repeated is parsed, up to the longest reference',
    (unit) => {
      const longest = unit.repeat(4000).slice(0, 4000)
      read(longest)
      read(`${longest}!`)
      read(`reg.example.com/${longest}`)
    },
  )
})
