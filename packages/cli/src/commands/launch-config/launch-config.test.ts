/** The command against a real control plane in this process: which callers get no file. */
import { startControlPlane, type ControlPlane } from '@fairlead/control-plane'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ScriptedShell } from '../../scripted-context.ts'

let controlPlane: ControlPlane
let shell: ScriptedShell

beforeAll(async () => {
  shell = new ScriptedShell()
  shell.write('env.yaml', 'docker_image: registry.example.com/ray:1\nray_version: 2.55.1\nenv_vars: { A: b }\n')
  controlPlane = await startControlPlane({
    listen: '127.0.0.1:0',
    dataDir: join(shell.folder, 'data'),
    logLevel: 'silent',
  })
  await shell.run(['login', '--host', controlPlane.origin], { input: controlPlane.adminToken ?? '' })
  await shell.run(['cloud', 'create', '-n', 'lab', '--provider', 'local'])
  await shell.run(['cluster-env', 'build', '-n', 'train', '--no-wait', 'env.yaml'])
})

afterAll(async () => {
  await controlPlane.close()
  shell[Symbol.dispose]()
})

const refusal = async (args: readonly string[], env: Record<string, string> = {}): Promise<object> => {
  const { status, stdout, stderr } = await shell.run(['launch-config', ...args, '--json'], { env })
  return { status, stdout, code: (JSON.parse(stderr) as { code: string }).code }
}

test('a build by an unchecked tag has no digest to start with until a machine that only checks provides one', async () => {
  expect(await refusal(['train', '--for', 'ray-local'])).toEqual({ status: 1, stdout: '', code: 'CHECK_PENDING' })
  expect((await shell.run(['launch-config', 'train', '--for', 'ray-local'])).stderr).toContain('--checker')
})

test('a build by its digest can launch without a check, and is distinguished from a checked one', async () => {
  const digest = `sha256:${'a'.repeat(64)}`
  shell.write('pinned.yaml', `docker_image: registry.example.com/ray@${digest}\nray_version: 2.55.1\n`)
  await shell.run(['cluster-env', 'build', '-n', 'pinned', '--no-wait', 'pinned.yaml'])
  const { status, stdout, stderr } = await shell.run(['launch-config', 'pinned', '--for', 'ray-local'])
  expect(status, stderr).toBe(0)
  expect(stdout).toContain(`registry.example.com/ray@${digest}`)
  expect(stderr).toMatch(/^warning: no node has checked pinned:1 yet, .*fairlead agent join --checker\n$/)
})

test('gives a viewer, who cannot see the variables, no file without them', async () => {
  const { stdout } = await shell.run(['token', 'create', '-n', 'looks', '--role', 'viewer', '--json'])
  const { token } = JSON.parse(stdout) as { token: string }
  const env = { FAIRLEAD_HOST: controlPlane.origin, FAIRLEAD_TOKEN: token }
  expect(await refusal(['train', '--for', 'ray-local'], env)).toEqual({ status: 6, stdout: '', code: 'ROLE_TOO_LOW' })
})

test('rejects a missing environment, and a download without a hash', async () => {
  expect(await refusal(['other', '--for', 'kuberay'])).toMatchObject({ status: 5, stdout: '' })
  const download = ['--install-from', 'https://example.com/fairlead']
  expect(await refusal(['train', '--for', 'ray-local', ...download])).toEqual({ status: 2, stdout: '', code: 'USAGE' })
})
