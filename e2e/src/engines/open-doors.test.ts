/** `fairlead door` on a machine with the newest Docker: from no door to a plain `docker pull`, and back, without a control plane and as a node. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  basicRegistry,
  enginePrograms,
  equip,
  eventually,
  fairleadProgram,
  joinAgent,
  makeImage,
  onNetwork,
  secretFiles,
  startControlPlane,
  startFairleadServe,
  startLab,
  startWhole,
  type FairleadAgent,
} from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

type World = Awaited<ReturnType<typeof startDoorWorld>>

const startDoorWorld = () =>
  startWhole(async (parts) => {
    const lab = parts.use(await startLab({ on: onNetwork, registry: basicRegistry, secrets: secretFiles }))
    await lab.registry.push('team/app', await makeImage({ files: { greeting: 'hello' } }))
    const node = await equip(lab, 'node', { engine: { binDir: await enginePrograms() } })
    const plane = await startControlPlane(lab, { serve: startFairleadServe })
    return { ...lab, ...node, host: lab.registry.host, join: () => joinAgent(lab, plane, node.machine) }
  })

let world: World
beforeAll(async () => {
  world = await startDoorWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const pull = (tag = '1') => world.machine.exec('docker', ['pull', '--quiet', `${world.host}/team/app:${tag}`])
/** Other engines of this computer are visible on the machine, too. */
const docker = ['--engine', 'docker']
const door = (command: string, ...args: string[]) =>
  world.type('door', command, ...args, ...(command === 'close' ? [] : docker))
const onMachine = (path: string): string => `/proc/${world.machine.holderPid}/root${path}`
const hostsFile = () => `/etc/docker/certs.d/${world.host.replace(/:(\d+)$/, '_$1_')}/hosts.toml`
const policyFile = () => join(world.machine.etcDir, 'policy.yaml')

describe('a machine that has not joined', () => {
  test('has no work for an agent', async () => {
    const ran = await world.type('agent', 'run')
    expect(ran).toMatchObject({ status: 5, stderr: expect.stringContaining('(AGENT_NOT_JOINED)') })
  })

  test('gets no door where the owner’s file has settings but no list of registries', async () => {
    const ran = await door('open', `${world.host}=${world.secretName}`)
    expect(ran).toMatchObject({ status: 3, stdout: '' })
    expect(ran.stderr).toContain('(DOOR_NEEDS_ALLOWED_REGISTRIES)')
    expect((await pull()).status).not.toBe(0)
  })

  test('pulls through a door without any control plane', async () => {
    // The owner's file comes first, and gives the agent work.
    expect(await door('open', `${world.host}=${world.secretName}`, '--allow')).toMatchObject({ status: 7 })
    await using agent = world.machine.spawn(process.execPath, [fairleadProgram, 'agent', 'run'], {
      logFile: join(world.machine.dir, 'alone.log'),
      env: { NO_COLOR: '1' },
    })
    expect(await door('open')).toMatchObject({ status: 0, stderr: '' })
    expect(await pull()).toMatchObject({ status: 0, stderr: '' })
    await eventually(async () => agent.tail(50).includes('"purpose":"door"') || undefined, {
      what: 'the pull is logged',
    })
    expect(agent.tail(50)).not.toContain(world.login.password)
    expect(await door('close', '--all')).toMatchObject({ status: 0 })
  })
})

describe('a node', () => {
  let agent: FairleadAgent
  beforeAll(async () => {
    agent = await world.join()
  })

  test('has a door after one command, and a plain `docker pull` needs no login', async () => {
    const ran = await door('open', `${world.host}/team=${world.secretName}`)
    expect(ran).toMatchObject({ status: 0, stderr: '' })
    expect(ran.stdout).toContain(`${world.host} is open for Docker `)
    expect(await pull()).toMatchObject({ status: 0, stderr: '' })
    expect(await world.machine.exec('test', ['-e', '/root/.docker/config.json'])).toMatchObject({ status: 1 })
    expect(await readFile(onMachine(hostsFile()), 'utf8')).not.toContain(world.login.password)
  })

  test('shows its door as open, and tries it', async () => {
    const { results } = JSON.parse((await door('list', '--json')).stdout) as { results: object[] }
    expect(results).toMatchObject([
      { door: `${world.host}/team`, secret: world.secretName, engine: 'docker', state: 'open' },
    ])
    expect(await door('test')).toMatchObject({ status: 0, stderr: '' })
  })

  test('changes nothing when the door is opened again', async () => {
    const before = await readFile(policyFile(), 'utf8')
    const { status, stdout } = await door('open', `${world.host}/team=${world.secretName}`)
    expect([status, stdout]).toEqual([0, expect.not.stringContaining('hosts.toml')])
    expect(await readFile(policyFile(), 'utf8')).toBe(before)
  })

  test('whose door lost its file says so in list, test and doctor, and repairs it with open', async () => {
    await world.machine.mustExec('rm', [hostsFile()])
    expect((await door('list')).stdout).toContain('file missing')
    expect(await door('test')).toMatchObject({ status: 3, stderr: expect.stringContaining('(DOOR_FILES_CHANGED)') })
    expect((await world.type('doctor')).stderr).toContain('(DOOR_FILES_CHANGED)')
    const isLogged = async () => agent.tail(50).includes('"code":"DOOR_FILES_CHANGED"') || undefined
    await eventually(isLogged, { what: 'the agent notices it', timeoutMs: 30_000 })
    expect(await door('open')).toMatchObject({ status: 0 })
    expect((await world.type('doctor')).stdout).toMatch(
      /^ {2}doors +done +1 door of engines, each engine asks the agent/m,
    )
  })

  test('without its agent pulls nothing through the door, and opens no other', async () => {
    await agent.stop()
    expect(await pull('2')).toMatchObject({ status: 1, stderr: expect.stringContaining('connection refused') })
    const tried = await door('test')
    expect(tried).toMatchObject({ status: 7, stderr: expect.stringContaining('(DOOR_NOT_ANSWERING)') })
    expect(tried.stderr).toContain('127.0.0.1:7464')
    const ran = await door('open', 'docker.io/team=hub', '--allow')
    expect(ran).toMatchObject({ status: 7, stderr: expect.stringContaining('(DOOR_NOT_ANSWERING)') })
    expect(await world.machine.exec('test', ['-e', '/etc/docker/certs.d/docker.io'])).toMatchObject({ status: 1 })
    await agent.restart()
  })

  test('closes its doors while the agent is down, and has back what was there before', async () => {
    await door('close', '--all')
    await mkdir(dirname(onMachine(hostsFile())), { recursive: true })
    const before = 'server = "https://mirror.example.com"\n'
    await writeFile(onMachine(hostsFile()), before)
    expect(await door('open', `${world.host}/team=${world.secretName}`)).toMatchObject({ status: 0 })
    expect(await pull()).toMatchObject({ status: 0 })
    await agent.stop()
    expect(await door('close', '--all')).toMatchObject({ status: 0, stderr: '' })
    expect(await readFile(onMachine(hostsFile()), 'utf8')).toBe(before)
    expect(await readFile(policyFile(), 'utf8')).toMatch(/doors: \{\s*\}|"doors": \{\s*\}/)
    await agent.restart()
  })
})
