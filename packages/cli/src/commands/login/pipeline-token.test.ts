import { isProblem } from '@fairlead/contract/problems'
import type { Fetch } from '@fairlead/sdk'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pipelineToken, tokenSource } from './pipeline-token.ts'

const audience = 'https://fairlead.example.com:8470'
const withClaims = (claims: unknown) =>
  `eyJhbGciOiJSUzI1NiJ9.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`
const jwt = withClaims({ aud: audience })
const github = {
  GITHUB_ACTIONS: 'true',
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://run.actions.example.com/12//idtoken/34?api-version=2.0',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'runner-bearer',
}
const never = new AbortController().signal
const answering =
  (text: string, status = 200): Fetch =>
  async () =>
    new Response(text, { status })
const issued = (fetch: Fetch) => pipelineToken(tokenSource(github, audience), fetch, never)

describe('the ID token of a job', () => {
  test('on GitHub Actions is requested for this control plane only', async () => {
    const sent: { url: string; headers: Record<string, string> }[] = []
    const token = await issued(async (url, { headers }) => {
      sent.push({ url, headers })
      return new Response(JSON.stringify({ count: 1, value: jwt }))
    })
    expect(token).toBe(jwt)
    expect(sent).toMatchObject([
      {
        url: 'https://run.actions.example.com/12//idtoken/34?api-version=2.0&audience=https%3A%2F%2Ffairlead.example.com%3A8470',
        headers: { authorization: 'Bearer runner-bearer' },
      },
    ])
  })

  test('on GitLab is in FAIRLEAD_ID_TOKEN, and nothing is requested', async () => {
    const source = tokenSource({ GITLAB_CI: 'true', FAIRLEAD_ID_TOKEN: jwt }, audience)
    expect(await pipelineToken(source, () => expect.unreachable(), never)).toBe(jwt)
  })

  test.each([
    ['for another control plane', { aud: 'https://canary.example.com:8470' }],
    ['for its own host without the port', { aud: 'https://fairlead.example.com' }],
    ['for another one, too', { aud: [audience, 'https://canary.example.com:8470'] }],
    ['for nobody', { sub: 'canary' }],
  ])('in FAIRLEAD_ID_TOKEN that is %s is sent nowhere', (_, claims) => {
    const ask = () => tokenSource({ FAIRLEAD_ID_TOKEN: withClaims(claims) }, audience)
    expect(ask).toThrow(expect.objectContaining({ code: 'CI_ID_TOKEN_MISSING' }))
    expect(ask).toThrow('FAIRLEAD_ID_TOKEN is not for this control plane alone')
    expect(ask).not.toThrow('canary')
    expect(tokenSource({ FAIRLEAD_ID_TOKEN: withClaims({ aud: [audience] }) }, audience).kind).toBe('variable')
  })

  test.each([
    [{ GITHUB_ACTIONS: 'true' }, 'only to a job with the permission id-token: write'],
    [{ GITLAB_CI: 'true' }, 'the keyword id_tokens sets it'],
    [{}, 'this is no job of GitHub Actions'],
    [{ FAIRLEAD_ID_TOKEN: 'canary' }, 'is no ID token'],
    [{ FAIRLEAD_ID_TOKEN: 'canary.canary.canary' }, 'is no ID token'],
    [{ FAIRLEAD_ID_TOKEN: withClaims('canary') }, 'is no ID token'],
    [{ ...github, ACTIONS_ID_TOKEN_REQUEST_URL: 'http://canary.example.com/' }, 'is not an https address'],
    [{ ...github, ACTIONS_ID_TOKEN_REQUEST_URL: 'canary' }, 'is not an https address'],
    [{ ...github, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'canary\ncanary' }, 'cannot be sent in a header'],
  ])('is missing with %j, and the problem says what to add', (env, reason) => {
    const ask = () => tokenSource(env, audience)
    expect(ask).toThrow(expect.objectContaining({ code: 'CI_ID_TOKEN_MISSING' }))
    expect(ask).toThrow(reason)
    expect(ask).not.toThrow('canary')
  })

  test.each([
    ['an error', answering('canary', 500), 'HTTP 500'],
    ['a redirect', answering('', 302), 'HTTP 302'],
    ['no JSON', answering('canary'), 'holds no ID token'],
    ['no value', answering('{}'), 'holds no ID token'],
    ['no JWT', answering(JSON.stringify({ value: 'canary' })), 'holds no ID token'],
    ['too much', answering(JSON.stringify({ value: jwt, more: 'canary'.repeat(20_000) })), 'holds no ID token'],
    ['nothing', async () => Promise.reject(new TypeError('canary')), 'does not answer'],
  ] satisfies [string, Fetch, string][])(
    'if the platform sends %s, is refused with what happened',
    async (_, fetch, reason) => {
      const error: unknown = await issued(fetch).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'CI_ID_TOKEN_REFUSED' })
      expect(String(error)).toContain(reason)
      expect(String(error)).not.toContain('canary')
    },
  )

  test('S9: has 8,192 characters at most, in an answer of 64 KiB at most', async () => {
    const long = `${jwt}${'A'.repeat(8192 - jwt.length)}`
    expect(await issued(answering(JSON.stringify({ value: long }).padEnd(64 * 1024)))).toBe(long)
    const refused = { code: 'CI_ID_TOKEN_REFUSED' }
    await expect(issued(answering(JSON.stringify({ value: `${long}A` })))).rejects.toMatchObject(refused)
    await expect(issued(answering(JSON.stringify({ value: long }).padEnd(64 * 1024 + 1)))).rejects.toMatchObject(
      refused,
    )
    expect(() => tokenSource({ FAIRLEAD_ID_TOKEN: `${long}A` }, audience)).toThrow(
      'what FAIRLEAD_ID_TOKEN holds is no ID token',
    )
  })

  test('from any answer is a JWT, or a problem', async () => {
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      fc.string().map((value) => JSON.stringify({ value })),
    )
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const outcome: unknown = await issued(answering(text)).catch((thrown: unknown) => thrown)
        const isToken = typeof outcome === 'string' && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(outcome)
        expect(isToken || outcome).toSatisfy((found) => found === true || isProblem(found, 'CI_ID_TOKEN_REFUSED'))
      }),
    )
  })
})
