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
  readonly ok: boolean
  readonly steps: readonly { step: string; status: string; problem: { code: string } | null }[]
  readonly policy: { settings: readonly { name: string; value: unknown; from: string }[] } | null
}
const reportIn = (stdout: string) => JSON.parse(stdout) as Report

describe('without an image', () => {
  test('the policy in force is printed, and what is wrong is told with its exit code', async () => {
    chmodSync(shell.write('policy.yaml', 'offline_start: forbid\nallowed_secrets: []\n'), 0o644)
    const { status, stdout, stderr } = await doctor()
    expect(status).toBe(7)
    expect(stdout).toMatch(/^Examining this node\n {2}policy {5}done {5}policy read; it has 2 settings {2}[\d.]+ m?s\n/)
    expect(stdout).toMatch(/\n {2}offline_start +forbid\n/)
    expect(stdout).toMatch(/\n {2}on_mismatch +fail \(default\)\n/)
    expect(stdout).toMatch(/\nThis node is not in order: docker\n$/)
    expect(stderr).toMatch(/^error: .* \(ENGINE_UNREACHABLE\)\n/)
  })

  test('a policy that others may write ends with its own code, and none is printed', async () => {
    chmodSync(shell.write('policy.yaml', 'offline_start: forbid\n'), 0o666)
    const { status, stdout, stderr } = await doctor()
    expect(status).toBe(3)
    expect(stdout).not.toContain('Active policy')
    expect(stderr).toContain('(POLICY_UNSAFE)')
  })

  test('a secret without an image is not understood', async () => {
    expect(await doctor('--registry-login-secret', 'login')).toMatchObject({ status: 2, stdout: '' })
  })

  test('nothing is made on the machine', async () => {
    await doctor()
    const { stdout } = await doctor('--json')
    expect(reportIn(stdout).steps).toContainEqual(expect.objectContaining({ step: 'state', status: 'skipped' }))
  })
})

test('a policy that was named and is not there fails its step', async () => {
  const { status, stderr } = await doctor()
  expect(status).toBe(4)
  expect(stderr).toContain('policy.yaml is not there, although it was named as the policy')
})

test('the file of the system’s authorities is told', async () => {
  keep('registry.example.com')
  const { authorities } = JSON.parse((await doctor('--json')).stdout) as { authorities: { system: string | null } }
  expect(authorities.system ?? 'none').toMatch(/^(?:none|\/etc\/.+\.(?:crt|pem))$/)
  const shown = authorities.system ?? "none, so Node's own list is used"
  expect((await doctor()).stdout).toContain(`System authorities: ${shown}\n`)
})

describe('with an image', () => {
  test('a secret for another registry: the terminal shows its server, escaped', async () => {
    keep('other.example.com')
    const { status, stdout, stderr } = await doctor(...aboutImage)
    expect(status).toBe(3)
    expect(stdout).toContain('  match      failed   ')
    expect(stderr).toContain("the secret's server: other.example.com\n")
    expect(stdout + stderr).not.toContain(password)
  })

  test('with --json the report alone is printed, without that server', async () => {
    keep('other.example.com')
    const { status, stdout, stderr } = await doctor(...aboutImage, '--json')
    expect([status, stderr]).toEqual([3, ''])
    const { image, ok, steps } = reportIn(stdout)
    expect({ image, ok }).toEqual({ image: '127.0.0.1:1/team/app:1', ok: false })
    expect(steps.find(({ step }) => step === 'match')?.problem?.code).toBe('CREDENTIAL_SERVER_MISMATCH')
    expect(stdout).not.toContain('other.example.com')
    expect(stdout).not.toContain(password)
  })

  test('--image names it as well, and both at once are not understood', async () => {
    keep('other.example.com')
    const [image = '', ...secret] = aboutImage
    const ran = await doctor('--image', image, ...secret, '--json')
    expect(reportIn(ran.stdout).image).toBe(image)
    expect(await doctor(image, '--image', image)).toMatchObject({ status: 2, stdout: '' })
  })

  test('what looks like a secret is not taken for a reference', async () => {
    const { status, stderr } = await doctor('--image', 'a/b', '--registry-login-secret', `dckr_pat_${'a'.repeat(27)}`)
    expect(status).toBe(4)
    expect(stderr).toContain('(REFERENCE_LOOKS_LIKE_A_SECRET)')
  })
})

test('a login that docker login left is told', async () => {
  const folder = join(shell.folder, '.docker')
  mkdirSync(folder)
  shell.write('.docker/config.json', JSON.stringify({ auths: { 'registry.example.com': { auth: password } } }))
  const { stderr } = await doctor()
  expect(stderr).toContain('docker logout registry.example.com\n')
  expect(stderr).not.toContain(password)
})
