/** A real engine that bypasses its door: Debian's containerd without a folder of registries. Its door is refused until it is configured. */
import { appendFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  basicRegistry,
  fairleadProgram,
  onNetwork,
  prepare,
  secretFiles,
  startContainerd,
  startLab,
  startWhole,
} from '@fairlead/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

type World = Awaited<ReturnType<typeof startContainerdWorld>>

const startContainerdWorld = () =>
  startWhole(async (parts) => {
    const lab = parts.use(await startLab({ on: onNetwork, registry: basicRegistry, secrets: secretFiles }))
    const { host } = lab.registry
    const doors = { [host]: lab.secretName }
    const machine = await prepare(lab, 'node', { policy: { allowed_registries: [host], doors } })
    const containerd = parts.use(await startContainerd(machine, { binDir: null, configPath: null }))
    const logFile = join(machine.dir, 'agent.log')
    parts.use(machine.spawn(process.execPath, [fairleadProgram, 'agent', 'run'], { logFile }))
    return { machine, containerd, host }
  })

let world: World
beforeAll(async () => {
  world = await startContainerdWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const door = (command: string) =>
  world.machine.exec(process.execPath, [fairleadProgram, 'door', command, '--engine', 'containerd'], {
    env: { NO_COLOR: '1' },
    timeoutMs: 100_000,
  })
const hasFile = () => {
  const folder = world.host.replace(/:(\d+)$/, '_$1_')
  return existsSync(`/proc/${world.machine.holderPid}/root/etc/containerd/certs.d/${folder}/hosts.toml`)
}

test('its door is refused in its own words, and its file is taken back', async () => {
  const { status, stderr } = await door('open')
  expect(status).toBe(3)
  expect(stderr).toMatch(/^containerd 1\.\S+ on \S+: .*fairlead\/probe/m)
  expect(stderr).toContain('its configuration names no folder of registries (config_path) (DOOR_BYPASSED)')
  expect(hasFile()).toBe(false)
})

test('its door opens once it has a folder of registries and was restarted', async () => {
  const table = '[plugins."io.containerd.grpc.v1.cri".registry]\nconfig_path = "/etc/containerd/certs.d"\n'
  await appendFile(join(world.machine.dir, 'containerd', 'config.toml'), table)
  await world.containerd.restart()
  const opened = await door('open')
  expect(opened).toMatchObject({ status: 0, stderr: '' })
  expect(opened.stdout).toContain(`${world.host} is open for containerd 1.`)
  expect(hasFile()).toBe(true)
  expect(await door('test')).toMatchObject({ status: 0, stderr: '' })
})
