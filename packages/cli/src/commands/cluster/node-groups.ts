/** A cluster's nodes as groups of steps, head first; if there are none, the reason. */
import type { Cluster, ClusterNode, WorkloadPhase } from '@fairlead/contract/wire'
import type { StepGroup } from '../../steps/step-board.ts'

const phaseText: Record<WorkloadPhase, string> = {
  assigned: 'waiting for its agent to accept the order',
  pulling: 'pulling the image',
  starting: 'starting',
  running: 'running',
  failed: 'failed',
  stopping: 'stopping',
  stopped: 'stopped',
  lost: 'lost: its agent is silent',
}

export function nodeGroups(cluster: Cluster): StepGroup[] {
  if (cluster.state === 'AwaitingStartup') {
    const why = cluster.problem?.detail ?? 'waiting for free nodes'
    return [
      { title: `AwaitingStartup (${why})`, steps: [], waiting: cluster.problem?.fix ?? 'it starts automatically' },
    ]
  }
  if (cluster.nodes.length === 0) return [{ title: null, steps: [], waiting: cluster.state }]
  return headFirst(cluster.nodes).map((node) => ({
    title: `${node.role} ${node.node_name}`,
    steps: node.steps,
    waiting: phaseText[node.phase],
  }))
}

export function headFirst(nodes: readonly ClusterNode[]): ClusterNode[] {
  return nodes.toSorted(
    (a, b) => Number(b.role === 'head') - Number(a.role === 'head') || (a.node_name < b.node_name ? -1 : 1),
  )
}
