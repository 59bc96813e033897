/** Signing in for real: this command line, a control plane, an identity provider and a CI platform, all in this process. */
import { startControlPlane, type ControlPlane } from '@fairlead/control-plane'
import { startIdentityProvider, startTokenIssuer, type TestIdentityProvider, type TokenIssuer } from '@fairlead/testkit'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ScriptedShell } from '../../scripted-context.ts'

const client = { client_id: 'fairlead', redirect_uris: ['http://127.0.0.1/sign-in/callback'] }
const pipeline = { sub: 'repo:example/models', repository: 'example/models' }

let provider: TestIdentityProvider
let platform: TokenIssuer
let controlPlane: ControlPlane
let shell: ScriptedShell

beforeAll(async () => {
  shell = new ScriptedShell()
  const ada = { id: 'ada', claims: { email: 'ada@example.com', email_verified: true, groups: ['ml-team'] } }
  provider = await startIdentityProvider({ users: [ada] })
  await provider.register([client])
  platform = await startTokenIssuer()
  controlPlane = await startControlPlane({
    listen: '127.0.0.1:0',
    dataDir: join(shell.folder, 'data'),
    logLevel: 'silent',
    signIn: {
      people: {
        issuer: provider.issuer,
        client_id: client.client_id,
        client_secret: null,
        scopes: ['openid', 'email', 'groups'],
        access: [{ claims: { groups: 'ml-team' }, role: 'developer' }],
      },
      programs: [{ issuer: platform.issuer, access: [{ claims: { repository: 'example/models' }, role: 'viewer' }] }],
    },
  })
})
afterAll(async () => {
  await controlPlane.close()
  await platform[Symbol.asyncDispose]()
  await provider.stop()
  shell[Symbol.dispose]()
})

test('a person enters the code in a browser, and is who they are there until they log out', async () => {
  const { context, written } = shell.context({
    onWrite() {
      const [, code] = /enter the code {2}(\S+)\n/.exec(written().stderr) ?? []
      if (code !== undefined && !entered.has(code)) entered.set(code, provider.enterCode(code, 'ada'))
    },
  })
  const entered = new Map<string, Promise<void>>()
  const { runFairlead } = await import('../../run.ts')
  expect(await runFairlead(['login', '--host', controlPlane.origin, '--sign-in'], context)).toBe(0)
  expect(written().stdout).toContain('as ada@example.com, with the role developer, in all clouds, until ')
  expect((await shell.run(['whoami'])).stdout).toMatch(/signed in as +ada@example\.com\n/)
  expect((await shell.run(['cluster', 'list'])).status).toBe(0)
  const env = { FAIRLEAD_TOKEN: controlPlane.adminToken ?? '' }
  const sessions = await shell.run(['token', 'list', '--sessions'], { env })
  expect(sessions.stdout).toMatch(/^ada@example\.com +developer +all +valid +in [78] h /m)
  expect((await shell.run(['token', 'list'], { env })).stdout).not.toContain('ada@example.com')
  expect((await shell.run(['logout'])).stdout).toContain('The session has ended.')
  const ended = await shell.run(['token', 'list', '--sessions', '--host', controlPlane.origin], { env })
  expect(ended.stdout).toMatch(/^ada@example\.com .* revoked /m)
})

test('a CI job signs in with a token for this control plane, and not with one for another', async () => {
  const login = ['login', '--host', controlPlane.origin, '--ci']
  const as = async (aud: string) => ({ FAIRLEAD_ID_TOKEN: await platform.issue({ ...pipeline, aud }) })
  const ran = await shell.run(login, { env: await as(controlPlane.origin) })
  expect(ran.stdout).toContain('with the role viewer, in all clouds, until ')
  const refused = await shell.run(login, { env: await as('https://fairlead.example.com') })
  expect(refused.status).toBe(6)
  expect(refused.stderr).toContain('(CI_ID_TOKEN_MISSING)')
})
