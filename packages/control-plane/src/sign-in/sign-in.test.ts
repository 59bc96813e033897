/** Signing in over HTTP, with a real identity provider and with the tokens of a CI platform. */
import { startIdentityProvider, startTokenIssuer, type TestIdentityProvider, type TokenIssuer } from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { AuditEvent } from '@fairlead/contract/wire'
import { attemptLimits } from '../identity/failed-attempts.ts'
import { testClock } from '../testing/test-clock.ts'
import { testControlPlane, type Answer, type Caller, type TestControlPlane } from '../testing/test-control-plane.ts'
import { callbackPath } from './people.ts'

const secret = 'canary-of-the-client-secret'
const users = [
  { id: 'jane', claims: { email: 'jane@example.com', email_verified: true, groups: ['staff', 'fairlead-admins'] } },
  { id: 'ravi', claims: { email: 'ravi@example.com', email_verified: true, groups: ['research'] } },
  { id: 'lost', claims: { preferred_username: 'lost', groups: ['elsewhere'] } },
  { id: 'eve', claims: { email: 'boss@example.com', email_verified: false, groups: ['staff'] } },
  { id: 'boss', claims: { email: 'boss@example.com', email_verified: true, groups: ['staff'] } },
]
const access = [
  { claims: { groups: 'fairlead-admins' }, role: 'admin' as const },
  { claims: { email: 'boss@example.com' }, role: 'admin' as const },
  { claims: { groups: ['research', 'ml'] }, role: 'developer' as const, clouds: ['research'] },
  { claims: { groups: 'elsewhere' }, role: 'viewer' as const, clouds: ['elsewhere'] },
]

let provider: TestIdentityProvider
let github: TokenIssuer
let running: TestControlPlane
let stranger: Caller
const clock = testClock(Date.now())

beforeAll(async () => {
  // However busy this machine is, the provider is not too late. provider-fetch.test.ts is about its time.
  vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => new AbortController().signal)
  provider = await startIdentityProvider({ users })
  github = await startTokenIssuer()
  running = await withSignIn({ client_id: 'fairlead', client_secret: secret })
  stranger = running.as(null)
  for (const name of ['research', 'production']) await running.admin.post('/clouds', { name, provider: 'local' })
})
afterAll(async () => {
  await running[Symbol.asyncDispose]()
  await github[Symbol.asyncDispose]()
  await provider[Symbol.asyncDispose]()
  vi.restoreAllMocks()
})

interface Client {
  readonly client_id: string
  readonly client_secret: string | null
  readonly device?: boolean
}

/** A control plane, registered at the provider. */
async function withSignIn(
  { client_id, client_secret, device }: Client,
  registered: string | null = client_secret,
): Promise<TestControlPlane> {
  const scopes = ['openid', 'profile', 'email', 'groups']
  const people = { issuer: provider.issuer, client_id, client_secret, scopes, session_hours: 8, access }
  const programs = [
    {
      issuer: github.issuer,
      session_minutes: 60,
      access: [
        {
          claims: { repository: 'acme/images', ref: 'refs/heads/main' },
          role: 'developer' as const,
          clouds: ['research'],
        },
      ],
    },
  ]
  const plane = await testControlPlane({ signIn: { people, programs } }, clock.now)
  const redirect_uris = [`${plane.plane.origin}${callbackPath}`]
  await provider.register([
    { client_id, redirect_uris, device, ...(registered !== null && { client_secret: registered }) },
  ])
  return plane
}

interface Begun {
  readonly authorization_url: string
  readonly state: string
  readonly nonce: string
  readonly code_verifier: string
}

async function begin(caller = stranger): Promise<Begun> {
  const begun = await caller.post('/sign_in/browser', {})
  expect(begun.status, begun.text).toBe(200)
  return begun.body.result
}

/** The way of a browser: to the provider, and back to the console's page. */
async function goThere(begun: Begun, user: string | null): Promise<string> {
  const back = await provider.visit(begun.authorization_url, user)
  expect(back.pathname).toBe(callbackPath)
  return back.search
}

