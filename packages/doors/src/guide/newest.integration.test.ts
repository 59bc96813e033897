/**
 * The commands of docs/guides/doors.md, typed on machines as the page prints them: opening, moving from the logins of other tools, and closing by
 * hand. Only the registry's name is another one; `sudo` and the cloud's own command are stand-ins.
 */
import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  awsSecrets,
  basicRegistry,
  enginePrograms,
  fairleadProgram,
  joinAgent,
  makeImage,
  mayRead,
  onNetwork,
  prepare,
  startContainerd,
  startControlPlane,
  startFairleadServe,
  startLab,
  startWhole,
  type CommandResult,
  type Machine,
} from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CriClient } from '../engines/cri/cri-client.ts'
import { podmanOn, rootOf } from '../testing/tested-engine.ts'
import { commandsOf, settingsOf } from '../testing/guide-page.ts'

const page = await readFile(new URL('../../../../docs/guides/doors.md', import.meta.url), 'utf8')
const secret = 'team/registry-login'

type Guided = Awaited<ReturnType<typeof startGuided>>

/** A registry, the login in a secret manager, and a node whose owner's file allows that registry. */
const startGuided = (startEngine: (machine: Machine) => Promise<AsyncDisposable>) =>
  startWhole(async (parts) => {
    const secrets = awsSecrets({ policy: mayRead(secret) })
    const lab = parts.use(await startLab({ on: onNetwork, registry: basicRegistry, secrets }))
    const { host } = lab.registry
    await lab.registry.push('team/app', await makeImage())
    const plane = await startControlPlane(lab, { serve: startFairleadServe })
    const machine = await prepare(lab, 'node', { policy: { allowed_registries: [host] } })
    const path = await furnish(machine, host, lab.ca.caPem)
    await podmanOn(machine)
    parts.use(await startEngine(machine))
    const agent = await joinAgent(lab, plane, machine)
    const type = (script: string): Promise<CommandResult> =>
      machine.exec('sh', ['-ec', script], { env: { PATH: path, HOME: '/root', NO_COLOR: '1', ...lab.secrets.env } })
    const ours = (text: string): string => text.replaceAll('example.jfrog.io', host)
    return {
      ...lab,
      machine,
      agent,
      host,
      image: `${host}/team/app:1`,
      putSecret: (document: object = { ...lab.login, server: host }) => lab.secrets.put(secret, document),
      type,
      /** The commands below a heading, in one go. */
      follow: (heading: string) => type(ours(commandsOf(page, heading))),
      ours,
      requests: async () => (await readFile(lab.registry.logFile, 'utf8')).split(/"(?:GET|HEAD) \/v2\//).length,
    }
  })

/** What the guide's commands need; what they write to root's home stays on the machine. */
async function furnish(machine: Machine, host: string, caPem: string): Promise<string> {
  const overlay = join(machine.dir, 'overlay', 'root')
  const layers = `lowerdir=/root,upperdir=${overlay}/upper,workdir=${overlay}/work`
  await machine.mustExec('sh', [
    '-ec',
    `mkdir -p ${overlay}/upper ${overlay}/work && mount -t overlay overlay -o ${layers} /root && rm -rf /root/.docker /root/.config/containers`,
  ])
  await mkdir(join(machine.dockerEtcDir, 'certs.d', host), { recursive: true })
  await writeFile(join(machine.dockerEtcDir, 'certs.d', host, 'ca.crt'), caPem)
  const bin = join(machine.dir, 'bin')
  const program = async (name: string, text: string): Promise<void> => {
    await writeFile(join(bin, name), `#!/bin/sh\n${text}\n`)
    await chmod(join(bin, name), 0o755)
  }
  await mkdir(bin)
  await program('fairlead', `exec ${process.execPath} ${fairleadProgram} "$@"`)
  await program('sudo', 'exec "$@"')
  await program(
    'aws',
    `[ "$*" = "secretsmanager create-secret --name ${secret} --secret-string file:///dev/stdin" ] && cat > /run/created`,
  )
  return `${bin}:/usr/sbin:/usr/bin:/sbin:/bin`
}

const onMachine = (machine: Machine, path: string): string => rootOf(machine) + path

/** Null: it has the image. */
const pullByKubelet = ({ machine, image }: Guided): Promise<string | null> =>
  new CriClient(onMachine(machine, '/run/containerd/containerd.sock')).pull(image, AbortSignal.timeout(60_000))

describe('on a machine with Docker', () => {
  let at: Guided
  beforeAll(async () => {
    const binDir = await enginePrograms()
    at = await startGuided((machine) => machine.startEngine({ binDir }))
  })
  afterAll(() => at[Symbol.asyncDispose]())

  test('a machine moves from docker login', async () => {
    const { username, password } = at.login
    const login = await at.type(`printf %s ${password} | docker login ${at.host} -u ${username} --password-stdin`)
    expect(login).toMatchObject({ status: 0 })

    const { status, stdout, stderr } = await at.follow('From `docker login` on VMs')
    expect({ status, text: stdout + stderr }).toMatchObject({ status: 0 })
    // While it was opened, the login was still there; the last command finds none.
    expect(stderr).toContain('(DOOR_LOGIN_LEFT)')
    expect(stdout).not.toContain('DOOR_LOGIN_LEFT')
    const created: unknown = JSON.parse(await readFile(join(at.machine.runDir, 'created'), 'utf8'))
    expect(created).toEqual({ username, password, server: at.host })
    await at.putSecret(created as object)
    expect(await at.type(`docker pull -q ${at.image}`)).toMatchObject({ status: 0 })
    expect(await readFile(onMachine(at.machine, '/root/.docker/config.json'), 'utf8')).not.toContain(at.host)
  })

  test('doors are opened, listed, tested and closed', async () => {
    const { status, stdout, stderr } = await at.follow('Open, list, test, close')
    expect({ status, text: stdout + stderr }).toMatchObject({ status: 0 })
    const doors = await at.type('fairlead door list')
    for (const door of [at.host, 'docker.io/team', 'ghcr.io']) expect(doors.stdout).toContain(door)
    expect(doors.stdout).not.toContain(`${at.host}/research`)
  })

  test('with everything down, doors are closed by hand, and each engine asks the registry again', async () => {
    const before = 'server = "https://registry.invalid"\n'
    const kept = join(at.machine.dockerEtcDir, 'certs.d', 'ghcr.io', 'hosts.toml.before-fairlead')
    await writeFile(kept, before)
    await at.agent.stop()
    const asked = await at.requests()
    for (const engine of ['docker', 'podman']) {
      const { status, stderr } = await at.type(`${engine} pull -q ${at.image}`)
      expect({ status, stderr }).toMatchObject({ stderr: expect.stringContaining('connection refused') })
    }
    expect(await at.requests()).toBe(asked)

    const { stdout } = await at.follow('When everything is down: close a door by hand')
    const files = stdout.split('\n').filter(Boolean)
    // Of both engines, for each registry.
    for (const folder of ['/etc/docker/', '/etc/containers/']) {
      for (const registry of [at.host.split(':')[0] ?? '', 'docker.io', 'ghcr.io']) {
        expect(files.some((file) => file.startsWith(folder) && file.includes(registry))).toBe(true)
      }
    }
    for (const file of files) await closeByHand(at.machine, file)
    await rm(onMachine(at.machine, '/etc/containers/certs.d/127.0.0.1:7464'), { recursive: true })

    expect((await at.follow('When everything is down: close a door by hand')).stdout).toBe('')
    expect(await readFile(kept.replace('.before-fairlead', ''), 'utf8')).toBe(before)
    expect((await at.type(`docker pull -q ${at.image}`)).stderr).toMatch(/no basic auth credentials|unauthorized/)
    const afterDocker = await at.requests()
    expect(afterDocker).toBeGreaterThan(asked)
    expect((await at.type(`podman pull -q --tls-verify=false ${at.image}`)).status).not.toBe(0)
    expect(await at.requests()).toBeGreaterThan(afterDocker)
  })
})

/** As the guide says of each file that was found. */
async function closeByHand(machine: Machine, file: string): Promise<void> {
  const path = onMachine(machine, file)
  if (existsSync(`${path}.before-fairlead`)) return rename(`${path}.before-fairlead`, path)
  await rm(path)
  const folder = dirname(path)
  if (file.endsWith('/hosts.toml') && (await readdir(folder)).length === 0) await rmdir(folder)
}

test('a machine moves from registries.yaml of k3s', async () => {
  const folder = '/var/lib/rancher/k3s/agent/etc/containerd'
  const binDir = await enginePrograms()
  await using at = await startGuided((machine) => startContainerd(machine, { binDir, configPath: `${folder}/certs.d` }))
  const { machine, host } = at
  await at.putSecret()
  const ofK3s = '# File generated by k3s. DO NOT EDIT.\n\nserver = "https://registry.invalid/v2"\n'
  const hostsToml = onMachine(machine, `${folder}/certs.d/${host.replace(':', '_')}_/hosts.toml`)
  const k3sStarts = async (): Promise<void> => {
    await mkdir(dirname(hostsToml), { recursive: true })
    await writeFile(hostsToml, ofK3s)
  }
  await k3sStarts()
  await writeFile(onMachine(machine, `${folder}/config.toml`), 'version = 3\n')
  await machine.mustExec('sh', [
    '-ec',
    'mkdir -p /run/k3s/containerd /etc/rancher/k3s && ln -s /run/containerd/containerd.sock /run/k3s/containerd/',
  ])
  const { username, password } = at.login
  const registries = { configs: { [host]: { auth: { username, password } } } }
  await writeFile(onMachine(machine, '/etc/rancher/k3s/registries.yaml'), JSON.stringify(registries))

  const opened = await at.follow('From `registries.yaml` of k3s and RKE2')
  expect({ status: opened.status, text: opened.stderr }).toMatchObject({ status: 0 })
  expect(opened.stderr).toContain('/etc/rancher/k3s/registries.yaml')
  expect(await pullByKubelet(at)).toBeNull()

  await k3sStarts()
  expect(await pullByKubelet(at)).toContain('registry.invalid')
  expect(await at.type('sudo fairlead door open')).toMatchObject({ status: 0 })
  expect(await pullByKubelet(at)).toBeNull()

  await writeFile(onMachine(machine, '/etc/rancher/k3s/registries.yaml'), '{}')
  expect((await at.type('fairlead doctor')).stdout).not.toContain('DOOR_LOGIN_LEFT')
  await at.agent.stop()
  const found = await at.follow('When everything is down: close a door by hand')
  const files = found.stdout.split('\n').filter(Boolean)
  expect(files).toContain(hostsToml.slice(rootOf(machine).length))
  for (const file of files) await closeByHand(machine, file)
  expect(await pullByKubelet(at)).toContain('registry.invalid')
})

test('a machine moves from registry.configs of containerd', async () => {
  let containerd: Awaited<ReturnType<typeof startContainerd>> | undefined
  await using at = await startGuided(async (machine) => {
    containerd = await startContainerd(machine, { binDir: null, configPath: null })
    return containerd
  })
  const { machine, host } = at
  await at.putSecret()
  const file = join(machine.dir, 'containerd', 'config.toml')
  const plain = await readFile(file, 'utf8')
  const { username, password } = at.login
  const table = `plugins."io.containerd.grpc.v1.cri".registry.configs."${host}"`
  const write = async (text: string): Promise<void> => {
    await machine.mustExec('mkdir', ['-p', '/etc/containerd'])
    for (const path of [file, onMachine(machine, '/etc/containerd/config.toml')]) await writeFile(path, text)
    await containerd?.restart()
  }
  await write(
    `${plain}\n[${table}.auth]\nusername = "${username}"\npassword = "${password}"\n[${table}.tls]\nca_file = "${at.ca.caFile}"\n`,
  )
  expect(await pullByKubelet(at)).toBeNull()

  const heading = 'From `registry.configs` of containerd'
  const [restart, ...commands] = commandsOf(page, heading).split('\n')
  expect(restart).toBe('sudo systemctl restart containerd')
  await write(`${plain}\n${settingsOf(page, heading)}\n`)
  const opened = await at.type(at.ours(commands.join('\n')))
  expect({ status: opened.status, text: opened.stderr }).toMatchObject({ status: 0 })
  expect(opened.stderr).not.toContain('DOOR_LOGIN_LEFT')
  expect(await pullByKubelet(at)).toBeNull()
})
