import { isProblem, Problem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ScriptedShell } from '../../scripted-context.ts'
import { parseSignInFile, readSignInFile } from './sign-in-file.ts'

const whole = `people:
  issuer: https://login.example.com
  client_id: fairlead
  client_secret_file: oidc-client-secret
  scopes: [openid, profile, email, groups]
  access:
    - claims: { groups: fairlead-admins }
      role: admin
    - claims: { groups: [research, ml] }
      role: developer
      clouds: [research]
programs:
  - issuer: https://token.actions.githubusercontent.com
    access:
      - claims: { repository: acme/images, ref: refs/heads/main }
        role: developer
`
const path = '/etc/fairlead/sign-in.yaml'

function faultOf(text: string): string {
  try {
    parseSignInFile(text, path)
  } catch (error) {
    if (error instanceof Problem && error.code === 'SIGN_IN_FILE_INVALID') return error.what
    throw error
  }
  throw new Error('it is accepted')
}

describe('the sign-in file', () => {
  test('says who may sign in, and for how long; the rest is as usual', () => {
    const { settings, secretFile } = parseSignInFile(whole, path)
    expect(secretFile).toBe('oidc-client-secret')
    expect(settings.people).toMatchObject({ session_hours: 8, client_secret: null, client_id: 'fairlead' })
    expect(settings.people?.access[1]).toEqual({
      claims: { groups: ['research', 'ml'] },
      role: 'developer',
      clouds: ['research'],
    })
    expect(settings.programs).toMatchObject([{ session_minutes: 60 }])
  })

  test.each([
    ['', 'it must say how people or programs sign in'],
    ['people', 'it must be a map'],
    ['person: {}', 'line 1: person: there is no such field'],
    [
      whole.replace('    - claims: { groups: fairlead-admins }\n      role', '    - role'),
      'line 7: people.access[0].claims: it must be a map',
    ],
    [
      whole.replace('{ groups: fairlead-admins }', '{}'),
      'line 7: people.access[0].claims: it must name at least one claim',
    ],
    [
      whole.replace('{ groups: fairlead-admins }', '{ groups: [] }'),
      'line 7: people.access[0].claims.groups: it is out of bounds',
    ],
    [
      whole.replace('{ groups: fairlead-admins }', '{ groups: null }'),
      'line 7: people.access[0].claims.groups: it is not valid',
    ],
    [
      whole.replace('role: admin', 'role: root'),
      'line 8: people.access[0].role: it must be one of admin, developer, viewer',
    ],
    [whole.replace('https://login', 'http://login'), 'line 2: people.issuer: it must be an https URL without a query'],
    [
      whole.replace('https://login', 'https://user:canary@login'),
      'line 2: people.issuer: it must be an https URL without a query',
    ],
    [whole.replace('[openid, profile, email, groups]', '[email]'), 'line 5: people.scopes: it must include openid'],
    [whole.replace('  client_id: fairlead\n', ''), 'line 2: people.client_id: it must be a string'],
    [
      whole.replace('client_secret_file: oidc-client-secret', 'client_secret: canary'),
      'line 4: people.client_secret: the secret belongs in a file of its own: client_secret_file',
    ],
    [
      whole.replace('client_secret_file: oidc-client-secret', 'client_secret_file: [a]'),
      'people.client_secret_file: it must be the path of a file',
    ],
    [whole.replace('  access:', '  session_hours: 25\n  access:'), 'line 6: people.session_hours: it is out of bounds'],
    [
      `${whole}  - issuer: https://token.actions.githubusercontent.com/\n    access: [{ claims: { sub: b }, role: viewer }]\n`,
      'line 13: programs: each issuer must be there once',
    ],
    [
      whole.replace('repository: acme/images, ', ''),
      'line 15: programs[0].access[0].claims: anybody can have a token of this issuer, so it must name one of sub, repository, repository_id, repository_owner, repository_owner_id, workflow_ref',
    ],
    [
      whole.replace('issuer: https://token.actions.githubusercontent.com', 'issuer: token.actions'),
      'line 13: programs[0].issuer: it must be an https URL without a query',
    ],
    ['people: *a', 'it has aliases'],
    ['people: [', 'it is not valid YAML at line 1, column 10'],
    ['a: 1\na: 2', 'it has the same key a second time at line 2, column 1'],
  ])('%j: %s', (text, fault) => {
    const said = faultOf(text)
    expect(said).toBe(`${path}: ${fault}`)
    expect(said).not.toContain('canary')
  })

  test.each([
    ['https://token.actions.githubusercontent.com', { job_workflow_ref: 'acme/ci/.github/workflows/a.yml@main' }],
    ['https://token.actions.githubusercontent.com/', { actor: 'ada', environment: 'production' }],
    ['https://gitlab.com', { ref_protected: 'true', user_login: 'ada' }],
    ['https://accounts.google.com', { email_verified: true }],
    ['https://agent.buildkite.com', { pipeline_slug: 'deploy', build_branch: 'main' }],
    ['https://app.terraform.io', { terraform_workspace_name: 'production', terraform_run_phase: 'apply' }],
  ])('for programs of %s does not let in whoever has %j there', (issuer, claims) => {
    const file = (named: object) =>
      JSON.stringify({ programs: [{ issuer, access: [{ claims: named, role: 'viewer' }] }] })
    expect(() => parseSignInFile(file(claims), path)).toThrow('anybody can have a token of this issuer')
    expect(() => parseSignInFile(file({ ...claims, sub: 'a' }), path)).not.toThrow()
  })

  test('whatever it holds, it is read or refused with a reason', () => {
    const line = fc.oneof(fc.constantFrom(...whole.split('\n')), fc.string({ maxLength: 30 }))
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const outcome = (): unknown => {
          try {
            return parseSignInFile(lines.join('\n'), path).settings
          } catch (error) {
            return isProblem(error, 'SIGN_IN_FILE_INVALID') ? {} : error
          }
        }
        expect(outcome()).not.toBeInstanceOf(Error)
      }),
    )
  })
})

