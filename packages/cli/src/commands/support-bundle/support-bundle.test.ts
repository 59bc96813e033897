/** A support bundle of a control plane and a machine in which a word is planted wherever text may be: the word is not in it. */
import { startControlPlane, type ControlPlane } from '@fairlead/control-plane'
import { samplePullRecord } from '@fairlead/testkit/sample-pull-record'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ScriptedShell } from '../../scripted-context.ts'
import { controlPlanePart, SupportBundle } from './bundle.ts'

const canary = 'canary5f'
const env = { FAIRLEAD_UNRELATED: canary, DOCKER_CONFIG: `/nowhere/${canary}` }
let controlPlane: ControlPlane
let shell: ScriptedShell

beforeAll(async () => {
  shell = new ScriptedShell()
  controlPlane = await startControlPlane({
    listen: '127.0.0.1:0',
    dataDir: join(shell.folder, 'data'),
    logLevel: 'silent',
  })
  const must = async (args: readonly string[], input = '') => {
    const { status, stdout, stderr } = await shell.run(args, { input })
    expect({ status, stderr }, args.join(' ')).toMatchObject({ status: 0 })
    return stdout
  }
  await must(['login', '--host', controlPlane.origin], controlPlane.adminToken ?? '')
  await must(['cloud', 'create', `${canary}-cloud`, '--provider', 'local'])
  await must(['cloud', 'grant', `${canary}-login`, '--registry', `${canary}.example.com`])
  shell.write(
    'env.yaml',
    `docker_image: ${canary}.example.com/${canary}:1\nray_version: 2.55.1\nregistry_login_secret: ${canary}-login\nenv_vars:\n  ${canary}: ${canary}\n`,
  )
  await must(['cluster-env', 'build', '-n', `${canary}-env`, '--no-wait', 'env.yaml'])
  await must(['cluster', 'start', '-n', `${canary}-cluster`, '--env', `${canary}-env`, '--no-wait'])
  const { token } = JSON.parse(await must(['node', 'join-token', '--json'])) as { token: string }
  const join_ = ['agent', 'join', '--host', controlPlane.origin, '--name', `${canary}-node`, '--state-dir', 'state']
  await must([...join_, '--provider', 'local'], token)
  shell.write(
    'policy.yaml',
    `allowed_secrets:\n  - reference: ${canary}-login\n    registries: [${canary}.example.com]\n` +
      `trusted_realms:\n  - { registry: ${canary}.example.com, realm: "https://auth.${canary}.example.com/token" }\n`,
  )
})
afterAll(async () => {
  await controlPlane.close()
  shell[Symbol.dispose]()
})

const command = ['support-bundle', '--policy', 'policy.yaml', '--state-dir', 'state', '--docker-socket', 'none']

test('no planted word is in the bundle or in what is said about it, and neither is the token', async () => {
  const { status, stdout, stderr } = await shell.run(command, { env })
  expect(status).toBe(0)
  expect(`${stdout}${stderr}`.toLowerCase()).not.toContain(canary)
  expect(`${stdout}${stderr}`).not.toContain(controlPlane.adminToken)
  expect(`${stdout}${stderr}`).not.toMatch(/127\.0\.0\.1|fairlead-cli-|example\.com/)
  const bundle = SupportBundle.parse(JSON.parse(stdout))
  expect(bundle.control_plane).toMatchObject({
    clouds: [{ provider: 'local', join: 'token' }],
    builds: [{ status: 'pending', has_secret: true, env_vars: 1 }],
    clusters: [{ state: 'AwaitingStartup' }],
    nodes: [{ state: 'online' }],
  })
  expect(bundle.doctor).toMatchObject({
    policy: expect.arrayContaining([{ name: 'trusted_realms', from: 'file', shape: { entries: 1 } }]) as unknown,
  })
  expect(stderr).toContain('1 clouds, 1 builds, 1 clusters, 1 nodes')
})

test('without a control plane it still describes the machine, and why nothing else', async () => {
  const { status, stdout } = await shell.run([...command, '--host', 'http://127.0.0.1:9'], { env })
  expect(status).toBe(0)
  const bundle = SupportBundle.parse(JSON.parse(stdout))
  expect(bundle.control_plane).toMatchObject({ code: expect.any(String) as string })
  expect(bundle.doctor).toHaveProperty('steps')
})

test('of a pull it has the decision, the code and the times', () => {
  const pull = samplePullRecord({
    purpose: 'once',
    image: `${canary}.example.com/app:1`,
    registry: `${canary}.example.com`,
    repository: canary,
    secret_reference: canary,
    secret_version: canary,
    decision: 'refused',
    code: 'CREDENTIAL_SERVER_MISMATCH',
  })
  const asked = { version: '0.1.0', clouds: [], environments: [], clusters: [], nodes: [], pulls: [pull] }
  expect(controlPlanePart(asked).pulls).toEqual([
    {
      id: pull.id,
      node_id: null,
      purpose: 'once',
      decision: 'refused',
      code: 'CREDENTIAL_SERVER_MISMATCH',
      bytes: 0,
      started_at: pull.started_at,
      duration_ms: pull.duration_ms,
      steps: [],
    },
  ])
})

test('a field that is not on the list has no way in', () => {
  const extra = { format: 1, made_at: '2026-11-30T00:00:00.000Z', hostname: canary }
  expect(SupportBundle.safeParse(extra).success).toBe(false)
})
