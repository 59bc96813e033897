/** `fairlead doctor` on a machine without Docker: what it prints, where, and how it ends. */
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ScriptedShell } from '../../scripted-context.ts'

const password = 'canary-cli-doctor-4wZ'
let shell: ScriptedShell
/** Looks at nothing on the machine that runs the test. */
const places = ['--policy', 'policy.yaml', '--docker-socket', 'docker.sock', '--state-dir', 'state']

beforeEach(() => {
  shell = new ScriptedShell()
  mkdirSync(join(shell.folder, 'secrets'))
})
afterEach(() => shell[Symbol.dispose]())

function keep(server: string): void {
  const secret = JSON.stringify({ username: 'robot', password, server })
  chmodSync(shell.write('secrets/login', secret), 0o600)
  chmodSync(shell.write('policy.yaml', ''), 0o644)
}

const doctor = (...args: string[]) => shell.run(['doctor', ...places, '--secrets-dir', 'secrets', ...args])
/** A loopback registry that no file lists: rejected before a socket is opened. */
const aboutImage = ['127.0.0.1:1/team/app:1', '--registry-login-secret', 'login']

interface Report {
  readonly image: string | null
  readonly registry_login_secret: string | null
  readonly ok: boolean
  readonly steps: readonly { step: string; status: string; problem: { code: string } | null }[]
  readonly policy: { settings: readonly { name: string; value: unknown; from: string }[] } | null
}
const reportIn = (stdout: string) => JSON.parse(stdout) as Report

describe('without an image', () => {
  test('prints the policy in force, and reports a problem with its exit code', async () => {
    chmodSync(shell.write('policy.yaml', 'offline_start: forbid\nallowed_secrets: []\n'), 0o644)
    const { status, stdout, stderr } = await doctor()
    expect(status).toBe(7)
    expect(stdout).toMatch(/^Examining this node\n {2}policy {5}done {5}policy read; it has 2 settings {2}[\d.]+ m?s\n/)
    expect(stdout).toMatch(/\n {2}offline_start +forbid\n/)
    expect(stdout).toMatch(/\n {2}on_mismatch +fail \(default\)\n/)
    expect(stdout).toMatch(/\nThis node is not in order: docker\n$/)
    expect(stderr).toMatch(/^error: .* \(ENGINE_UNREACHABLE\)\n/)
  })

  test('exits with a separate code for a policy that others may write, and prints no policy', async () => {
    chmodSync(shell.write('policy.yaml', 'offline_start: forbid\n'), 0o666)
    const { status, stdout, stderr } = await doctor()
    expect(status).toBe(3)
    expect(stdout).not.toContain('Active policy')
    expect(stderr).toContain('(POLICY_UNSAFE)')
  })

  test('rejects a secret without an image', async () => {
    expect(await doctor('--registry-login-secret', 'login')).toMatchObject({ status: 2, stdout: '' })
  })

  test('creates nothing on the machine', async () => {
    await doctor()
    const { stdout } = await doctor('--json')
    expect(reportIn(stdout).steps).toContainEqual(expect.objectContaining({ step: 'state', status: 'skipped' }))
  })
})

test('fails the policy step when the named policy is missing', async () => {
  const { status, stderr } = await doctor()
  expect(status).toBe(4)
  expect(stderr).toContain('policy.yaml is not there, although it was named as the policy')
})

test('reports the file of the system’s authorities', async () => {
  keep('registry.example.com')
  const { authorities } = JSON.parse((await doctor('--json')).stdout) as { authorities: { system: string | null } }
  expect(authorities.system ?? 'none').toMatch(/^(?:none|\/etc\/.+\.(?:crt|pem))$/)
  const shown = authorities.system ?? "none, so Node's own list is used"
  expect((await doctor()).stdout).toContain(`System authorities: ${shown}\n`)
})

