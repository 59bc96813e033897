/**
 * The images: pushed to a private registry, pulled from it by `fairlead pull`, and run without rights, without capabilities and on a read-only
 * root: a control plane, and an agent that checks builds for it.
 */
import { randomBytes } from 'node:crypto'
import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { version } from '@fairlead/contract/release'
import {
  basicRegistry,
  cliJson,
  equip,
  eventually,
  mustRun,
  newFolder,
  onNetwork,
  secretFiles,
  startLab,
  type FairleadAccess,
  type Machine,
} from '@fairlead/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { artefact } from './artefacts.ts'

const login = { username: 'puller', password: `canary-${randomBytes(12).toString('hex')}` }
const start = () => startLab({ on: onNetwork, login, registry: basicRegistry, secrets: secretFiles })

let lab: Awaited<ReturnType<typeof start>>
let machine: Machine
let access: FairleadAccess

beforeAll(async () => {
  lab = await start()
  ;({ machine } = await equip(lab, 'container-host'))
  await Promise.all(['server', 'agent'].map(publish))
})
afterAll(() => lab[Symbol.asyncDispose]())

const nameOf = (role: string): string => `${lab.registry.host}/fairlead/${role}:${version}`

/** As the release workflow does it; then onto the machine, whose engine has no login. */
async function publish(role: string): Promise<void> {
  const archive = await artefact(/^fairlead-images-.*\.oci\.tar$/)
  const authorities = newFolder('authorities')
  await copyFile(lab.ca.caFile, join(authorities, 'ca.crt'))
  const access = ['--dest-creds', `${login.username}:${login.password}`, '--dest-cert-dir', authorities]
  await mustRun('skopeo', [
    'copy',
    '--quiet',
    '--all',
    ...access,
    `oci-archive:${archive}:${role}`,
    `docker://${nameOf(role)}`,
  ])
  const program = await artefact(new RegExp(`^fairlead-linux-${process.arch}$`))
  const secret = ['--registry-login-secret', 'login', '--provider', 'local']
  await machine.mustExec(program, ['pull', nameOf(role), ...secret], { timeoutMs: 100_000 })
}

const narrow = ['--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges', '--network=host']

const docker = (...args: string[]): Promise<string> => machine.mustExec('docker', args)

/** Of the first process in it, as the machine sees it. */
async function statusOf(container: string): Promise<string> {
  const pid = (await docker('inspect', '--format', '{{.State.Pid}}', container)).trim()
  return machine.mustExec('cat', [`/proc/${pid}/status`])
}

test('the control plane answers over TLS, as a user without rights whose only folder is its volume', async () => {
  const host = `https://${machine.address}:8470`
  const serve = ['serve', '--listen', '0.0.0.0:8470', '--data-dir', '/var/lib/fairlead', '--origin', host]
  await docker(
    'run',
    '--detach',
    '--name',
    'server',
    ...narrow,
    '--volume',
    'server:/var/lib/fairlead',
    nameOf('server'),
    ...serve,
  )
  const log = () => docker('logs', 'server')
  await eventually(async () => ((await log()).includes('fairlead node join-token') ? true : undefined), {
    what: 'the control plane in a container',
    timeoutMs: 100_000,
  })
  const volume = (await docker('volume', 'inspect', '--format', '{{.Mountpoint}}', 'server')).trim()
  const kept = (file: string): Promise<string> => machine.mustExec('cat', [join(volume, file)])
  const caFile = join(newFolder('ca'), 'ca.pem')
  await writeFile(caFile, await kept('ca.pem'))
  access = { host, caFile, token: (await kept('admin-token')).trim() }
  expect(await cliJson(['version'], access)).toMatchObject({ server: { origin: host, version } })
  expect(await machine.mustExec('stat', ['--format', '%u %a', volume])).toBe('65532 700\n')
  const status = await statusOf('server')
  expect(status).toMatch(/^Uid:\s+65532\s+65532/m)
  expect(status).toMatch(/^CapEff:\s+0+$/m)
})

test('the agent joins as a checker and comes online, as the same user', async () => {
  const place = ['--provider', 'aws', '--region', 'eu-central-1', '--account-id', '123456789012', '--join', 'token']
  await cliJson(['cloud', 'create', '-n', 'lab', ...place], access)
  const { token } = await cliJson<{ token: string }>(['node', 'join-token'], access)
  const run = (...args: string[]): string[] => ['run', ...narrow, '--volume', 'agent:/var/lib/fairlead', ...args]
  const joining = ['agent', 'join', '--checker', '--host', access.host!, '--provider', 'aws', '--name', 'checker']
  await machine.mustExec('docker', run('--rm', '--interactive', nameOf('agent'), ...joining), { input: token })
  await docker(...run('--detach', '--name', 'agent', nameOf('agent')))
  await expect
    .poll(() => cliJson(['node', 'status', 'checker'], access))
    .toMatchObject({ name: 'checker', state: 'online' })
  expect(await statusOf('agent')).toMatch(/^Uid:\s+65532\s+65532/m)
})

test('there is no shell in them, and the engine that ran them has no login', async () => {
  const shell = await machine.exec('docker', ['exec', 'server', 'sh', '-c', 'true'])
  expect(shell.status).not.toBe(0)
  expect(await docker('logs', 'server')).not.toContain(login.password)
  expect(await machine.exec('cat', [join(machine.homeDir, '.docker/config.json')])).toMatchObject({ stdout: '' })
})