describe('reading it', () => {
  let shell: ScriptedShell
  beforeEach(() => {
    shell = new ScriptedShell()
    shell.write('sign-in.yaml', whole)
    shell.write('oidc-client-secret', 'canary\n')
    chmodSync(join(shell.folder, 'sign-in.yaml'), 0o644)
    chmodSync(join(shell.folder, 'oidc-client-secret'), 0o640)
  })
  afterEach(() => shell[Symbol.dispose]())
  const read = () => readSignInFile(shell.context().context, 'sign-in.yaml')

  test('takes the secret of the client from its own file', async () => {
    const { settings, secretBeside } = await read()
    expect(settings.people?.client_secret).toBe('canary')
    expect(secretBeside).toBe('oidc-client-secret')
  })

  test.each([
    ['sign-in.yaml', '664', 'others can write it'],
    ['sign-in.yaml', '646', 'others can write it'],
    ['oidc-client-secret', '644', 'any user of this machine can read it'],
  ])('refuses %s with mode %s: %s', async (name, mode, reason) => {
    chmodSync(join(shell.folder, name), Number.parseInt(mode, 8))
    await expect(read()).rejects.toMatchObject({
      code: 'CONFIG_FILE_UNREADABLE',
      facts: { reason: expect.stringContaining(reason) },
    })
  })

  test.each(['', 'two words', 'two\nlines'])('refuses a secret such as %j, and does not repeat it', async (text) => {
    shell.write('oidc-client-secret', text)
    chmodSync(join(shell.folder, 'oidc-client-secret'), 0o600)
    await expect(read()).rejects.toMatchObject({ code: 'CONFIG_FILE_UNREADABLE' })
  })

  test('a serve with a wrong file says what is wrong, and starts nothing', async () => {
    shell.write('sign-in.yaml', whole.replace('role: admin', 'role: root'))
    chmodSync(join(shell.folder, 'sign-in.yaml'), 0o644)
    const ran = await shell.run(['serve', '--listen', '127.0.0.1:0', '--sign-in', 'sign-in.yaml'])
    expect(ran).toMatchObject({ status: 4, stdout: '' })
    expect(ran.stderr).toContain('line 8: people.access[0].role: it must be one of admin, developer, viewer')
  })
})
