import type { Fetch } from '@fairlead/sdk'
import { execSync } from 'node:child_process'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isProblem } from '@fairlead/contract/problems'
import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CliContext } from '../context.ts'
import { ScriptedShell } from '../scripted-context.ts'
import { readCredentials } from './credentials.ts'
import { sampleToken } from './sample-token.ts'

const token = `flt_${'a'.repeat(43)}`
const other = `flt_${'b'.repeat(43)}`

interface Sent {
  readonly url: string
  readonly authorization: string | undefined
}

/** A control plane that knows every token, and records what it was sent. */
function recordingServer(): { fetch: Fetch; sent: Sent[] } {
  const sent: Sent[] = []
  const fetch: Fetch = async (url, request) => {
    sent.push({ url, authorization: request.headers['authorization'] })
    const body = url.endsWith('/me') ? { result: sampleToken } : { results: [], metadata: { next_paging_token: null } }
    return new Response(JSON.stringify(body))
  }
  return { fetch, sent }
}

describe('the file of logins', () => {
  /** Reads the file as if this were in it. */
  async function read(text: string): Promise<unknown> {
    using shell = new ScriptedShell()
    mkdirSync(join(shell.folder, 'fairlead'))
    writeFileSync(join(shell.folder, 'fairlead', 'credentials.json'), text)
    const context = { env: { XDG_CONFIG_HOME: shell.folder }, home: shell.folder }
    return await readCredentials(context as unknown as CliContext).catch((error: unknown) => error)
  }

  const outcomeOf = (found: unknown): string =>
    isProblem(found)
      ? found.code
      : Object.keys(found as object)
          .toSorted()
          .join()

  test('is read or refused, whatever is in it', async () => {
    const login = fc.record({ token: fc.string(), ca_file: fc.option(fc.string()) }, { requiredKeys: ['token'] })
    const like = fc.record({ current: fc.option(fc.string()), logins: fc.dictionary(fc.string(), login) })
    const text = fc.oneof(
      fc.json(),
      fc.string({ unit: anyCharacter }),
      like.map((value) => JSON.stringify(value)),
    )
    await fc.assert(
      fc.asyncProperty(text, async (text) => {
        expect(['current,logins', 'CONFIG_FILE_UNREADABLE']).toContain(outcomeOf(await read(text)))
      }),
      { numRuns: 200 },
    )
  })

  test('has every login that was stored, under any name', async () => {
    const login = { token, ca_file: null, server_user: 1000, session_until: '2026-12-03T12:00:00.000Z' }
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.string({ unit: anyCharacter })), async (names) => {
        const stored = { current: names[0] ?? null, logins: Object.fromEntries(names.map((name) => [name, login])) }
        expect(await read(JSON.stringify(stored))).toEqual(stored)
      }),
      { numRuns: 50 },
    )
  })
})

