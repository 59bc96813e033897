/** What is believed of a metadata server, which may be anybody's: who the node is, and a token. */
import { isProblem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { metadataServer, parseToken } from './metadata.ts'

const never = new AbortController().signal
const now = Date.UTC(2026, 10, 24)
const canary = 'canary-7f'

describe('a token of a metadata server', () => {
  const token = fc.stringMatching(/^[A-Za-z0-9._~+/-]{1,40}={0,2}$/)

  test('is read with its lifetime, whatever is said besides', () => {
    fc.assert(
      fc.property(
        token,
        fc.integer({ min: 0, max: 86_400 }),
        fc.jsonValue(),
        (access_token, expires_in, token_type) => {
          const found = parseToken(JSON.stringify({ access_token, expires_in, token_type }), now)
          expect(found?.header.spend(String)).toBe(`Bearer ${access_token}`)
          expect(found?.expiresAt).toBe(now + expires_in * 1000)
        },
      ),
    )
  })

  test('S9: of any other text is none, so that nothing else enters a header', () => {
    const part = { access_token: fc.oneof(token, fc.jsonValue()), expires_in: fc.oneof(fc.double(), fc.jsonValue()) }
    const near = fc.record(part, { requiredKeys: [] }).map((said) => JSON.stringify(said))
    fc.assert(
      fc.property(fc.oneof(near, fc.string(), fc.json()), (text) => {
        const header = parseToken(text, now)?.header.spend(String) ?? 'Bearer a'
        expect(header).toMatch(/^Bearer [A-Za-z0-9._~+/-]+=*$/)
      }),
    )
  })

  test.each([
    ['a', 16_384, true],
    ['a', 16_385, false],
    ['=', 16_385, false],
    ['a', 2 ** 20, false],
  ])('S9: that goes on with %j, %d characters in all, is one: %s', (unit, length, isOne) => {
    const found = parseToken(JSON.stringify({ access_token: 'a'.padEnd(length, unit), expires_in: 1 }), now)
    expect(found !== null).toBe(isOne)
  })
})

describe('the identity of a metadata server', () => {
  /** Answers each question with one of these, in their order. */
  const saying = (...texts: readonly string[]) => {
    const rest = [...texts]
    const header = (name: string) => (name === 'metadata-flavor' ? 'Google' : null)
    return metadataServer('169.254.169.254', async () => ({
      status: 200,
      header,
      bytes: Buffer.from(rest.shift() ?? ''),
    }))
  }
  const project = fc.stringMatching(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/)
  const number = fc.stringMatching(/^[1-9]\d{0,19}$/)
  const email = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}@[a-z][a-z0-9-]{0,20}\.iam\.gserviceaccount\.com$/)

  test('is read as it is, with any white space around it', async () => {
    const white = fc.stringMatching(/^[ \n\r]{0,2}$/)
    await fc.assert(
      fc.asyncProperty(project, number, email, white, async (projectId, projectNumber, account, space) => {
        const texts = [projectId, projectNumber, account].map((text) => space + text + space)
        expect(await saying(...texts).identity(never)).toEqual({ projectId, projectNumber, email: account })
      }),
    )
  })

  test('S9: of any other text is NODE_IDENTITY_MISSING, which repeats nothing of it', async () => {
    const odd = fc.tuple(fc.string(), fc.constantFrom('\0', '\n', '/', ' ', '\u00e9'), fc.string())
    await fc.assert(
      fc.asyncProperty(project, number, email, fc.nat({ max: 2 }), odd, async (id, count, account, at, parts) => {
        const texts = [id, count, account].with(at, parts.join(canary))
        const error: unknown = await saying(...texts)
          .identity(never)
          .catch((it: unknown) => it)
        expect(isProblem(error, 'NODE_IDENTITY_MISSING')).toBe(true)
        expect(JSON.stringify(error)).not.toContain(canary)
      }),
    )
  })
})
