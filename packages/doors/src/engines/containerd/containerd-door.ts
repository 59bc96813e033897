/** containerd's door: under CRI, as a kubelet uses it, it reads `hosts.toml` below its `config_path` at each pull. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { isProblem } from '@fairlead/contract/problems'
import { CriClient } from '../cri/cri-client.ts'
import type { EngineDoor, EnginePlaces, FoundEngine } from '../engine-door.ts'
import { hostsFiles } from '../hosts-toml.ts'
import { configPathIn } from './config-path.ts'

interface ContainerdPlace {
  /** Whose containerd it is; null: it runs by itself, as on GKE and EKS. */
  readonly of: string | null
  readonly socket: string
  readonly config: string
  /** If nothing says where it looks for registries. */
  readonly folder: string
  readonly program: string
}

const rancher = (of: 'k3s' | 'rke2'): ContainerdPlace => ({
  of,
  socket: '/run/k3s/containerd/containerd.sock',
  config: `/var/lib/rancher/${of}/agent/etc/containerd/config.toml`,
  folder: `/var/lib/rancher/${of}/agent/etc/containerd/certs.d`,
  program: `/usr/local/bin/${of}`,
})

const places: readonly ContainerdPlace[] = [
  {
    of: null,
    socket: '/run/containerd/containerd.sock',
    config: '/etc/containerd/config.toml',
    folder: '/etc/containerd/certs.d',
    program: '/usr/bin/containerd',
  },
  rancher('k3s'),
  rancher('rke2'),
]

export const containerdDoor: EngineDoor = {
  engine: 'containerd',

  async find(where, signal) {
    const found = await Promise.all(
      places.map((place) => (where.isRunning ? ask(place, where, signal) : look(place, where))),
    )
    return found.filter((engine) => engine !== null)
  },

  files: hostsFiles,

  probe: async (image, { way }, { root }, signal) => (await new CriClient(root + way).pull(image, signal)) ?? '',
}

/** What a running containerd says of itself; null if there is none, or none that a kubelet could use. */
async function ask(place: ContainerdPlace, { root }: EnginePlaces, signal: AbortSignal): Promise<FoundEngine | null> {
  // k3s and RKE2 share a socket, but not a file.
  if (!existsSync(root + place.socket) || (place.of !== null && !existsSync(root + place.config))) return null
  const cri = new CriClient(root + place.socket)
  try {
    const running = await cri.version(signal)
    if (running?.name !== 'containerd') return null
    const configPath = (await cri.registryConfigPath(signal)) ?? (await configPathIn(place.config, root))
    return engineAt(place, running.version, configPath)
  } catch (error) {
    if (isProblem(error, 'DOOR_ENGINE_SILENT')) return null
    throw error
  }
}

/** The same for a machine image, in which none runs. */
async function look(place: ContainerdPlace, { root }: EnginePlaces): Promise<FoundEngine | null> {
  if (!existsSync(root + place.program)) return null
  const hasConfig = existsSync(root + place.config)
  // k3s and RKE2 write their file when they start.
  return engineAt(place, null, hasConfig || place.of === null ? await configPathIn(place.config, root) : place.folder)
}

function engineAt(place: ContainerdPlace, version: string | null, configPath: string | null): FoundEngine {
  const [named = '', ...others] = (configPath ?? '').split(':')
  // Below the root of an image, any other path could lead out of it.
  const folder = named === resolve('/', named) ? named : ''
  return {
    engine: 'containerd',
    name: ['containerd', version, place.of === null ? null : `of ${place.of}`].filter(Boolean).join(' '),
    folder: folder || place.folder,
    way: place.socket,
    doubt: doubtOf(named, folder, others),
  }
}

/** Where containerd would look; a list is read by 1.x, 2.0, and newer ones with certain other settings, but by no other. */
function doubtOf(named: string, folder: string, others: readonly string[]): string | null {
  if (named === '') return 'its configuration names no folder of registries (config_path)'
  if (folder === '') return 'its config_path is not an absolute path in its shortest form'
  if (others.length === 0) return null
  return 'its config_path is a list of folders, which containerd 2.1 and newer takes for the name of one'
}
