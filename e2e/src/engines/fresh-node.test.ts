/**
 * From a fresh machine that runs systemd and the newest Docker to its first plain `docker pull`, with the one-file program: two commands, no
 * control plane, no login.
 */
import { existsSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  basicRegistry,
  enginePrograms,
  eventually,
  makeImage,
  onNetwork,
  prepare,
  secretFiles,
  startLab,
  startWhole,
} from '@fairlead/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { oneFile } from '../machines/one-file.ts'

const program = '/usr/local/bin/fairlead'

type World = Awaited<ReturnType<typeof startFreshNode>>

const startFreshNode = () =>
  startWhole(async (parts) => {
    const lab = parts.use(await startLab({ on: onNetwork, registry: basicRegistry, secrets: secretFiles }))
    const { host } = lab.registry
    await lab.registry.push('team/app', await makeImage({ files: { greeting: 'hello' } }))
    // The agent's unit has a /tmp of its own.
    const registry_ca = { [host]: '/etc/fairlead/registry-ca.pem' }
    const policy = { allowed_registries: [host], registry_ca }
    const machine = await prepare(lab, 'fresh', { init: 'systemd', policy })
    await copyFile(lab.ca.caFile, join(machine.etcDir, 'registry-ca.pem'))
    const engine = await machine.startEngine({ binDir: await enginePrograms() })
    // Podman is there, too, as its package leaves it.
    const anything = '{"default": [{"type": "insecureAcceptAnything"}]}'
    await machine.mustExec('sh', ['-ec', `mkdir /etc/containers; echo '${anything}' > /etc/containers/policy.json`])
    return { ...lab, machine, engine, host, executable: await oneFile() }
  })

let world: World
beforeAll(async () => {
  world = await startFreshNode()
})
afterAll(() => world[Symbol.asyncDispose]())

const onMachine = (name: string, ...args: string[]) =>
  world.machine.exec(name, args, { env: { NO_COLOR: '1' }, timeoutMs: 100_000 })
const pull = () => onMachine('docker', 'pull', `${world.host}/team/app:1`)
const hostsFile = () =>
  `/proc/${world.machine.holderPid}/root/etc/docker/certs.d/${world.host.replace(/:(\d+)$/, '_$1_')}/hosts.toml`

test('pulls after two commands', async () => {
  const began = performance.now()
  const door = `${world.host}/team=${world.secretName}`
  const installed = await onMachine(world.executable, 'agent', 'install', '--door', door)
  const installedAt = performance.now()
  expect(installed).toMatchObject({ status: 0, stderr: expect.stringMatching(/^warning: .*\(UNPACKING_SLOW\)\nfix: /) })
  expect(installed.stdout).toContain(`${world.host} is open for Docker ${world.engine.version}`)
  const pulled = await pull()
  const log = (await onMachine('journalctl', '--unit', 'fairlead-agent', '--lines', '30', '--no-pager')).stdout
  expect({ ...pulled, log }).toMatchObject({ status: 0, stderr: '' })
  const seconds = (from: number, to: number): string => ((to - from) / 1000).toFixed(1)
  process.stdout.write(
    `two commands to the first pull: ${seconds(began, performance.now())} s, of which the first ${seconds(began, installedAt)} s\n`,
  )
  expect(await onMachine('docker', 'run', '--rm', `${world.host}/team/app:1`, 'cat', '/greeting')).toMatchObject({
    stdout: 'hello',
  })
  expect((await onMachine('test', '-e', '/root/.docker/config.json')).status).toBe(1)
})

test('serves its door from a unit that starts again with the machine, and keeps it through restarts', async () => {
  expect((await onMachine('systemctl', 'is-enabled', 'fairlead-agent')).stdout.trim()).toBe('enabled')
  await onMachine('docker', 'image', 'rm', `${world.host}/team/app:1`)
  await world.engine.restart()
  expect(await onMachine('systemctl', 'restart', 'fairlead-agent')).toMatchObject({ status: 0 })
  const opens = async () => (await onMachine(program, 'door', 'open')).status === 0 || undefined
  await eventually(opens, { what: 'the agent serves its doors again', timeoutMs: 90_000 })
  expect(await pull()).toMatchObject({ status: 0 })
  expect(await onMachine(program, 'door', 'test')).toMatchObject({ status: 0, stderr: '' })
})

test('has no file of a door after it is uninstalled', async () => {
  expect(existsSync(hostsFile())).toBe(true)
  expect(await onMachine(program, 'agent', 'uninstall')).toMatchObject({ status: 0 })
  expect(existsSync(hostsFile())).toBe(false)
  await onMachine('docker', 'image', 'rm', '--force', `${world.host}/team/app:1`)
  // Docker itself trusts this registry as little as it has a login for it.
  expect((await pull()).stderr).toContain(`https://${world.host}/v2/team/app/manifests/1`)
})
