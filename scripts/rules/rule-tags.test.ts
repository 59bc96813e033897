import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ruleTags } from './rule-tags.ts'

describe('a tag', () => {
  test.each([
    ['/** Admits a manifest, or refuses it (S17). */', ['S17']],
    ['the address is refused (S2, S23): `a.test.ts` › `b`', ['S2', 'S23']],
    ['said aloud (S16, ADR 21), and on the wire (S1; `npm run prove:canary`)', ['S16', 'S1']],
    ["  test('S5, S6: no part of the document is in the problem', () => {", ['S5', 'S6']],
    ["    rule: 'S3',", ['S3']],
    ['/** S3: a URL is read as it is written. */', ['S3']],
    [' * R4, R7, S12 on real parts: a registry behind a proxy', ['R4', 'R7', 'S12']],
    ['// S23: no fallback.', ['S23']],
    ['The rules S2, S15, S17, S21 and S23 leave choices', ['S2', 'S15', 'S17', 'S21', 'S23']],
    ['### S3\n\nHosts are compared', ['S3']],
    ['`npm run test:mutants -- S14`', ['S14']],
  ])('is found in %j', (text, tags) => {
    expect(ruleTags(text)).toEqual(tags)
  })

  test.each([
    'for S3 or GCS',
    'As Amazon S3 says it',
    'Cloudflare R2, S3 and GCS',
    'an S3-compatible store at us-S3 or s3://R2/a',
    '"tests/**" = ["S101", "S603"]  # noqa: S606',
    'const S3Client = S3.create(), $R1, R2D2, GPS12, S1_000',
    'fonts/S12.woff2 and C:\\R4\\x',
    'S and R, S- and R-, 14 and S14th',
  ])('is not found in %j', (text) => {
    expect(ruleTags(text)).toEqual([])
  })

  const rule = fc.tuple(fc.constantFrom('S', 'R'), fc.integer({ min: 0, max: 99 })).map(([kind, n]) => `${kind}${n}`)
  const rules = fc.array(rule, { minLength: 1, maxLength: 4 })
  /** Words of a sentence, none of which could be read as a tag or as a part of one. */
  const prose = fc.stringMatching(/^[a-z ,.;:!?é›]{0,40}$/)
  const forms: readonly ((tags: string) => string)[] = [
    (tags) => `(${tags})`,
    (tags) => `(${tags}, ADR 7)`,
    (tags) => `'${tags}: it holds'`,
    (tags) => `"${tags}"`,
    (tags) => `\n/** ${tags}: it holds */`,
    (tags) => `\n// ${tags}: it holds`,
    (tags) => `\n### ${tags}\n`,
  ]

  test('is found in every form, in any sentence', () => {
    fc.assert(
      fc.property(prose, rules, fc.constantFrom(...forms), prose, (before, tags, form, after) => {
        expect(ruleTags(`${before} ${form(tags.join(', '))} ${after}`)).toEqual(tags)
      }),
    )
  })

  test('is not found inside another word', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9_]{1,8}$/)
    fc.assert(
      fc.property(prose, part, rule, prose, (before, part, tag, after) => {
        expect(ruleTags(`${before} ${part}${tag} ${after}`)).toEqual([])
      }),
    )
  })

  test('of any text is a part of it', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[SR139 (),:;/*#\-.'`\n]{0,40}$/), (text) => {
        for (const tag of ruleTags(text)) expect(text).toContain(tag)
      }),
    )
  })
})
