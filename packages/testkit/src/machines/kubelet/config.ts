/** The kubelet's configuration: hands off anything that belongs to the whole host. */

export interface KubeletPlaces {
  socket: string
  podLogsDir: string
  volumePluginDir: string
}

export const readOnlyPort = 10255

/** What every kubelet of a test has. */
export function kubeletConfig({ socket, podLogsDir, volumePluginDir }: KubeletPlaces): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    podLogsDir,
    volumePluginDir,
    containerRuntimeEndpoint: `unix://${socket}`,
    failCgroupV1: false,
    cgroupDriver: 'cgroupfs',
    // So pods are where containerd has them, in /k8s.io.
    cgroupsPerQOS: false,
    enforceNodeAllocatable: [],
    failSwapOn: false,
    makeIPTablesUtilChains: false,
    localStorageCapacityIsolation: false,
    // Stop rather than change the host's kernel settings.
    protectKernelDefaults: true,
    // A full disk on the host is no reason to evict a test's pod.
    evictionHard: { 'memory.available': '1Mi', 'nodefs.available': '1Mi', 'imagefs.available': '1Mi' },
    imageGCHighThresholdPercent: 100,
    serializeImagePulls: false,
  }
}

/** What one without an API server has in addition: pods from a folder, and their state for whoever asks. */
export const aloneConfig = (podsDir: string): object => ({
  staticPodPath: podsDir,
  readOnlyPort,
  address: '0.0.0.0',
  authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
  authorization: { mode: 'AlwaysAllow' },
  fileCheckFrequency: '1s',
  syncFrequency: '1s',
})

/** What a kubelet requires. These settings belong to the host, so the kubelet sees files that say so instead. */
export const kernelSettings: Readonly<Record<string, string>> = {
  '/proc/sys/vm/overcommit_memory': '1',
  '/proc/sys/vm/panic_on_oom': '0',
  '/proc/sys/kernel/panic': '10',
  '/proc/sys/kernel/panic_on_oops': '1',
  '/proc/sys/kernel/keys/root_maxkeys': '1000000',
  '/proc/sys/kernel/keys/root_maxbytes': '25000000',
}
