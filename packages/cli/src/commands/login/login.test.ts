/** Signing in as a person or as a CI job, against a scripted control plane. */
import type { Fetch } from '@fairlead/sdk'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sampleToken } from '../../connection/sample-token.ts'
import { Interrupted } from '../../context.ts'
import { ScriptedShell, type ScriptedWorld } from '../../scripted-context.ts'

const origin = 'https://fairlead.example.com'
const token = `flt_${'a'.repeat(43)}`
const me = {
  ...sampleToken,
  name: 'ada@example.com',
  identity: { issuer: 'https://login.example.com/realms/lab', subject: '4711' },
  expires_at: '2026-11-24T20:00:00.000Z',
}
const session = { ...me, token }
const device = {
  device_code: 'device-canary',
  user_code: 'WDJB-MJHT',
  verification_uri: 'https://login.example.com/device',
  verification_uri_complete: 'https://login.example.com/device?user_code=WDJB-MJHT',
  expires_in: 600,
  interval: 1,
}
const offer = { people: { provider: 'login.example.com' }, programs: true }
const jwt = `eyJhbGciOiJSUzI1NiJ9.${Buffer.from(JSON.stringify({ aud: origin })).toString('base64url')}.c2ln`

interface Sent {
  readonly request: string
  readonly body: unknown
  readonly authorization: string | undefined
}

/** What each request is answered with; the last answer of a list is given again. */
type Answers = Readonly<Record<string, readonly unknown[]>>

function server(answers: Answers = {}): { fetch: Fetch; sent: Sent[] } {
  const sent: Sent[] = []
  const all: Answers = {
    'GET /sign_in': [offer],
    'POST /sign_in/device': [device],
    'POST /sign_in/device/finish': [
      { status: 'pending', session: null },
      { status: 'signed_in', session },
    ],
    'POST /sign_in/program': [session],
    'GET /api_tokens/me': [me],
    'DELETE /api_tokens/me': [null],
    ...answers,
  }
  const fetch: Fetch = async (url, { method, headers, body }) => {
    const request = `${method} ${url.replace(`${origin}/api/v1`, '')}`
    const before = sent.filter((one) => one.request === request).length
    sent.push({
      request,
      body: body === undefined ? undefined : (JSON.parse(body) as unknown),
      authorization: headers['authorization'],
    })
    const result = all[request]?.at(before) ?? all[request]?.at(-1)
    if (result === undefined) return problemResponse('ROUTE_NOT_FOUND', 404)
    if (result instanceof Response) return result.clone()
    return result === null ? new Response(null, { status: 204 }) : new Response(JSON.stringify({ result }))
  }
  return { fetch, sent }
}

const problemResponse = (code: string, status: number) =>
  new Response(
    JSON.stringify({ type: 'about:blank', title: 't', status, code, detail: `said of ${code}`, fix: 'f', who: 'you' }),
    {
      status,
    },
  )

const storedIn = (shell: ScriptedShell) => join(shell.folder, '.config', 'fairlead', 'credentials.json')
const stored = (shell: ScriptedShell) => readFileSync(storedIn(shell), 'utf8')
const terminal: ScriptedWorld = { isTTY: true, env: { TZ: 'UTC' } }
const requests = (sent: readonly Sent[]) => sent.map(({ request }) => request)

