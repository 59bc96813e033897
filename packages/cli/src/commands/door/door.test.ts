/** `fairlead door` as typed, on the folder of a machine image: what it prints, and how it ends. */
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ScriptedShell } from '../../scripted-context.ts'

let shell: ScriptedShell
beforeEach(() => {
  shell = new ScriptedShell()
  mkdirSync(inImage('usr/bin'), { recursive: true })
  writeFileSync(inImage('usr/bin/dockerd'), '')
})
afterEach(() => shell[Symbol.dispose]())

const inImage = (path: string): string => join(shell.folder, 'image', path)
const hostsFile = 'etc/docker/certs.d/r.example.com/hosts.toml'
const door = (...args: string[]) => shell.run(['door', ...args])
const open = (...args: string[]) => door('open', '--root', 'image', ...args)
const policy = (): string => readFileSync(inImage('etc/fairlead/policy.yaml'), 'utf8')
const noPolicy = (): string[] => ['--policy', shell.write('policy.yaml', '')]

describe('door open', () => {
  test('prepares a machine image: the owner’s file and the file of each engine, for keys that the agent will make', async () => {
    const ran = await open('r.example.com=team/login', 'r.example.com/research=other', 'docker.io/team')
    expect(ran).toMatchObject({ status: 0, stderr: '' })
    expect(ran.stdout).toContain('r.example.com: with the login in team/login\n')
    expect(ran.stdout).toContain('docker.io/team: without a login\n')
    expect(ran.stdout).toMatch(/next: {2}the agent serves the doors when it starts; then fairlead door test\n$/)
    expect(policy()).toContain('r.example.com/research: other\n')
    const written = readFileSync(inImage(hostsFile), 'utf8')
    expect(written).toContain('"/var/lib/fairlead/door/ca.crt"')
    expect(written).not.toContain(shell.folder)
    expect(existsSync(inImage('etc/docker/certs.d/docker.io/hosts.toml'))).toBe(true)
  })

  test('applies what the owner’s file says, and says that it has no doors', async () => {
    expect((await open()).stdout).toContain('There are no doors; open one: fairlead door open HOST=SECRET')
    mkdirSync(inImage('etc/fairlead'), { recursive: true })
    writeFileSync(
      inImage('etc/fairlead/policy.yaml'),
      'allowed_registries: [r.example.com]\ndoors: { r.example.com: login }\n',
    )
    expect(await open()).toMatchObject({ status: 0 })
    expect(existsSync(inImage(hostsFile))).toBe(true)
  })

  test('prints its result as JSON', async () => {
    const { stdout } = await open('r.example.com=login', '--dry-run', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      dry_run: true,
      doors: [{ place: 'r.example.com', change: 'added', secret: 'login', before: null }],
      allowed_registries_added: ['r.example.com'],
      open: [{ registry: 'r.example.com', engine: 'docker', proved: false }],
      warnings: [],
    })
    expect(existsSync(inImage('etc'))).toBe(false)
  })

  test('only for the engine that was chosen', async () => {
    expect(await open('r.example.com=login', '--engine', 'containerd')).toMatchObject({ status: 5 })
    writeFileSync(inImage('usr/bin/containerd'), '')
    const ran = await open('r.example.com=login', '--engine', 'containerd')
    expect(ran.status).toBe(0)
    expect(ran.stderr).toContain('containerd may pull past the door: its configuration names no folder')
    expect(existsSync(inImage(hostsFile))).toBe(false)
    expect(existsSync(inImage('etc/containerd/certs.d/r.example.com/hosts.toml'))).toBe(true)
  })

  test('says which file of the image leads a part of the registry past the door', async () => {
    writeFileSync(inImage('usr/bin/podman'), '')
    mkdirSync(inImage('etc/containers/registries.conf.d'), { recursive: true })
    writeFileSync(
      inImage('etc/containers/registries.conf.d/team.conf'),
      '[[registry]]\nlocation = "r.example.com/team"\n',
    )
    const { stderr } = await open('r.example.com=login')
    expect(stderr).toContain(
      'podman may pull past the door: for r.example.com, /etc/containers/registries.conf.d/team.conf',
    )
  })

  test.each([
    [['r.example.com='], 2, 'expected HOST[/PREFIX]=SECRET'],
    [['=login'], 2, 'expected HOST[/PREFIX]=SECRET'],
    [['r.example.com=dckr_pat_canary-77ab'], 4, 'REFERENCE_LOOKS_LIKE_A_SECRET'],
    [['https://r.example.com=login'], 2, 'expected HOST[/PREFIX]=SECRET'],
    [['r.example.com:99999=login'], 2, 'expected HOST[/PREFIX]=SECRET'],
    [['r.example.com/../team=login'], 2, 'expected HOST[/PREFIX]=SECRET'],
    [['r.example.com=login', '--engine', 'rkt'], 2, '--engine takes one of docker, containerd, podman'],
  ])('%j is refused before anything is written', async (args, status, words) => {
    const ran = await open(...args)
    expect(ran.status).toBe(status)
    expect(ran.stderr).toContain(words)
    expect(ran.stderr).not.toContain('canary')
    expect(existsSync(inImage('etc'))).toBe(false)
  })

  test('does not follow a link that leads out of the image', async () => {
    mkdirSync(join(shell.folder, 'machine'))
    symlinkSync(join(shell.folder, 'machine'), inImage('etc'))
    const ran = await open('r.example.com=login')
    expect(ran.stderr).toContain('or a link in it, leads out of --root (INSTALL_STEP_FAILED)')
    expect(readdirSync(join(shell.folder, 'machine'))).toEqual([])
  })
})

