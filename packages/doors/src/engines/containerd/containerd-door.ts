/** containerd's door: under CRI, as a kubelet uses it, it reads `hosts.toml` below its `config_path` at each pull. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { isProblem } from '@fairlead/contract/problems'
import { CriClient } from '../cri/cri-client.ts'
import { askEngine } from '../ask-engine.ts'
import type { EngineDoor, EnginePlaces, FoundEngine } from '../engine-door.ts'
import { hostsFiles } from '../hosts-toml.ts'
import { readContainerdConfig } from './containerd-config.ts'

interface ContainerdPlace {
  /** Whose containerd it is; null: it runs by itself, as on GKE and EKS. */
  readonly of: string | null
  readonly socket: string
  readonly config: string
  /** If nothing says where it looks for registries. */
  readonly folder: string
  readonly programs: readonly string[]
}

const rancher = (of: 'k3s' | 'rke2', programs: readonly string[]): ContainerdPlace => ({
  of,
  socket: '/run/k3s/containerd/containerd.sock',
  config: `/var/lib/rancher/${of}/agent/etc/containerd/config.toml`,
  folder: `/var/lib/rancher/${of}/agent/etc/containerd/certs.d`,
  programs,
})

/** The one that a machine has for itself, and that Docker's packages install. */
export const ownContainerd = {
  of: null,
  socket: '/run/containerd/containerd.sock',
  config: '/etc/containerd/config.toml',
  folder: '/etc/containerd/certs.d',
  programs: ['/usr/bin/containerd', '/usr/local/bin/containerd'],
} as const satisfies ContainerdPlace

const places: readonly ContainerdPlace[] = [
  ownContainerd,
  // Where their installers put them; the last is for a read-only /usr/local.
  rancher('k3s', ['/usr/local/bin/k3s', '/opt/bin/k3s']),
  rancher('rke2', ['/usr/local/bin/rke2', '/usr/bin/rke2', '/opt/rke2/bin/rke2']),
]

export const containerdDoor: EngineDoor = {
  engine: 'containerd',

  async find(where, signal) {
    const found = await Promise.all(
      places.map((place) =>
        where.isRunning ? askEngine(place.socket, signal, (inTime) => ask(place, where, inTime)) : look(place, where),
      ),
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
    const configPath =
      (await cri.registryConfigPath(signal)) ?? (await readContainerdConfig(place.config, root)).configPath
    return engineAt(place, running.version, configPath)
  } catch (error) {
    if (isProblem(error, 'DOOR_ENGINE_SILENT')) return null
    throw error
  }
}

/** The same for a machine image, in which none runs. */
async function look(place: ContainerdPlace, { root }: EnginePlaces): Promise<FoundEngine | null> {
  if (!place.programs.some((program) => existsSync(root + program))) return null
  // k3s and RKE2 write their file when they start.
  if (place.of !== null && !existsSync(root + place.config)) return engineAt(place, null, place.folder)
  const { configPath, hasCri } = await readContainerdConfig(place.config, root)
  return hasCri ? engineAt(place, null, configPath) : null
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