const finish = ({ state, nonce, code_verifier }: Begun, callback: string, caller = stranger) =>
  caller.post('/sign_in/browser/finish', { state, nonce, code_verifier, callback })

async function signIn(user: string | null, caller = stranger): Promise<Answer> {
  const begun = await begin(caller)
  return finish(begun, await goThere(begun, user), caller)
}

/** Of one caller, if it is given. */
const auditOf = async (act: string, tokenId?: string): Promise<AuditEvent[]> => {
  const query = `count=100&act=${act}${tokenId === undefined ? '' : `&token_id=${tokenId}`}`
  return (await running.admin.get(`/audit_events?${query}`)).body.results
}

describe('people', () => {
  test('learn where they may sign in', async () => {
    const { result } = (await stranger.get('/sign_in')).body
    expect(result).toEqual({ people: { provider: new URL(provider.issuer).host }, programs: true })
  })

  test('sign in with a browser, as what their groups say, and are recorded', async () => {
    const answer = await signIn('jane')
    expect(answer.status, answer.text).toBe(201)
    const { token, ...session } = answer.body.result
    expect(session).toMatchObject({
      name: 'jane@example.com',
      role: 'admin',
      cloud_ids: null,
      identity: { issuer: provider.issuer, subject: 'jane' },
      expires_at: new Date(Date.parse(session.created_at) + 8 * 3600_000).toISOString(),
      revoked_at: null,
    })
    const jane = running.as(token)
    expect((await jane.get('/api_tokens/me')).body.result).toMatchObject({ id: session.id })
    const made = await jane.post('/clouds', { name: 'from-jane', provider: 'local' })
    expect(made.status).toBe(201)
    const who = { token_id: session.id, token_name: 'jane@example.com', identity: session.identity, role: 'admin' }
    expect(await auditOf('session.start', session.id)).toMatchObject([
      { ...who, outcome: 'done', resource_ids: [session.id] },
    ])
    expect(await auditOf('cloud.create', session.id)).toMatchObject([who])
  })

  test('are limited to the clouds of their rule, on every route', async () => {
    const { result } = (await signIn('ravi')).body
    expect(result.role).toBe('developer')
    const ravi = running.as(result.token)
    expect((await ravi.get('/clouds')).body.results.map(({ name }: { name: string }) => name)).toEqual(['research'])
    expect((await ravi.post('/clouds', { name: 'mine', provider: 'local' })).body.code).toBe('ROLE_TOO_LOW')
    const environment = { name: 'e', config_json: { docker_image: 'registry.example.com/a:1', ray_version: '2.55.1' } }
    const [production] = (await running.admin.get('/clouds?name=production')).body.results
    const elsewhere = await ravi.post('/cluster_environments', { ...environment, cloud_id: production.id })
    expect(elsewhere.body.code).toBe('TOKEN_LIMITED_TO_CLOUDS')
    expect((await ravi.remove('/api_tokens/me')).status).toBe(204)
    expect(await auditOf('session.end', result.id)).toMatchObject([
      { token_name: 'ravi@example.com', role: 'developer' },
    ])
  })

  test('sign in several times at once, and end one session without the others', async () => {
    const [one, two] = [(await signIn('jane')).body.result, (await signIn('jane')).body.result]
    expect(one.name).toBe(two.name)
    const leaving = running.as(one.token)
    expect((await leaving.remove('/api_tokens/me')).status).toBe(204)
    expect((await leaving.get('/clouds')).body.code).toBe('TOKEN_INVALID')
    expect((await running.as(two.token).get('/clouds')).status).toBe(200)
    expect(await auditOf('session.end', one.id)).toMatchObject([{ resource_ids: [one.id], outcome: 'done' }])
    const sessions = (await running.admin.get('/api_tokens?kind=session&count=100')).body.results
    expect(sessions.map(({ id }: { id: string }) => id)).toEqual(expect.arrayContaining([one.id, two.id]))
    const hers = (await running.admin.get('/api_tokens?name=jane@example.com&count=100')).body.results
    expect(hers.map(({ id }: { id: string }) => id)).toEqual(expect.arrayContaining([one.id, two.id]))
    const tokens = (await running.admin.get('/api_tokens?kind=token&count=100')).body.results
    expect(tokens.map(({ name }: { name: string }) => name)).toEqual(['first-admin'])
  })

  test('who are in no rule get nothing, and are recorded once an hour', async () => {
    for (let i = 0; i < 2; i++) {
      const answer = await signIn('eve')
      expect(answer.body).toMatchObject({ code: 'SIGN_IN_NOT_ALLOWED', status: 403 })
      expect(answer.text).not.toContain('flt_')
    }
    const refused = (await auditOf('session.start')).filter(({ outcome }) => outcome === 'SIGN_IN_NOT_ALLOWED')
    expect(refused).toMatchObject([{ token_id: null, role: null, identity: { subject: 'eve' }, resource_ids: [] }])
  })

  test('do not get in by an email address that their provider did not verify', async () => {
    expect((await signIn('eve')).body.code).toBe('SIGN_IN_NOT_ALLOWED')
    expect((await signIn('boss')).body.result).toMatchObject({ name: 'boss@example.com', role: 'admin' })
  })

  test('of a rule whose cloud is gone learn which one', async () => {
    const answer = await signIn('lost')
    expect(answer.body).toMatchObject({ code: 'SIGN_IN_CLOUD_MISSING', detail: expect.stringContaining('elsewhere') })
    await running.admin.post('/clouds', { name: 'elsewhere', provider: 'local' })
    expect((await signIn('lost')).body.result).toMatchObject({ name: 'lost', role: 'viewer' })
  })

  test('who decline are told so', async () => {
    expect((await signIn(null)).body.code).toBe('SIGN_IN_DENIED')
  })
})