describe('door close', () => {
  test('says what was closed, what was not there, and what is still open', async () => {
    await open('r.example.com=login', 'r.example.com/research=other')
    const ran = await door('close', '--root', 'image', 'r.example.com', 'ghcr.io')
    expect(ran).toMatchObject({ status: 0, stderr: '' })
    expect(ran.stdout).toContain('r.example.com: closed\n')
    expect(ran.stdout).toContain('ghcr.io: there is no such door\n')
    expect(ran.stdout).toContain('r.example.com still has another door: fairlead door list\n')
    expect(existsSync(inImage(hostsFile))).toBe(true)
  })

  test('closes all, and says when there is none', async () => {
    await open('r.example.com=login')
    expect((await door('close', '--root', 'image', '--all')).stdout).toContain('r.example.com: closed\n')
    expect(existsSync(inImage('etc/docker/certs.d/r.example.com'))).toBe(false)
    expect(await door('close', '--root', 'image', '--all')).toMatchObject({ status: 0, stdout: 'There are no doors\n' })
  })

  test.each([[[]], [['--all', 'r.example.com']]])('%j is a usage error', async (args) => {
    expect(await door('close', '--root', 'image', ...args)).toMatchObject({ status: 2 })
  })
})

describe('door list', () => {
  test('says that there are none, and how to open one', async () => {
    const ran = await door('list', ...noPolicy())
    expect(ran).toMatchObject({ status: 0, stdout: 'No doors; open one: sudo fairlead door open HOST=SECRET\n' })
  })

  test('shows each door with its secret, also where no engine is found', async () => {
    const file = shell.write(
      'doors.yaml',
      'allowed_registries: [docker.io]\ndoors: { docker.io/team: hub, docker.io: null }\n',
    )
    const flags = ['--policy', file, '--engine', 'podman', '--docker-socket', '/nowhere']
    const { results } = JSON.parse((await door('list', '--json', ...flags)).stdout) as { results: object[] }
    expect(results).toMatchObject([
      { door: 'docker.io/team', secret: 'hub' },
      { door: 'docker.io', secret: null },
    ])
    expect((await door('list', ...flags)).stdout).toContain('docker.io/team  hub')
  })
})

describe('door test', () => {
  test('of a registry without a door is a problem of its own', async () => {
    const ran = await door('test', 'r.example.com', ...noPolicy())
    expect(ran.status).toBe(process.getuid?.() === 0 ? 5 : 6)
    expect(ran.stderr).toContain(process.getuid?.() === 0 ? '(DOOR_NOT_FOUND)' : '(INSTALL_NOT_ROOT)')
  })
})
