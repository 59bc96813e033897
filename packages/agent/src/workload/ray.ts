/** Ray's command lines, and parsing of its answers. */
import { bareHost } from '@fairlead/contract/names'
import { type Workload } from '@fairlead/contract/wire'
import type { ContainerFile } from '@fairlead/credential-path/engine/tar-file'

export const rayPort = 6379
const dashboardPort = 8265

/** Always with the node's address: otherwise Ray asks for the route to 8.8.8.8, which a closed network does not have. */
export function rayCommand(workload: Workload, address: string): readonly string[] {
  const here = ['--node-ip-address', bareHost(address), '--disable-usage-stats', '--block']
  // The dashboard's job API runs code as the node's role, so it listens on loopback only.
  return workload.role === 'head'
    ? ['ray', 'start', '--head', '--port', String(rayPort), '--dashboard-host', '127.0.0.1', ...here]
    : ['ray', 'start', '--address', workload.head_address ?? '', ...here]
}

export const headAddress = (address: string) => `${bracketed(address)}:${rayPort}`
export const dashboardAddress = `127.0.0.1:${dashboardPort}`

/**
 * On a busy or cold machine a raylet's agent, the parts of the dashboard, and the server that Ray starts for each client can take longer than Ray's
 * 30 s. Ray then exits, or refuses the client. Only our own limit for a start should count.
 */
const patientNode = { RAY_agent_register_timeout_ms: '120000' }
const patientHead = {
  ...patientNode,
  RAY_DASHBOARD_SUBPROCESS_MODULE_WAIT_READY_TIMEOUT: '120',
  RAY_CLIENT_SERVER_CHECK_CHANNEL_TIMEOUT_S: '120',
}

/** In the container: any user there may read it, since any process of the workload may use Ray. */
const tokenPath = '/run/fairlead/ray-token'

/** Null if Ray asks for no token in this start. */
export function rayTokenFile({ ray_token }: Workload): ContainerFile | null {
  return ray_token === undefined ? null : { path: tokenPath, content: `${ray_token}\n`, mode: 0o444 }
}

/** The token itself is in no environment, since Docker shows those; an empty variable overrides the image's, which Ray would prefer to the file. */
const tokenEnv = { RAY_AUTH_MODE: 'token', RAY_AUTH_TOKEN_PATH: tokenPath, RAY_AUTH_TOKEN: '' }

/** The user's variables override our defaults; the ones that describe the node to programs, or keep strangers out of Ray, override both. */
export function workloadEnv(
  workload: Workload,
  node: { readonly nodeId: string; readonly cloudId: string },
): Record<string, string> {
  return {
    ...(workload.role === 'head' ? patientHead : patientNode),
    ...workload.env_vars,
    ...(workload.ray_token !== undefined && tokenEnv),
    FAIRLEAD_CLUSTER_ID: workload.cluster_id,
    FAIRLEAD_NODE_ID: node.nodeId,
    FAIRLEAD_CLOUD_ID: node.cloudId,
  }
}

export const rayVersionCommand = ['ray', '--version'] as const

/** `ray, version 2.55.1`; null if that is not in the output. */
export function parseRayVersion(stdout: string): string | null {
  return /^ray, version ([A-Za-z0-9.+_-]{1,64})[ \t\r]*$/m.exec(stdout)?.[1] ?? null
}

/**
 * Asks the cluster's own record for its nodes. Reading it directly takes 0.4 s; joining as a driver takes 1.3 s and leaves a job behind. If this Ray
 * version does it differently, `ray.init` is the public way. An alarm ends the program if Ray hangs.
 */
const nodesProgram = `
import os, signal, sys
signal.alarm(25)
os.environ.pop("RAY_ADDRESS", None)
import ray
head, here = sys.argv[1:3]
names = {here}
def listed():
    try:
        from ray._private import services, state
        from ray._raylet import GcsClientOptions
        # Ray puts another address of the machine in the place of a loopback one.
        names.add(services.resolve_ip_for_localhost(here))
        options = GcsClientOptions.create(head, None, allow_cluster_id_nil=True, fetch_cluster_id_if_nil=False)
        state.state._initialize_global_state(options)
    except (ImportError, AttributeError, TypeError):
        ray.init(address=head, log_to_driver=False, logging_level="ERROR")
    return ray.nodes()
alive = [node for node in listed() if node.get("Alive")]
print("fairlead: alive=%d here=%d" % (len(alive), any(node.get("NodeManagerAddress") in names for node in alive)))
`

/** Images use either name for their interpreter. */
export function rayNodesCommands(workload: Workload, address: string): readonly (readonly string[])[] {
  const head = workload.role === 'head' ? headAddress(address) : (workload.head_address ?? '')
  return ['python3', 'python'].map((python) => [python, '-c', nodesProgram, head, bareHost(address)])
}

export interface RayNodes {
  /** How many nodes Ray lists as alive. */
  readonly alive: number
  /** Whether this node is one of them. */
  readonly here: boolean
}

/** Null if the output has another form, such as while Ray is coming up. */
export function parseRayNodes(stdout: string): RayNodes | null {
  const line = /^fairlead: alive=(\d{1,6}) here=([01])[ \t\r]*$/m.exec(stdout)
  return line === null ? null : { alive: Number(line[1]), here: line[2] === '1' }
}

/** A shell's exit statuses for "not found" and "cannot be run", and Docker's. */
export const isCommandMissing = (exitStatus: number | null) => exitStatus === 126 || exitStatus === 127

const bracketed = (address: string) => (address.includes(':') && !address.startsWith('[') ? `[${address}]` : address)