describe('a person', () => {
  test('on a terminal signs in by code, and learns who, which role, which clouds and until when', async () => {
    using shell = new ScriptedShell()
    const { fetch, sent } = server()
    const ran = await shell.run(['login', '--host', origin], { ...terminal, fetch })
    expect(ran.status).toBe(0)
    expect(ran.stderr).toContain('\u001B[36mhttps://login.example.com/device\u001B[39m')
    expect(ran.stderr).toContain('\u001B[1mWDJB-MJHT\u001B[22m')
    expect(ran.stderr).toContain('for 10 min; Ctrl-C ends this')
    expect(ran.stdout).toMatch(
      /^Logged in to https:\/\/fairlead\.example\.com as ada@example\.com, with the role developer, in all clouds, until 2026-11-24 \d\d:00:00$/m,
    )
    expect(ran.stdout + ran.stderr).not.toMatch(/flt_|device-canary/)
    expect(stored(shell)).toContain(token)
    expect(requests(sent)).toEqual([
      'GET /sign_in',
      'POST /sign_in/device',
      'POST /sign_in/device/finish',
      'POST /sign_in/device/finish',
    ])
    expect(sent.map(({ authorization }) => authorization)).toEqual([undefined, undefined, undefined, undefined])
  })

  test('sees the code without colours if NO_COLOR says so', async () => {
    using shell = new ScriptedShell()
    const { fetch } = server()
    const ran = await shell.run(['login', '--host', origin], { isTTY: true, env: { NO_COLOR: '1' }, fetch })
    expect(ran.stderr).toContain('  https://login.example.com/device\n')
    expect(ran.stderr).toContain('enter the code  WDJB-MJHT\n')
    expect(ran.stderr).not.toContain('\u001B')
  })

  test('sees no cursor movement that a control plane sends with the code', async () => {
    using shell = new ScriptedShell()
    const hostile = '\u001B[2J\u001B[1;1Htype your password'
    const { fetch } = server({ 'POST /sign_in/device': [{ ...device, user_code: hostile, verification_uri: hostile }] })
    const ran = await shell.run(['login', '--host', origin, '--sign-in'], { fetch })
    expect(ran.stderr).toContain('type your password')
    expect(ran.stderr).not.toContain('\u001B')
  })

  test('without a terminal signs in with --sign-in, and --json prints the result alone on standard output', async () => {
    using shell = new ScriptedShell()
    const { fetch } = server()
    const ran = await shell.run(['login', '--host', origin, '--sign-in', '--json'], { fetch })
    expect(ran.status).toBe(0)
    expect(JSON.parse(ran.stdout)).toEqual(me)
    expect(ran.stderr).toContain('WDJB-MJHT')
  })

  test('who presses Ctrl-C while it waits is not logged in, and nothing is stored', async () => {
    using shell = new ScriptedShell()
    const controller = new AbortController()
    const { fetch } = server({ 'POST /sign_in/device/finish': [{ status: 'pending', session: null }] })
    const onWrite = () => controller.abort(new Interrupted())
    const ran = await shell.run(['login', '--host', origin, '--sign-in'], { fetch, signal: controller.signal, onWrite })
    expect(ran.stderr).toContain('(INTERRUPTED)')
    expect(() => stored(shell)).toThrow('ENOENT')
  })

  test('a person who is refused is told so, and nothing is stored', async () => {
    using shell = new ScriptedShell()
    const { fetch } = server({ 'POST /sign_in/device/finish': [problemResponse('SIGN_IN_NOT_ALLOWED', 403)] })
    const ran = await shell.run(['login', '--host', origin, '--sign-in'], { fetch })
    expect(ran.status).toBe(6)
    expect(ran.stderr).toContain('(SIGN_IN_NOT_ALLOWED)')
    expect(() => stored(shell)).toThrow('ENOENT')
  })

  test.each([
    ['with --with-token', ['--with-token'], terminal, {}],
    ['with FAIRLEAD_TOKEN', [], { isTTY: true, env: { FAIRLEAD_TOKEN: token } }, {}],
    ['without a terminal', [], {}, {}],
    [
      'where the control plane offers only tokens',
      [],
      terminal,
      { 'GET /sign_in': [{ people: null, programs: false }] },
    ],
    [
      'where the control plane is older than sign-in',
      [],
      terminal,
      { 'GET /sign_in': [problemResponse('ROUTE_NOT_FOUND', 404)] },
    ],
  ] satisfies [string, string[], ScriptedWorld, Answers][])(
    '%s gives a token as before',
    async (_, flags, world, answers) => {
      using shell = new ScriptedShell()
      const { fetch, sent } = server({ ...answers, 'GET /api_tokens/me': [sampleToken] })
      const ran = await shell.run(['login', '--host', origin, ...flags], { ...world, input: token, fetch })
      expect(ran.status).toBe(0)
      expect(ran.stdout).toContain('as ada, with the role developer, in all clouds\n')
      expect(requests(sent)).not.toContain('POST /sign_in/device')
      expect(sent.at(-1)).toMatchObject({ request: 'GET /api_tokens/me', authorization: `Bearer ${token}` })
    },
  )

  test('chooses one way, not two', async () => {
    using shell = new ScriptedShell()
    const ran = await shell.run(['login', '--host', origin, '--sign-in', '--ci'])
    expect(ran.status).toBe(2)
    expect(ran.stderr).toContain('give either --sign-in or --ci')
  })
})

