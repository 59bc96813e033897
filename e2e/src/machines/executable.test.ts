/** The one file as `npm run build:executable` makes it, on machines that have nothing else of Fairlead. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rmdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  basicRegistry,
  equip,
  inLog,
  listen,
  makeImage,
  mustRun,
  newFolder,
  onNetwork,
  runCommand,
  secretFiles,
  startLab,
  startService,
  untilReady,
  type CommandResult,
  type Machine,
  type PrivateRegistry,
} from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cgroupMount } from '../../../packages/agent/src/confinement/cgroup.ts'
import { unitText } from '../../../packages/cli/src/commands/agent/install-unit.ts'
import manifest from '../../../packages/cli/package.json' with { type: 'json' }
import { onArm64 } from '../on-arm64.ts'
import { oneFile } from './one-file.ts'
import { servedConsole } from '../served-console.ts'

const login = { username: 'puller', password: `canary-${randomBytes(12).toString('hex')}` }
const start = () => startLab({ on: onNetwork, login, registry: basicRegistry, secrets: secretFiles })

let lab: Awaited<ReturnType<typeof start>>
let executable: string
let machine: Machine
let registry: PrivateRegistry

beforeAll(async () => {
  executable = await oneFile()
  lab = await start()
  registry = lab.registry
  await registry.push('team/app', await makeImage({ base: 'none', files: { hello: 'hello' } }))
  ;({ machine } = await equip(lab, 'one-file'))
  const map = JSON.stringify({ registries: { [registry.host]: 'login' } })
  await writeFile(join(machine.etcDir, 'docker-credential.yaml'), map, { mode: 0o600 })
})
afterAll(() => lab[Symbol.asyncDispose]())

const run = (args: readonly string[], env: Record<string, string> = {}): Promise<CommandResult> =>
  runCommand(executable, args, { env: { HOME: newFolder('home'), NO_COLOR: '1', ...env } })

test('it prints its version, and its hash is next to it', async () => {
  expect(await run(['--version'])).toMatchObject({ status: 0, stdout: `${manifest.version}\n`, stderr: '' })
  await mustRun('sha256sum', ['--check', `${executable}.sha256`], { cwd: dirname(executable) })
})

test('it needs one library that a bare machine lacks, and the loader names it', async () => {
  const needed = (await mustRun('ldd', [executable])).matchAll(/^\s*(lib\S+\.so\S*)/gm)
  const bareMachine = ['libc.so.6', 'libdl.so.2', 'libgcc_s.so.1', 'libm.so.6', 'libpthread.so.0', 'libstdc++.so.6']
  expect(new Set(Array.from(needed, ([, name]) => name))).toEqual(new Set(['libatomic.so.1', ...bareMachine]))
  const hide =
    'for file in $(find /usr/lib /lib -name "libatomic.so.*" -type f); do mount --bind /dev/null "$file"; done'
  const bare = await runCommand('unshare', ['--mount', 'sh', '-ec', `${hide}; exec "$1" --version`, 'sh', executable])
  expect(bare).toMatchObject({ status: 127, stdout: '' })
  expect(bare.stderr).toMatch(/error while loading shared libraries: .*libatomic\.so\.1/)
})

test('S14: it is the probe that asks from the workloads’ cgroup which addresses are reachable', async () => {
  const mount = cgroupMount(await readFile('/proc/self/mountinfo', 'utf8'), 2)
  const cgroup = await mkdtemp(join(mount ?? '/nowhere', 'fairlead-probe-'))
  try {
    await using reached = await listen(() => undefined, { host: '127.0.0.9', port: 80 })
    const { stdout } = await run(['fairlead-metadata-probe', cgroup, '127.0.0.9', '127.0.0.8'])
    expect([reached.port, stdout]).toEqual([80, 'through ECONNREFUSED'])
  } finally {
    await expect.poll(() => rmdir(cgroup).then(() => 'gone')).toBe('gone')
  }
})

test('it contains the web console', async () => {
  const { url, page, parts: answers } = await servedConsole(executable)
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
  expect(page).toContain('<div id="root">')
  expect(answers.length).toBeGreaterThan(1)
  expect(answers.every((status) => status === 200)).toBe(true)
})

test('it is the Docker credential helper under that name and with that argument', async () => {
  const link = join(newFolder('links'), 'docker-credential-fairlead')
  await symlink(executable, link)
  const answer = await machine.mustExec(link, ['get'], { input: registry.host })
  expect(JSON.parse(answer)).toEqual({ ServerURL: registry.host, Username: login.username, Secret: login.password })
  const named = ['docker-credential-fairlead', 'get']
  expect(await machine.mustExec(executable, named, { input: registry.host })).toBe(answer)
})

test('it is the credential provider of a kubelet under that name', async () => {
  const link = join(newFolder('links'), 'fairlead-kubelet-credential-provider')
  await symlink(executable, link)
  const { status, stderr } = await runCommand(link, ['--map', '/other.yaml'])
  expect(status).toBe(1)
  expect(stderr).toContain('usage: fairlead-kubelet-credential-provider')
})

test('it pulls a private image into Docker with no more capabilities than its unit has', async () => {
  const [, names = ''] = /^CapabilityBoundingSet=(.*)$/m.exec(unitText(executable)) ?? []
  const capabilities = names.toLowerCase().replaceAll('cap_', '+').replaceAll(' ', ',')
  const image = `${registry.host}/team/app:1`
  const args = ['pull', image, '--registry-login-secret', 'login', '--provider', 'local', '--json']
  const confined = ['--no-new-privs', `--bounding-set=-all,${capabilities}`, executable, ...args]
  const pulled = await machine.exec('setpriv', confined, { env: { NO_COLOR: '1' }, timeoutMs: 100_000 })
  expect(pulled).toMatchObject({ status: 0 })
  expect(pulled.stdout + pulled.stderr).not.toContain(login.password)
  await machine.mustExec('docker', ['image', 'inspect', image])
})

describe('S25: no other process can look into it', () => {
  test('it takes no Node options, neither from the environment nor from its arguments', async () => {
    const opened = await run(['--version'], { NODE_OPTIONS: '--inspect=127.0.0.1:0' })
    expect(opened).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: '' })
    const asked = await run(['--inspect=127.0.0.1:0', '--version'])
    expect(asked.stderr).toContain('(USAGE)')
    expect(asked.stderr).not.toContain('Debugger')
  })

  test.each(['NODE_OPTIONS', 'NODE_DEBUG', 'SSLKEYLOGFILE', 'NODE_TLS_REJECT_UNAUTHORIZED'])(
    'its agent refuses to start with %s',
    async (name) => {
      const { status, stderr } = await run(['agent', 'run', '--state-dir', newFolder('state')], { [name]: '0' })
      expect(status).toBe(3)
      expect(stderr).toContain(`the environment has ${name},`)
      expect(stderr).toContain('(AGENT_ENVIRONMENT_UNSAFE)')
    },
  )

  test('SIGUSR1 opens no debugger, even when no listener is in its way', async () => {
    const home = newFolder('serve')
    const logFile = join(home, 'log')
    const args = ['serve', '--listen', '127.0.0.1:0', '--data-dir', join(home, 'data')]
    await using serve = startService({ command: executable, args, logFile, env: { HOME: home } })
    await untilReady(serve, 'serve is up', inLog(serve, /fairlead node join-token/), 30_000)
    serve.kill('SIGUSR1')
    // It would say so within a few milliseconds.
    await sleep(1000)
    expect(serve.exitCode).toBeUndefined()
    expect(serve.log()).not.toContain('Debugger')
  })
})

test('it installs itself, with a unit that systemd understands', async () => {
  const root = newFolder('installed')
  const units = join(root, 'etc/systemd/system')
  expect(await run(['agent', 'install', '--root', root])).toMatchObject({ status: 0, stderr: '' })
  const installed = join(root, 'usr/local/bin/fairlead')
  expect(await runCommand(installed, ['--version'])).toMatchObject({ status: 0, stdout: `${manifest.version}\n` })
  for (const name of ['basic', 'multi-user', 'network-online', 'shutdown', 'sysinit']) {
    await writeFile(join(units, `${name}.target`), '[Unit]\n')
  }
  // It reports what it does not know or cannot do, and still succeeds.
  const verified = await runCommand('systemd-analyze', ['verify', `--root=${root}`, 'fairlead-agent.service'])
  expect(verified).toEqual({ status: 0, stdout: '', stderr: '' })

  expect(await run(['agent', 'uninstall', '--root', root])).toMatchObject({ status: 0, stderr: '' })
  expect(await readdir(join(root, 'usr/local/bin'))).toEqual([])
})

describe('the arm64 one', () => {
  let arm: string
  const onArm = (...args: string[]) => onArm64(arm, args)

  beforeAll(async () => {
    arm = await oneFile('arm64')
  })

  test('is a program for it, with the same parts', async () => {
    const bytes = await readFile(arm)
    const machineOf = { offset: 0x12, arm64: 0xb7 }
    expect(bytes.readUInt16LE(machineOf.offset)).toBe(machineOf.arm64)
    const own = await readFile(executable)
    for (const text of ['NODE_SEA_BLOB', 'program.js', 'AGENT_ENVIRONMENT_UNSAFE']) {
      expect([bytes.includes(text), own.includes(text)], text).toEqual([true, true])
    }
  })

  test('prints its version, reads an image’s name and a secret’s document', async () => {
    expect(await onArm('--version')).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: '' })
    const image = 'registry.example.com/team/app:1'
    const named = await onArm('explain', 'image', image, '--json')
    expect([named.status, JSON.parse(named.stdout)]).toEqual([0, expect.objectContaining({ tag: '1' })])
    const document = join(newFolder('document'), 'login.json')
    await writeFile(document, JSON.stringify({ ...login, server: 'registry.example.com' }))
    const explained = await onArm('explain', 'secret-document', document)
    expect(explained).toMatchObject({ status: 0, stderr: '' })
    expect(explained.stdout).toContain(login.username)
    expect(explained.stdout).not.toContain(login.password)
  })

  test('knows whether its machine is a node, and which policy applies there', async () => {
    const status = await onArm('agent', 'status', '--state-dir', newFolder('state'))
    expect(status.stderr).toContain('(AGENT_NOT_JOINED)')
    const { stdout } = await onArm('doctor', '--json')
    expect(JSON.parse(stdout)).toHaveProperty('policy')
  })

  test('installs itself', async () => {
    const root = newFolder('installed-arm64')
    expect(await onArm('agent', 'install', '--root', root, '--executable', arm)).toMatchObject({
      status: 0,
      stderr: '',
    })
    expect(await readdir(join(root, 'usr/local/bin'))).toContain('fairlead')
  })
})
