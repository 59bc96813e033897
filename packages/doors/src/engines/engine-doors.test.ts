import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DoorEngine } from '@fairlead/contract/wire'
import * as fc from 'fast-check'
import { parse } from 'smol-toml'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { engineDoors, findEngines } from './engine-doors.ts'
import { thisMachine, type FoundEngine } from './engine-door.ts'

const never = new AbortController().signal
const mirror = { port: 7464, stateDir: '/var/lib/fairlead' }

test.each(DoorEngine.options)('the door of %s calls itself so', (engine) => {
  expect(engineDoors[engine].engine).toBe(engine)
})

describe('for podman', () => {
  const podman: FoundEngine = {
    engine: 'podman',
    name: 'podman',
    folder: '/etc/containers',
    way: '/usr/bin/podman',
    doubt: null,
  }

  test('a registry is moved to the mirror, which is known by links to the keys of the agent', () => {
    expect(engineDoors.podman.files('registry.example.com:5000', mirror, podman)).toEqual([
      {
        path: '/etc/containers/registries.conf.d/zz-fairlead-registry.example.com_5000.conf',
        text: `# Written by fairlead for its door; \`fairlead door close registry.example.com:5000\` removes it and restores what was here.
[[registry]]
prefix = "registry.example.com:5000"
location = "127.0.0.1:7464/registry.example.com_5000"
`,
      },
      { path: '/etc/containers/certs.d/127.0.0.1:7464/ca.crt', link: '/var/lib/fairlead/door/ca.crt' },
      { path: '/etc/containers/certs.d/127.0.0.1:7464/client.cert', link: '/var/lib/fairlead/door/podman.crt' },
      { path: '/etc/containers/certs.d/127.0.0.1:7464/client.key', link: '/var/lib/fairlead/door/podman.key' },
    ])
  })

  test('no file names a mirror beside the registry, which would be asked after it', () => {
    fc.assert(
      fc.property(fc.domain(), fc.integer({ min: 1, max: 65_535 }), (registry, port) => {
        const [conf] = engineDoors.podman.files(registry, { ...mirror, port }, podman)
        const text = conf !== undefined && 'text' in conf ? conf.text : ''
        const location = `127.0.0.1:${port}/${registry}`
        expect(parse(text)).toEqual({ registry: [registry, `${registry}:443`].map((prefix) => ({ prefix, location })) })
      }),
    )
  })
})

describe('in a machine image', () => {
  let root: string
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'image-'))
  })
  afterEach(() => rm(root, { recursive: true }))

  const write = async (path: string, text = ''): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  const found = async () => {
    const { found: engines, unfit } = await findEngines({ ...thisMachine, root, isRunning: false }, never)
    expect(unfit).toEqual([])
    return engines
  }

  test('without an engine, none is found', async () => {
    expect(await found()).toEqual([])
  })

  test('each engine is found by its program, and by the folder that it will read', async () => {
    await write('/usr/bin/dockerd')
    await write('/usr/bin/containerd')
    await write(
      '/etc/containerd/config.toml',
      '[plugins."io.containerd.cri.v1.images".registry]\nconfig_path = "/etc/hosts.d"',
    )
    await write('/usr/local/bin/k3s')
    await write('/usr/bin/buildah')
    expect(await found()).toMatchObject([
      { engine: 'docker', name: 'Docker', folder: '/etc/docker/certs.d', doubt: null },
      { engine: 'containerd', name: 'containerd', folder: '/etc/hosts.d', doubt: null },
      {
        engine: 'containerd',
        name: 'containerd of k3s',
        folder: '/var/lib/rancher/k3s/agent/etc/containerd/certs.d',
        doubt: null,
      },
      { engine: 'podman', name: 'buildah', folder: '/etc/containers', way: '/usr/bin/buildah', doubt: null },
    ])
  })

  test.each([
    ['/usr/local/bin/containerd', 'containerd'],
    ['/opt/bin/k3s', 'containerd of k3s'],
    ['/usr/bin/rke2', 'containerd of rke2'],
    ['/opt/rke2/bin/rke2', 'containerd of rke2'],
  ])('a program is found where its installer may put it: %s', async (path, name) => {
    await write(path)
    expect(await found()).toMatchObject([{ name }])
  })

  test('a containerd that only Docker uses is none for a kubelet', async () => {
    await write('/usr/bin/containerd')
    await write('/etc/containerd/config.toml', '# as Docker’s packages install it\ndisabled_plugins = ["cri"]\n')
    expect(await found()).toEqual([])
  })

  test.each([
    ['lists folders', 'config_path = "/etc/containerd/certs.d:/etc/docker/certs.d"', 'is a list of folders'],
    ['names none', '', 'names no folder of registries'],
    ['leads out of the image', 'config_path = "/../../etc/certs.d"', 'is not an absolute path'],
    ['leads out of its folder', 'config_path = "etc/certs.d:/etc/docker"', 'is not an absolute path'],
  ])('a containerd whose configuration %s is found, and may bypass the door', async (_, line, doubt) => {
    await write('/usr/bin/containerd')
    await write('/etc/containerd/config.toml', `[plugins."io.containerd.cri.v1.images".registry]\n${line}`)
    expect(await found()).toMatchObject([{ folder: '/etc/containerd/certs.d', doubt: expect.stringContaining(doubt) }])
  })
})
