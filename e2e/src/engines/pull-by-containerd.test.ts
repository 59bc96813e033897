/** `fairlead pull` where Docker keeps its images in the machine's own containerd, as Docker's packages install the two. */
import { join } from 'node:path'
import {
  basicRegistry,
  enginePrograms,
  equip,
  eventually,
  makeImage,
  onNetwork,
  secretFiles,
  startLab,
  startWhole,
} from '@fairlead/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

type World = Awaited<ReturnType<typeof startDockerOnContainerd>>

const startDockerOnContainerd = () =>
  startWhole(async (parts) => {
    const lab = parts.use(await startLab({ on: onNetwork, registry: basicRegistry, secrets: secretFiles }))
    const layers = [{ randomBytes: 3_000_000 }, { randomBytes: 2_000_000 }]
    const { reference } = await lab.registry.push('team/app', await makeImage({ layers, files: { greeting: 'hello' } }))
    const binDir = await enginePrograms()
    const containerd = { binDir, maxConcurrentUnpacks: 4 }
    return { ...lab, reference, ...(await equip(lab, 'node', { engine: { binDir }, containerd })) }
  })

let world: World
beforeAll(async () => {
  world = await startDockerOnContainerd()
})
afterAll(() => world[Symbol.asyncDispose]())

const docker = async (...args: string[]): Promise<string> => (await world.machine.mustExec('docker', args)).trim()

test('containerd pulls through the gateway, and Docker runs the image', async () => {
  const { type, reference, secretName } = world
  const flags = ['--registry-login-secret', secretName, '--provider', 'local', '--json']
  const pulled = await type('pull', reference, ...flags)
  expect(pulled).toMatchObject({ status: 0 })
  const { image_id: imageId } = JSON.parse(pulled.stdout) as { image_id: string }
  expect(await docker('run', '--rm', '--network', 'none', imageId, 'cat', '/greeting')).toBe('hello')
  // Docker reports what it pulls itself. It reports up to the beginning of this second, in which the name may have been given.
  const events = ['events', '--since', '10m', '--until', '0s', '--filter', 'type=image', '--format', '{{.Action}}']
  const reported = async () => {
    const actions = (await docker(...events)).split('\n')
    return actions.includes('tag') ? actions : undefined
  }
  const actions = await eventually(reported, { what: 'Docker reports the name that the image was given' })
  expect(actions).not.toContain('pull')
  const names = await docker('images', '--format', '{{.Repository}}')
  expect(names).not.toContain('127.0.0.1')
})

test('no login is left for any of them', async () => {
  const { machine, login } = world
  const places = ['/etc/docker', '/run', '/var/lib/docker', join(machine.dir, 'containerd'), machine.homeDir]
  const { status, stdout } = await machine.exec('grep', ['-rlsF', '--devices=skip', login.password, ...places])
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
})
