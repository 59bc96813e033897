/** The configuration of a containerd: keep to its own folders, and trust what Docker's `certs.d` on its machine trusts. */

/** Versions of the file: containerd 1 reads 2, containerd 2 reads 3. */
export type ConfigVersion = 2 | 3

export interface ContainerdPlaces {
  folder: string
  socket: string
  pauseImage: string
  /** Where it looks for registries; null: its own default. */
  configPath: string | null
  /** Null: its own default. */
  maxConcurrentUnpacks: number | null
  version: ConfigVersion
  /** How pods get their networks; null: all of them are on the host's. containerd 2 only. */
  cni: { binDir: string; configDir: string } | null
}

export function containerdConfig(places: ContainerdPlaces): string {
  const { folder, socket, pauseImage, configPath, maxConcurrentUnpacks, version, cni } = places
  const text = (value: string): string => JSON.stringify(value)
  // Root without CAP_SYS_RESOURCE may not lower oom_score_adj, so none is requested.
  const { disabled, images, runtime, pause } = names[version]
  return `version = ${version}
root = ${text(`${folder}/root`)}
state = "/run/containerd/state"
disabled_plugins = ${JSON.stringify(disabled)}

[grpc]
address = ${text(socket)}

[plugins.${text(runtime)}]
restrict_oom_score_adj = true
${pause(pauseImage)}
${cni === null ? '' : `[plugins.${text(runtime)}.cni]\nbin_dirs = [${text(cni.binDir)}]\nconf_dir = ${text(cni.configDir)}\n`}
${configPath === null ? '' : `[plugins.${text(images)}.registry]\nconfig_path = ${text(configPath)}\n`}
${maxConcurrentUnpacks === null ? '' : `[plugins."io.containerd.transfer.v1.local"]\nmax_concurrent_unpacks = ${maxConcurrentUnpacks}\n`}`
}

const names = {
  2: {
    disabled: ['io.containerd.internal.v1.opt'],
    images: 'io.containerd.grpc.v1.cri',
    runtime: 'io.containerd.grpc.v1.cri',
    pause: (image: string) => `sandbox_image = ${JSON.stringify(image)}\n`,
  },
  3: {
    disabled: ['io.containerd.internal.v1.opt', 'io.containerd.nri.v1.nri'],
    images: 'io.containerd.cri.v1.images',
    runtime: 'io.containerd.cri.v1.runtime',
    pause: (image: string) =>
      `\n[plugins."io.containerd.cri.v1.images".pinned_images]\nsandbox = ${JSON.stringify(image)}\n`,
  },
} as const