describe('login', () => {
  test('says that its file cannot be written where no folder can be made', async () => {
    using shell = new ScriptedShell()
    const world = { ...recordingServer(), input: token, env: { XDG_CONFIG_HOME: '/proc/fairlead' } }
    const ran = await shell.run(['login', '--host', 'https://fairlead.example.com'], world)
    expect(ran.stderr).toContain('/proc/fairlead/fairlead/credentials.json cannot be written: there is no such folder')
    expect(ran.status).toBe(4)
  })

  test.each(['mkfifo', 'ln -s /dev/zero'])(
    'does not wait for what is no file in place of its own: %s',
    async (make) => {
      using shell = new ScriptedShell()
      const folder = join(shell.folder, 'fairlead')
      execSync(`mkdir '${folder}' && ${make} '${folder}/credentials.json'`)
      const { stderr } = await shell.run(['whoami'], { env: { XDG_CONFIG_HOME: shell.folder } })
      expect(stderr).toContain('credentials.json cannot be read: it is not a regular file (CONFIG_FILE_UNREADABLE)')
    },
  )

  test('asks who the token belongs to, and stores it for this user only', async () => {
    using shell = new ScriptedShell()
    const { fetch, sent } = recordingServer()
    const ran = await shell.run(['login', '--host', 'https://fairlead.example.com'], { fetch, input: `${token}\n` })
    expect(ran.status).toBe(0)
    expect(ran.stdout).toContain('Logged in to https://fairlead.example.com as ada, with the role developer')
    expect(ran.stdout + ran.stderr).not.toContain(token)
    expect(sent).toEqual([
      { url: 'https://fairlead.example.com/api/v1/api_tokens/me', authorization: `Bearer ${token}` },
    ])
    const path = join(shell.folder, '.config', 'fairlead', 'credentials.json')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path, 'utf8')).toContain(token)
  })

  test('sends nothing that is not a token', async () => {
    using shell = new ScriptedShell()
    const { fetch, sent } = recordingServer()
    const ran = await shell.run(['login'], { fetch, input: 'my registry password' })
    expect(ran.status).toBe(6)
    expect(sent).toEqual([])
  })

  test('sends a token to the control plane that it was stored for, and to no other', async () => {
    using shell = new ScriptedShell()
    const { fetch, sent } = recordingServer()
    await shell.run(['login', '--host', 'https://one.example.com'], { fetch, input: token })
    await shell.run(['login', '--host', 'https://two.example.com'], { fetch, input: other })
    sent.length = 0
    await shell.run(['cloud', 'list'], { fetch })
    await shell.run(['cloud', 'list', '--host', 'https://one.example.com'], { fetch })
    const stranger = await shell.run(['cloud', 'list'], { fetch, env: { FAIRLEAD_HOST: 'https://evil.example.com' } })
    expect(stranger.status).toBe(6)
    expect(sent.map(({ url, authorization }) => [new URL(url).host, authorization])).toEqual([
      ['two.example.com', `Bearer ${other}`],
      ['one.example.com', `Bearer ${token}`],
    ])
  })

  test('keeps the login of another command that runs at the same time', async () => {
    using shell = new ScriptedShell()
    const hosts = ['https://one.example.com', 'https://two.example.com', 'https://three.example.com']
    const { fetch, sent } = recordingServer()
    const allAsked = Promise.withResolvers<void>()
    const answerAllAtOnce: Fetch = async (url, request) => {
      const answer = await fetch(url, request)
      if (sent.length === hosts.length) allAsked.resolve()
      await allAsked.promise
      return answer
    }
    const ran = await Promise.all(
      hosts.map((host) => shell.run(['login', '--host', host], { fetch: answerAllAtOnce, input: token })),
    )
    expect(ran.map(({ status }) => status)).toEqual([0, 0, 0])
    sent.length = 0
    for (const host of hosts) await shell.run(['cloud', 'list', '--host', host], { fetch })
    expect(sent.map(({ authorization }) => authorization)).toEqual(hosts.map(() => `Bearer ${token}`))
  })

  test('a logout keeps what another command stored while the session ended', async () => {
    using shell = new ScriptedShell()
    const { fetch, sent } = recordingServer()
    const session = {
      ...sampleToken,
      identity: { issuer: 'https://login.example.com', subject: '1' },
      expires_at: '2100-01-01T00:00:00.000Z',
    }
    await shell.run(['login', '--host', 'https://one.example.com'], {
      fetch: async () => Response.json({ result: session }),
      input: token,
    })
    await shell.run(['logout'], {
      fetch: async () => {
        await shell.run(['login', '--host', 'https://two.example.com'], { fetch, input: other })
        return new Response(null, { status: 204 })
      },
    })
    sent.length = 0
    await shell.run(['cloud', 'list'], { fetch })
    expect(sent).toMatchObject([{ authorization: `Bearer ${other}` }])
  })

  test('logs in where nothing can be locked', async () => {
    using shell = new ScriptedShell()
    const { fetch } = recordingServer()
    shell.write('.config/fairlead/credentials.lock', 'something else')
    expect(await shell.run(['login'], { fetch, input: token })).toMatchObject({ status: 0 })
  })

  test('logout deletes it', async () => {
    using shell = new ScriptedShell()
    const { fetch, sent } = recordingServer()
    await shell.run(['login', '--host', 'https://one.example.com'], { fetch, input: token })
    expect((await shell.run(['logout'])).status).toBe(0)
    sent.length = 0
    expect((await shell.run(['cloud', 'list', '--host', 'https://one.example.com'], { fetch })).status).toBe(6)
    expect(sent).toEqual([])
  })

  test('after logout, no other control plane replaces it automatically', async () => {
    using shell = new ScriptedShell()
    const { fetch, sent } = recordingServer()
    await shell.run(['login', '--host', 'https://one.example.com'], { fetch, input: token })
    await shell.run(['login', '--host', 'https://two.example.com'], { fetch, input: other })
    const { stdout } = await shell.run(['logout'])
    expect(stdout).toContain('Logged out of https://two.example.com.')
    expect(stdout).toContain('Still saved, with --host: https://one.example.com\n')
    sent.length = 0
    expect((await shell.run(['cloud', 'list'], { fetch })).status).toBe(6)
    expect(sent).toEqual([])
    expect((await shell.run(['cloud', 'list', '--host', 'https://one.example.com'], { fetch })).status).toBe(0)
  })

  test('reports a foreign file as a problem with its path, and does not touch it', async () => {
    using shell = new ScriptedShell()
    const { fetch } = recordingServer()
    await shell.run(['login'], { fetch, input: token })
    const path = join(shell.folder, '.config', 'fairlead', 'credentials.json')
    writeFileSync(path, '{"token": ')
    const ran = await shell.run(['cloud', 'list'], { fetch })
    expect(ran.status).toBe(4)
    expect(ran.stderr).toContain(path)
    expect(readFileSync(path, 'utf8')).toBe('{"token": ')
  })

  test('allows plain http for loopback only', async () => {
    using shell = new ScriptedShell()
    const { fetch, sent } = recordingServer()
    const ran = await shell.run(['login', '--host', 'http://fairlead.example.com'], { fetch, input: token })
    expect(ran.status).toBe(3)
    expect(ran.stderr).toContain('(PLAIN_HTTP_REFUSED)')
    expect(sent).toEqual([])
  })
})
