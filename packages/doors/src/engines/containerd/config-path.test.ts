import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as fc from 'fast-check'
import { stringify } from 'smol-toml'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { configPathIn, parseContainerdFile } from './config-path.ts'

describe('a configuration of containerd', () => {
  test.each([
    [
      'of version 3',
      `version = 3\n[plugins.'io.containerd.cri.v1.images'.registry]\n  config_path = '/etc/containerd/certs.d'`,
      '/etc/containerd/certs.d',
    ],
    [
      'of version 2, as k3s writes it',
      'version = 2\n[plugins."io.containerd.grpc.v1.cri".registry]\nconfig_path = "/var/lib/rancher/k3s/agent/etc/containerd/certs.d"',
      '/var/lib/rancher/k3s/agent/etc/containerd/certs.d',
    ],
    ['of version 1', '[plugins.cri.registry]\nconfig_path = "/etc/containerd/hosts.d"', '/etc/containerd/hosts.d'],
    ['that sets none', 'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\nsandbox_image = "pause"', null],
    ['that sets an empty one', '[plugins."io.containerd.cri.v1.images".registry]\nconfig_path = ""', null],
  ])('%s names its folder of registries', (_, text, expected) => {
    expect(parseContainerdFile(text)?.configPath).toBe(expected)
  })

  test('that is not TOML, or says something else there, is none', () => {
    expect(parseContainerdFile('version = ')).toBeNull()
    expect(parseContainerdFile('[plugins."io.containerd.cri.v1.images"]\nregistry = 7')).toBeNull()
  })

  test('names the folder that was written, whatever it is called', () => {
    const plugin = fc.constantFrom('cri', 'io.containerd.grpc.v1.cri', 'io.containerd.cri.v1.images')
    fc.assert(
      fc.property(plugin, fc.string({ minLength: 1, unit: 'grapheme' }), (name, folder) => {
        const text = stringify({ version: 2, plugins: { [name]: { registry: { config_path: folder } } } })
        expect(parseContainerdFile(text)?.configPath).toBe(folder)
      }),
    )
  })

  test('never fails in another way, whatever the text is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(typeof parseContainerdFile(text)).toBe('object')
      }),
    )
  })
})

describe('on a machine', () => {
  let root: string
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'containerd-'))
  })
  afterEach(() => rm(root, { recursive: true }))

  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  const naming = (folder: string): string =>
    `[plugins."io.containerd.cri.v1.images".registry]\nconfig_path = "${folder}"`

  test('an imported file counts more than the one that imports it, and the last one most', async () => {
    await write('/etc/containerd/config.toml', `imports = ["conf.d/*.toml", "/etc/other.toml"]\n${naming('/first')}`)
    await write('/etc/containerd/conf.d/10.toml', naming('/second'))
    await write('/etc/containerd/conf.d/20.toml', naming('/third'))
    await write('/etc/other.toml', 'imports = ["/etc/containerd/config.toml"]')
    expect(await configPathIn('/etc/containerd/config.toml', root)).toBe('/third')
  })

  test('a file that is missing or unreadable names no folder', async () => {
    expect(await configPathIn('/etc/containerd/config.toml', root)).toBeNull()
    await write('/etc/containerd/config.toml', 'version = ')
    expect(await configPathIn('/etc/containerd/config.toml', root)).toBeNull()
  })
})