describe('an answer of the provider', () => {
  test('counts only for the sign-in that asked for it: another state, nonce or verifier is refused', async () => {
    const mine = await begin()
    const other = await begin()
    const callback = await goThere(mine, 'jane')
    const stolen = await finish({ ...other, state: mine.state, nonce: mine.nonce }, callback)
    expect(stolen.body.code).toBe('SIGN_IN_EXPIRED')
    expect((await finish({ ...mine, state: other.state }, callback)).body.code).toBe('SIGN_IN_ANSWER_INVALID')
  })

  test('with a nonce of another sign-in is refused, even with the right verifier', async () => {
    const mine = await begin()
    const callback = await goThere(mine, 'jane')
    const answer = await finish({ ...mine, nonce: (await begin()).nonce }, callback)
    expect(answer.body.code).toBe('SIGN_IN_ANSWER_INVALID')
    expect((await finish(mine, callback)).body.code, 'the code is used up').toBe('SIGN_IN_EXPIRED')
  })

  test('counts once', async () => {
    const mine = await begin()
    const callback = await goThere(mine, 'jane')
    expect((await finish(mine, callback)).status).toBe(201)
    expect((await finish(mine, callback)).body.code).toBe('SIGN_IN_EXPIRED')
  })

  test.each(['', '?', '?code=x', '?state=x', '?error=access_denied', '?code=a&code=b', '?response=x', 'nonsense'])(
    'is not %j',
    async (callback) => {
      const answer = await finish(await begin(), callback)
      expect(answer.body.code).toBe('SIGN_IN_ANSWER_INVALID')
    },
  )

  test('names its issuer, and another one is refused', async () => {
    const mine = await begin()
    const callback = new URLSearchParams(await goThere(mine, 'jane'))
    callback.set('iss', 'https://evil.example.com')
    expect((await finish(mine, `?${callback.toString()}`)).body.code).toBe('SIGN_IN_ANSWER_INVALID')
  })
})

