/** A node that reports any work as done at once: builds are checked, clusters run, workloads to stop have stopped. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { BuildCheckReport, DesiredState, WorkloadReport } from '@fairlead/contract/wire'
import type { Caller } from './test-control-plane.ts'
import { testNode, workloadReport } from './test-node.ts'

const digest = `sha256:${'a'.repeat(64)}`

/** Works until the signal; each poll lasts a tenth of a second. */
export async function workAsWillingNode(
  origin: string,
  admin: Caller,
  cloud: { id: string; provider: string },
  signal: AbortSignal,
): Promise<void> {
  const node = await testNode(origin, admin, cloud, { name: 'node-1' })
  while (!signal.aborted) {
    const { state } = await node.desiredState()
    await node.report({ checks: state.checks.map(checked), workload: running(state) })
    await sleep(100, undefined, { signal }).catch(() => undefined)
  }
}

function checked({ build_id, attempt }: DesiredState['checks'][number]): BuildCheckReport {
  return {
    build_id,
    attempt,
    status: 'succeeded',
    steps: [],
    problem: null,
    digest,
    platform: 'linux/amd64',
    size_bytes: 1_000_000,
    advice: [],
  }
}

function running({ workload }: DesiredState): WorkloadReport | null {
  if (workload === null) return null
  const { cluster_id, generation, ray_version, node_count } = workload
  const head = { head_address: '10.0.0.1:6379', dashboard_address: '10.0.0.1:8265', alive_nodes: node_count }
  return workloadReport({ cluster_id, generation, phase: 'running', digest, ray_version, ...head })
}