describe('with an image', () => {
  test('shows the server of a secret for another registry on the terminal, escaped', async () => {
    keep('other.example.com')
    const { status, stdout, stderr } = await doctor(...aboutImage)
    expect(status).toBe(3)
    expect(stdout).toContain('  match      failed   ')
    expect(stderr).toContain("the secret's server: other.example.com\n")
    expect(stdout + stderr).not.toContain(password)
  })

  test('prints only the report with --json, without that server', async () => {
    keep('other.example.com')
    const { status, stdout, stderr } = await doctor(...aboutImage, '--json')
    expect([status, stderr]).toEqual([3, ''])
    const { image, ok, steps } = reportIn(stdout)
    expect({ image, ok }).toEqual({ image: '127.0.0.1:1/team/app:1', ok: false })
    expect(steps.find(({ step }) => step === 'match')?.problem?.code).toBe('CREDENTIAL_SERVER_MISMATCH')
    expect(stdout).not.toContain('other.example.com')
    expect(stdout).not.toContain(password)
  })

  test('uses the secret of the door that the image goes through, unless another is given, and says so', async () => {
    keep('other.example.com')
    chmodSync(
      shell.write('policy.yaml', 'allowed_registries: [127.0.0.1:1]\ndoors: { 127.0.0.1:1/team: login }\n'),
      0o644,
    )
    const [image = '', flag = ''] = aboutImage
    const asked = async (...args: string[]) => {
      const { stdout } = await doctor(...args, '--json')
      const { registry_login_secret: secret, steps } = reportIn(stdout)
      return [secret, steps.find(({ problem }) => problem !== null)?.problem?.code]
    }
    expect(await asked(image)).toEqual(['login', 'CREDENTIAL_SERVER_MISMATCH'])
    expect((await doctor(image)).stdout).toContain('The secret is that of the door: login\n')
    expect(await asked(image, flag, 'none')).toEqual(['none', 'SECRET_NOT_FOUND'])
    expect((await doctor(image, flag, 'none')).stdout).not.toContain('of the door')
    expect((await asked('127.0.0.1:1/other/app:1'))[0]).toBeNull()
  })

  test('accepts the image as --image too, and rejects both at once', async () => {
    keep('other.example.com')
    const [image = '', ...secret] = aboutImage
    const ran = await doctor('--image', image, ...secret, '--json')
    expect(reportIn(ran.stdout).image).toBe(image)
    expect(await doctor(image, '--image', image)).toMatchObject({ status: 2, stdout: '' })
  })

  test('does not accept as a reference what looks like a secret', async () => {
    const { status, stderr } = await doctor('--image', 'a/b', '--registry-login-secret', `dckr_pat_${'a'.repeat(27)}`)
    expect(status).toBe(4)
    expect(stderr).toContain('(REFERENCE_LOOKS_LIKE_A_SECRET)')
  })
})

test('reports a login left by docker login', async () => {
  const folder = join(shell.folder, '.docker')
  mkdirSync(folder)
  shell.write('.docker/config.json', JSON.stringify({ auths: { 'registry.example.com': { auth: password } } }))
  const { stderr } = await doctor()
  expect(stderr).toContain('docker logout registry.example.com\n')
  expect(stderr).not.toContain(password)
})

describe('in a pod', () => {
  test('asks nothing but the metadata service, and says so', async () => {
    const { status, stdout, stderr } = await shell.run(['doctor', '--pod', '--own-identity', '--json'])
    const { ok, steps, policy } = reportIn(stdout)
    expect({ status, stderr, ok, policy }).toEqual({ status: 0, stderr: '', ok: true, policy: null })
    expect(steps.map(({ step }) => step)).toEqual(['metadata'])
  })

  test.each([
    [['--pod', 'example.com/team/app:1'], 'looks at no image'],
    [['--pod', '--registry-login-secret', 'login'], 'reads no secret'],
    [['--own-identity'], 'needs --pod'],
  ])('rejects %j', async (args, reason) => {
    const { status, stdout, stderr } = await shell.run(['doctor', ...args])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(reason)
  })
})