describe('on another device', () => {
  const start = async () => (await stranger.post('/sign_in/device', {})).body.result
  const ask = (device_code: string) => stranger.post('/sign_in/device/finish', { device_code })

  test('people sign in by a code', async () => {
    const begun = await start()
    expect(begun).toMatchObject({
      verification_uri: `${provider.issuer}/device`,
      verification_uri_complete: expect.stringContaining(begun.user_code),
      interval: 5,
    })
    expect((await ask(begun.device_code)).body.result).toEqual({ status: 'pending', session: null })
    await provider.enterCode(begun.user_code, 'ravi')
    const done = (await ask(begun.device_code)).body.result
    expect(done).toMatchObject({ status: 'signed_in', session: { name: 'ravi@example.com', role: 'developer' } })
    expect((await running.as(done.session.token).get('/clouds')).status).toBe(200)
    expect((await ask(begun.device_code)).body.code, 'a code is good once').toBe('SIGN_IN_EXPIRED')
  })

  test('a code that is declined, in no rule or unknown gives nothing', async () => {
    const declined = await start()
    await provider.enterCode(declined.user_code, null)
    expect((await ask(declined.device_code)).body.code).toBe('SIGN_IN_DENIED')
    const nobody = await start()
    await provider.enterCode(nobody.user_code, 'eve')
    expect((await ask(nobody.device_code)).body.code).toBe('SIGN_IN_NOT_ALLOWED')
    expect((await ask('made-up')).body.code).toBe('SIGN_IN_EXPIRED')
  })
})

describe('a client', () => {
  test('without a secret is protected by PKCE', async () => {
    await using open = await withSignIn({ client_id: 'public', client_secret: null })
    const answer = await signIn('jane', open.as(null))
    expect(answer.body.result).toMatchObject({ name: 'jane@example.com', role: 'admin' })
  })

  test('with a wrong secret, or without the right to ask for codes, says what to compare', async () => {
    await using wrong = await withSignIn(
      { client_id: 'wrong', client_secret: 'canary-of-a-wrong-secret', device: false },
      secret,
    )
    const refused = await signIn('jane', wrong.as(null))
    expect(refused.body).toMatchObject({ code: 'IDENTITY_PROVIDER_REFUSED', who: 'cloud-admin' })
    expect((await wrong.as(null).post('/sign_in/device', {})).body.code).toBe('IDENTITY_PROVIDER_REFUSED')
    expect(refused.text).not.toContain('canary')
  })
})