describe('a CI job', () => {
  test('signs in with its own ID token, and reads no other', async () => {
    using shell = new ScriptedShell()
    const { fetch, sent } = server()
    const env = { GITLAB_CI: 'true', FAIRLEAD_ID_TOKEN: jwt, FAIRLEAD_TOKEN: `flt_${'b'.repeat(43)}` }
    const ran = await shell.run(['login', '--host', origin, '--ci'], { env, fetch, input: new Error('not read') })
    expect(ran.status).toBe(0)
    expect(sent).toEqual([{ request: 'POST /sign_in/program', body: { id_token: jwt }, authorization: undefined }])
    expect(stored(shell)).toContain(token)
    expect(ran.stdout).toContain('FAIRLEAD_TOKEN is set, and other commands use it instead.')
    expect(ran.stdout + ran.stderr).not.toContain(jwt)
  })

  test('without an ID token is told what its platform needs, and nothing is sent', async () => {
    using shell = new ScriptedShell()
    const { fetch, sent } = server()
    const ran = await shell.run(['login', '--host', origin, '--ci'], { env: { GITHUB_ACTIONS: 'true' }, fetch })
    expect(ran.status).toBe(6)
    expect(ran.stderr).toContain('id-token: write')
    expect(ran.stderr).toContain(`aud: ${origin}`)
    expect(sent).toEqual([])
  })
})

describe('logout', () => {
  const loggedIn = async (answers: Answers = {}) => {
    const shell = new ScriptedShell()
    const scripted = server(answers)
    await shell.run(['login', '--host', origin, '--ci'], { env: { FAIRLEAD_ID_TOKEN: jwt }, fetch: scripted.fetch })
    return { shell, ...scripted }
  }

  test('ends the session on the control plane, with the token of the session', async () => {
    const { shell, fetch, sent } = await loggedIn()
    using _shell = shell
    const ran = await shell.run(['logout'], { fetch, env: { FAIRLEAD_TOKEN: `flt_${'b'.repeat(43)}` } })
    expect(ran.stdout).toBe(`Logged out of ${origin}. The session has ended.\n`)
    expect(sent.at(-1)).toMatchObject({ request: 'DELETE /api_tokens/me', authorization: `Bearer ${token}` })
    expect(stored(shell)).not.toContain(token)
  })

  test('ends it even if another logout forgets the token in the meantime', async () => {
    const { shell, fetch, sent } = await loggedIn()
    using _shell = shell
    const env = {
      // It is looked at after the file.
      get FAIRLEAD_HOST() {
        rmSync(storedIn(shell), { force: true })
        return origin
      },
    }
    const ran = await shell.run(['logout'], { fetch, env })
    expect(ran.stdout).toBe(`Logged out of ${origin}. The session has ended.\n`)
    expect(sent.at(-1)).toMatchObject({ request: 'DELETE /api_tokens/me', authorization: `Bearer ${token}` })
  })

  test('forgets it even if something else answers there, and says until when it is valid', async () => {
    const { shell } = await loggedIn()
    using _shell = shell
    const fetch: Fetch = async () => new Response('not a control plane', { status: 404 })
    const ran = await shell.run(['logout'], { fetch })
    expect(ran.status).toBe(0)
    expect(ran.stdout).toMatch(/The control plane could not be told: the session ends at 2026-11-24 \d\d:00:00\.\n$/)
    expect(stored(shell)).not.toContain(token)
  })

  test('of a session that has expired says that it has ended', async () => {
    const { shell, fetch } = await loggedIn({ 'DELETE /api_tokens/me': [problemResponse('TOKEN_EXPIRED', 401)] })
    using _shell = shell
    expect((await shell.run(['logout'], { fetch })).stdout).toContain('The session has ended.')
  })

  test('of a token that was not made by signing in asks nothing of the control plane', async () => {
    using shell = new ScriptedShell()
    const { fetch, sent } = server({ 'GET /api_tokens/me': [sampleToken] })
    await shell.run(['login', '--host', origin], { fetch, input: token })
    sent.length = 0
    const ran = await shell.run(['logout'], { fetch })
    expect(ran.stdout).toContain('The token itself stays valid until it expires or an admin revokes it.')
    expect(sent).toEqual([])
  })
})

test('whoami shows who signed in, and until when', async () => {
  using shell = new ScriptedShell()
  const { fetch } = server()
  await shell.run(['login', '--host', origin, '--ci'], { env: { FAIRLEAD_ID_TOKEN: jwt }, fetch })
  const { stdout } = await shell.run(['whoami'], { fetch })
  expect(stdout).toMatch(/signed in as +ada@example\.com\n +known to +login\.example\.com\n/)
  expect(stdout).toMatch(/valid until +2026-11-24 \d\d:00:00\n/)
})
