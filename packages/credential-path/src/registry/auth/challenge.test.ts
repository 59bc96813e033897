/** Tests the challenge grammar with arbitrary text; explain.test.ts tests it with the shared vectors. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { explainChallenge } from '../../explain.ts'
import { parseChallenges } from './challenge.ts'

const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/)
const value = fc.stringMatching(/^[\t\u0020-\u007e\u0080-\u00ff]{0,30}$/)
const challenge = fc.record({
  scheme: token,
  params: fc.uniqueArray(fc.tuple(token, value), {
    minLength: 1,
    maxLength: 4,
    selector: ([name]) => name.toLowerCase(),
  }),
})

/** Arbitrary UTF-16, including lone surrogates. */
const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units))

describe('a challenge from an untrusted source', () => {
  test('S9: is parsed or malformed for any text, and never throws', () => {
    const alphabet = fc.string({ unit: fc.constantFrom(...Array.from('Bearer realm="x\\,=; \t\u0000é“')) })
    fc.assert(
      fc.property(fc.array(fc.oneof(anyText, alphabet), { maxLength: 4 }), (headers) => {
        const read = parseChallenges(headers)
        expect(read === 'malformed' || Array.isArray(read)).toBe(true)
      }),
    )
  })

  test('printed by the grammar is read back', () => {
    const print = ({ scheme, params }: { scheme: string; params: [string, string][] }) =>
      `${scheme} ${params.map(([name, text]) => `${name}="${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(', ')}`
    fc.assert(
      fc.property(fc.array(challenge, { maxLength: 4 }), (challenges) => {
        expect(explainChallenge([challenges.map(print).join(', ')])).toEqual({
          ok: challenges.map(({ scheme, params }) => ({
            scheme: scheme.toLowerCase(),
            params: Object.fromEntries(params.map(([name, text]) => [name.toLowerCase(), text])),
          })),
        })
      }),
    )
  })

  test('S9: is malformed over 16 KiB, whatever its content', () => {
    expect(parseChallenges([`Basic realm="${'x'.repeat(16 * 1024)}"`])).toBe('malformed')
  })

  test('S9: made to cause backtracking is judged quickly', () => {
    const started = process.cpuUsage()
    for (const part of [
      'a='.repeat(5000),
      ' '.repeat(16_000),
      '\\"'.repeat(8000),
      `Basic ${'a'.repeat(16_000)}`,
      ','.repeat(16_000),
    ]) {
      parseChallenges([part])
      parseChallenges([`Bearer realm="${part.slice(0, 15_000)}`])
    }
    expect(process.cpuUsage(started).user).toBeLessThan(1_000_000)
  })

  test('has no owner for a parameter after a bare scheme', () => {
    expect(parseChallenges(['Negotiate, realm="x"'])).toBe('malformed')
    expect(parseChallenges(['Negotiate ,realm="x"'])).toBe('malformed')
  })
})
