/** The configuration of containerd 2: keep to its own folders, and trust what Docker's `certs.d` on its machine trusts. */

export interface ContainerdPlaces {
  folder: string
  socket: string
  pauseImage: string
}

export function containerdConfig({ folder, socket, pauseImage }: ContainerdPlaces): string {
  const text = (value: string): string => JSON.stringify(value)
  // Root without CAP_SYS_RESOURCE may not lower oom_score_adj, so none is requested; pods on the host's network do not need CNI.
  return `version = 3
root = ${text(`${folder}/root`)}
state = "/run/containerd/state"
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.nri.v1.nri"]

[grpc]
address = ${text(socket)}

[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = ${text(pauseImage)}

[plugins."io.containerd.cri.v1.images".registry]
config_path = "/etc/docker/certs.d"

[plugins."io.containerd.cri.v1.runtime"]
restrict_oom_score_adj = true
`
}
