import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { serveCri } from '../../testing/scripted-cri.ts'
import { thisMachine, type FoundEngine } from '../engine-door.ts'
import { podmanDoor } from './podman-door.ts'

const never = new AbortController().signal

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'door-'))
  await mkdir(join(root, 'usr/bin'), { recursive: true })
})
afterEach(() => rm(root, { recursive: true }))

const install = async (name: string, script = ''): Promise<string> => {
  const path = join(root, 'usr/bin', name)
  await writeFile(path, `#!/bin/sh\n${script}`)
  await chmod(path, 0o755)
  return path
}
const find = () => podmanDoor.find({ ...thisMachine, root }, never)

describe('engines with podman’s library', () => {
  test('are found by one program, podman first: they all read the same files', async () => {
    await install('skopeo')
    expect(await find()).toMatchObject([{ name: 'skopeo', way: '/usr/bin/skopeo' }])
    await install('podman')
    expect(await find()).toEqual([
      { engine: 'podman', name: 'podman', folder: '/etc/containers', way: '/usr/bin/podman', doubt: null },
    ])
  })

  test('CRI-O is one more, which reads them when it starts', async () => {
    await using _ = await serveCri(join(root, 'run/crio/crio.sock'), { name: 'cri-o', version: '1.30.0' })
    expect(await find()).toMatchObject([
      { name: 'CRI-O 1.30.0', way: '/run/crio/crio.sock', doubt: expect.stringContaining('systemctl reload crio') },
    ])
  })

  test('are not there', async () => {
    expect(await find()).toEqual([])
  })
})

test('a file that names a part of a registry leads past its door', async () => {
  const past = () => podmanDoor.past?.('r.example.com', { ...thisMachine, root })
  expect(await past()).toBeNull()
  await mkdir(join(root, 'etc/containers'), { recursive: true })
  await writeFile(join(root, 'etc/containers/registries.conf'), '[[registry]]\nlocation = "r.example.com/team"\n')
  expect(await past()).toContain('/etc/containers/registries.conf has an entry for a part of it')
})

describe('a probe', () => {
  const probe = (name: string, way: string) => {
    const found: FoundEngine = { engine: 'podman', name, folder: '/etc/containers', way, doubt: null }
    return podmanDoor.probe('r.example.com/fairlead/probe:1', found, thisMachine, never)
  }

  test.each([
    ['podman', 'pull --quiet docker://r.example.com/fairlead/probe:1'],
    ['buildah', 'pull --quiet docker://r.example.com/fairlead/probe:1'],
    ['skopeo', 'inspect --no-tags docker://r.example.com/fairlead/probe:1'],
  ])('by %s returns what it says, on either stream', async (name, asked) => {
    const way = await install(name, 'echo "$@"; echo refused >&2; exit 125')
    expect(await probe(name, way)).toBe(`${asked}\nrefused\n`)
  })

  test('by a program that cannot be started is a problem', async () => {
    await expect(probe('podman', '/no/such/podman')).rejects.toMatchObject({ code: 'DOOR_ENGINE_SILENT' })
  })

  test('by CRI-O returns its refusal of a pull', async () => {
    const socket = join(root, 'run/crio/crio.sock')
    await using _ = await serveCri(socket, { name: 'cri-o', version: '', refusal: 'denied: not here' })
    const found: FoundEngine = { engine: 'podman', name: 'CRI-O', folder: '', way: '/run/crio/crio.sock', doubt: null }
    expect(await podmanDoor.probe('r/x:1', found, { ...thisMachine, root }, never)).toBe('denied: not here')
  })
})
