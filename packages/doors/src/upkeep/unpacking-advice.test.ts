import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { FoundEngine } from '../engines/engine-door.ts'
import { adviseUnpacking, unpackingWarnings } from './unpacking-advice.ts'

const found = (engine: FoundEngine['engine'], name: string, way = ''): FoundEngine => ({
  engine,
  name,
  folder: '',
  way,
  doubt: null,
})
const docker = found('docker', 'Docker 29.6.0')

describe('advice on unpacking', () => {
  test('names what containerd lacks, and only that', () => {
    expect(adviseUnpacking({ layersAtOnce: 4, hasIgzip: true })).toBeNull()
    const withoutIgzip = adviseUnpacking({ layersAtOnce: 2, hasIgzip: false })?.fix
    expect(withoutIgzip).toMatch(/igzip/)
    expect(withoutIgzip).not.toMatch(/max_concurrent_unpacks/)
    const serial = adviseUnpacking({ layersAtOnce: 1, hasIgzip: true })?.fix
    expect(serial).toMatch(/max_concurrent_unpacks = 4/)
    expect(serial).not.toMatch(/igzip/)
    expect(adviseUnpacking({ layersAtOnce: 1, hasIgzip: false })?.fix).toMatch(/igzip.*max_concurrent_unpacks/)
  })
})

describe('a machine', () => {
  let root: string
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'unpacking-'))
  })
  afterEach(() => rm(root, { recursive: true }))

  const put = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }

  test('whose containerd has igzip and unpacks several layers at once gets none', async () => {
    await put('/usr/bin/igzip', '')
    await put('/etc/containerd/config.toml', 'version = 3\nimports = ["conf.d/*.toml"]\n')
    await put(
      '/etc/containerd/conf.d/fast.toml',
      "version = 3\n[plugins.'io.containerd.transfer.v1.local']\nmax_concurrent_unpacks = 4\n",
    )
    expect(await unpackingWarnings([docker], root)).toEqual([])
  })

  test('without a configuration of containerd has its defaults', async () => {
    const [warning, ...others] = await unpackingWarnings([docker], root)
    expect(warning).toMatchObject({ code: 'UNPACKING_SLOW', fix: expect.stringContaining('max_concurrent_unpacks') })
    expect(others).toEqual([])
    expect(
      await unpackingWarnings([found('containerd', 'containerd 2.4.2', '/run/containerd/containerd.sock')], root),
    ).toHaveLength(1)
  })

  test.each([
    found('podman', 'podman'),
    found('containerd', 'containerd 2.1.4-k3s1 of k3s', '/run/k3s/containerd/containerd.sock'),
  ])('on which only $name pulls gets none: the file is not its own', async (engine) => {
    expect(await unpackingWarnings([engine], root)).toEqual([])
  })
})