describe('programs', () => {
  const main = { sub: 'repo:acme/images:ref:refs/heads/main', repository: 'acme/images', ref: 'refs/heads/main' }
  const asProgram = (id_token: string, caller = stranger) => caller.post('/sign_in/program', { id_token })
  const issued = (claims: object = {}) => github.issue({ ...main, aud: running.plane.origin, ...claims })

  test('sign in with the ID token of their platform, for an hour', async () => {
    const { result } = (await asProgram(await issued())).body
    expect(result).toMatchObject({
      name: 'acme/images',
      role: 'developer',
      identity: { issuer: github.issuer, subject: main.sub },
      expires_at: new Date(Date.parse(result.created_at) + 3600_000).toISOString(),
    })
    expect((await running.as(result.token).get('/clouds')).body.results).toHaveLength(1)
  })

  test('of another repository or branch get nothing', async () => {
    for (const claims of [{ repository: 'acme/other' }, { ref: 'refs/pull/1/merge' }, { repository: 'evil/images' }]) {
      expect((await asProgram(await issued(claims))).body.code).toBe('SIGN_IN_NOT_ALLOWED')
    }
    const refused = (await auditOf('session.start')).filter(({ identity }) => identity?.issuer === github.issuer)
    // Anybody may run a job on a public platform: all refusals of an hour are one row.
    expect(refused.filter(({ outcome }) => outcome !== 'done')).toMatchObject([{ outcome: 'SIGN_IN_NOT_ALLOWED' }])
  })

  test('with a token for somebody else, of another issuer or from the past get nothing', async () => {
    await using strange = await startTokenIssuer()
    const past = Math.floor(Date.now() / 1000) - 3600
    const wrong = [
      [await issued({ aud: 'https://other.example.com' }), /audience/],
      [await issued({ iat: past, exp: past + 300 }), /expired/],
      [await strange.issue({ ...main, aud: running.plane.origin }), /no issuer/],
      [await strange.issue({ ...main, aud: running.plane.origin, iss: github.issuer }), /signature/],
      // The provider of people is no issuer for programs.
      [await github.issue({ ...main, aud: running.plane.origin, iss: provider.issuer }), /no issuer/],
    ] as const
    for (const [token, reason] of wrong) {
      const answer = await asProgram(token)
      expect(answer.body).toMatchObject({ code: 'ID_TOKEN_INVALID', status: 401 })
      expect(answer.body.detail).toMatch(reason)
    }
  })

  test('get in again at once after their platform changed its keys', async () => {
    await github.rotateKeys()
    await new Promise((resolve) => setTimeout(resolve, 1100))
    expect((await asProgram(await issued())).status).toBe(201)
  })

  test('that guess are slowed down', async () => {
    await using guarded = await withSignIn({ client_id: 'guarded', client_secret: secret })
    const answers = []
    for (let i = 0; i <= attemptLimits.each.burst; i++)
      answers.push((await asProgram('a.b.c', guarded.as(null))).status)
    expect(new Set(answers)).toEqual(new Set([401, 429]))
  })
})

describe('the identity provider', () => {
  test('may be down at the start and later: tokens keep working, and people sign in once it is back', async () => {
    provider.interrupt()
    await using early = await testControlPlane({
      signIn: { people: { issuer: provider.issuer, client_id: 'fairlead', client_secret: secret, access } },
    })
    expect((await early.admin.get('/clouds')).status).toBe(200)
    for (const caller of [early.as(null), stranger]) {
      expect((await caller.post('/sign_in/device', {})).body).toMatchObject({
        code: 'IDENTITY_PROVIDER_UNREACHABLE',
        status: 503,
      })
    }
    provider.resume()
    expect((await early.as(null).post('/sign_in/browser', {})).status).toBe(200)
    expect((await signIn('jane')).status).toBe(201)
  })

  test('may change its keys', async () => {
    await provider.rotateKeys()
    await new Promise((resolve) => setTimeout(resolve, 1100))
    expect((await signIn('jane')).status).toBe(201)
  })
})

test('neither the secret of the client nor a token of the provider is in what the control plane stores', async () => {
  expect((await signIn('jane')).status).toBe(201)
  const { readdirSync, readFileSync } = await import('node:fs')
  const files = readdirSync(running.dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const kept = files.map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, 'latin1')).join('\n')
  expect(kept).toContain('jane@example.com')
  expect(kept).not.toContain(secret)
  expect(kept).not.toMatch(/eyJ[A-Za-z0-9_-]{20}/)
})

test.each(['/browser', '/browser/finish', '/device', '/device/finish', '/program'])(
  'S9: a stranger sends at most 64 KiB to /sign_in%s',
  async (path) => {
    const answer = await stranger.post(`/sign_in${path}`, ' '.repeat(64 * 1024 + 1))
    expect(answer.body).toMatchObject({ code: 'REQUEST_TOO_LARGE', detail: expect.stringContaining('65536 bytes') })
  },
)

// Last: it moves the clock, and the provider does not.
test('a session ends by itself', async () => {
  const { result } = (await signIn('jane')).body
  const jane = running.as(result.token)
  clock.advance(8 * 3600_000 - 1000)
  expect((await jane.get('/clouds')).status).toBe(200)
  clock.advance(1000)
  expect((await jane.get('/clouds')).body.code).toBe('TOKEN_EXPIRED')
  expect((await running.admin.get('/clouds')).status).toBe(200)
})
