import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { serveCri, type ScriptedCri } from '../../testing/scripted-cri.ts'
import { thisMachine } from '../engine-door.ts'
import { containerdDoor } from './containerd-door.ts'

const never = new AbortController().signal
const plain = '/run/containerd/containerd.sock'
const rancher = '/run/k3s/containerd/containerd.sock'

let root: string
let parts: AsyncDisposableStack
beforeEach(async () => {
  parts = new AsyncDisposableStack()
  root = await mkdtemp(join(tmpdir(), 'door-'))
})
afterEach(async () => {
  await parts.disposeAsync()
  await rm(root, { recursive: true })
})

const serve = async (socket: string, script: Omit<ScriptedCri, 'name'> & { name?: string }): Promise<void> =>
  void parts.use(await serveCri(root + socket, { name: 'containerd', ...script }))
const write = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(root + path), { recursive: true })
  await writeFile(root + path, text)
}
const find = () => containerdDoor.find({ ...thisMachine, root }, never)

describe('a running containerd is asked for the folder of its registries', () => {
  test('1.x says it in its status', async () => {
    await serve(plain, { version: '1.7.28', config: { registry: { configPath: '/etc/containerd/hosts.d' } } })
    await write('/etc/containerd/config.toml', '[plugins.cri.registry]\nconfig_path = "/not/in/use"')
    expect(await find()).toEqual([
      { engine: 'containerd', name: 'containerd 1.7.28', folder: '/etc/containerd/hosts.d', way: plain, doubt: null },
    ])
  })

  test('2.4 says it among its plugins', async () => {
    const exports = { DiscardUnpackedLayers: 'false', RegistryConfigPath: '/etc/containerd/certs.d' }
    await serve(plain, { version: 'v2.4.2', config: { containerd: {} }, exports })
    expect(await find()).toMatchObject([{ name: 'containerd 2.4.2', folder: '/etc/containerd/certs.d', doubt: null }])
  })

  test('2.0 to 2.3 say it in their file alone', async () => {
    await serve(plain, { version: 'v2.1.4', config: { containerd: {} } })
    await write(
      '/etc/containerd/config.toml',
      '[plugins."io.containerd.cri.v1.images".registry]\nconfig_path = "/etc/certs"',
    )
    expect(await find()).toMatchObject([{ folder: '/etc/certs', doubt: null }])
  })

  test.each([
    ['names none', '', '/etc/containerd/certs.d', 'names no folder'],
    ['lists some', '/etc/first.d:/etc/second.d', '/etc/first.d', 'is a list of folders'],
  ])('one that %s may bypass the door', async (_, configPath, folder, doubt) => {
    await serve(plain, { version: '1.7.28', config: { registry: { configPath } } })
    expect(await find()).toMatchObject([{ folder, doubt: expect.stringContaining(doubt) }])
  })
})

test.each(['k3s', 'rke2'])('the containerd of %s is known by its file, since both have the same socket', async (of) => {
  const folder = `/var/lib/rancher/${of}/agent/etc/containerd/certs.d`
  await serve(rancher, { version: 'v2.1.4-k3s1' })
  await write(
    `/var/lib/rancher/${of}/agent/etc/containerd/config.toml`,
    `version = 3\n[plugins.'io.containerd.cri.v1.images'.registry]\n  config_path = "${folder}"`,
  )
  expect(await find()).toEqual([
    { engine: 'containerd', name: `containerd 2.1.4-k3s1 of ${of}`, folder, way: rancher, doubt: null },
  ])
})

test('there may be two on one machine', async () => {
  await serve(plain, { version: 'v2.1.4' })
  await serve(rancher, { version: 'v2.1.4-k3s1' })
  await write('/var/lib/rancher/k3s/agent/etc/containerd/config.toml', '')
  expect(await find()).toHaveLength(2)
})

describe('no containerd that a kubelet uses', () => {
  test.each<[string, ScriptedCri]>([
    ['has another name', { name: 'cri-o', version: '1.30.0' }],
    ['has no CRI, as under Docker', { name: '', version: '', refusal: 'unknown service runtime.v1.RuntimeService' }],
    ['is still starting', { name: '', version: '', refusal: 'server is not initialized yet' }],
  ])('%s', async (_, script) => {
    await serve(plain, script)
    expect(await find()).toEqual([])
  })

  test('has a socket that nobody serves', async () => {
    expect(await find()).toEqual([])
    await write(plain, '')
    expect(await find()).toEqual([])
  })
})

describe('a probe', () => {
  const found = { engine: 'containerd', name: 'containerd', folder: '', way: plain, doubt: null } as const
  const probe = () => containerdDoor.probe('r.example.com/fairlead/probe:1', found, { ...thisMachine, root }, never)

  test('returns the refusal of a pull in containerd’s words', async () => {
    await serve(plain, { name: 'containerd', version: '', refusal: 'failed to pull: 403 Forbidden: not here' })
    expect(await probe()).toBe('failed to pull: 403 Forbidden: not here')
  })

  test('is no probe while containerd is still starting', async () => {
    await serve(plain, { name: 'containerd', version: '', refusal: 'server is not initialized yet' })
    await expect(probe()).rejects.toMatchObject({
      code: 'DOOR_ENGINE_SILENT',
      facts: { reason: 'it is still starting' },
    })
  })
})
