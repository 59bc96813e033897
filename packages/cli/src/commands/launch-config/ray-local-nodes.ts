/**
 * What the autoscaler of Ray's head (the second one, the default since 2.50) needs to know about machines you own, so that it starts
 * all workers and restarts one that died. The older autoscaler treats a dead node as one that was just heard from.
 */

/** Before 2.54, a file with node types is rejected for such machines. */
export function keepsLocalNodeTypes(rayVersion: string): boolean {
  const [major = 0, minor = 0] = rayVersion.split('.').map((part) => Number.parseInt(part, 10))
  return major > 2 || (major === 2 && minor >= 54)
}

/** This name tells Ray that the types are intended: it reads the file without adding its defaults, so the file contains them. */
const headType = 'local.cluster.node'

const machine = { node_config: {}, resources: {} }

/** The head's autoscaler counts only nodes in the head's own list, and `ray up` does not add the head to it. */
const listHead = [
  'import os, yaml',
  'from ray.autoscaler._private.local.node_provider import LocalNodeProvider, record_local_head_state_if_needed',
  'told = yaml.safe_load(open(os.path.expanduser("~/ray_bootstrap_config.yaml")))',
  'record_local_head_state_if_needed(LocalNodeProvider(told["provider"], told["cluster_name"]))',
].join('; ')

export const localNodes = {
  nodes: {
    max_workers: 1000,
    available_node_types: {
      [headType]: { ...machine, min_workers: 0, max_workers: 0 },
      worker: { ...machine, min_workers: 1, max_workers: 1000 },
    },
    head_node_type: headType,
    upscaling_speed: 1,
    idle_timeout_minutes: 5,
    file_mounts: {},
    cluster_synced_files: [],
    file_mounts_sync_continuously: false,
    rsync_exclude: [],
    rsync_filter: [],
  },
  beforeHead: [`python3 -c '${listHead}'`],
  /**
   * Ray drops the machine that died from its list and requests it again at once, while it expects a new machine under a new name: so it
   * gets none, or one that it still takes for the old one. It checks both again, by default after ten minutes and five; the old one first.
   */
  headEnv: {
    RAY_AUTOSCALER_RECONCILE_TERMINATING_STATUS_TIMEOUT_S: '7',
    RAY_AUTOSCALER_RECONCILE_REQUEST_STATUS_TIMEOUT_S: '25',
  },
  comments: {
    max_workers: 'Ray needs everything between here and the commands to bring back a worker that died.',
    'available_node_types/worker/min_workers': 'The number of worker_ips.',
  },
} as const
