/** A cluster's state and its nodes' phases, in plain words. Pure. */
import type { ProblemCode } from '@fairlead/contract/problems'
import type { Cluster, ClusterNode, WorkloadPhase } from '@fairlead/contract/wire'

export const phaseWords: Record<WorkloadPhase, string> = {
  assigned: 'waits for its agent',
  pulling: 'pulling',
  starting: 'starting',
  running: 'running',
  failed: 'failed',
  stopping: 'stopping',
  stopped: 'stopped',
  lost: 'lost',
}

/** Whether a node takes no further steps, as far as known. */
export function isOver(phase: WorkloadPhase): boolean {
  return phase === 'failed' || phase === 'stopping' || phase === 'stopped' || phase === 'lost'
}

export function countOf(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`
}

/** What the state means, and what happens next automatically. */
export function leadOf(cluster: Pick<Cluster, 'state' | 'problem' | 'worker_count' | 'generation' | 'nodes'>): string {
  const wanted = countOf(cluster.worker_count + 1, 'node')
  const leads: Record<Cluster['state'], string> = {
    AwaitingStartup: `Waiting for ${countOf(cluster.worker_count + 1, 'free node')}; starts automatically.`,
    StartingUp: `${startingOf(cluster.nodes)}.`,
    Running: cluster.problem === null ? `Ray runs on ${wanted}.` : ailingOf(cluster.problem.code),
    StartupErrored: 'It is not running, and its nodes are free again. Fix the problem, then start it again.',
    Terminating: 'Ray is being stopped, and its containers are removed.',
    Terminated:
      cluster.generation === 0
        ? 'It was created, and never started.'
        : 'It no longer runs, and its nodes are free for others.',
  }
  return leads[cluster.state]
}

function ailingOf(code: ProblemCode): string {
  if (code === 'HEAD_LOST') return 'It was running when its head was last heard; whether Ray works now is unknown.'
  if (code === 'NODE_LOST' || code === 'RAY_NODES_MISSING') return 'Ray runs, but not on all its nodes.'
  return 'Ray is running, but has a problem.'
}

const nodeDoes: readonly (readonly [phase: WorkloadPhase, one: string, many: string])[] = [
  ['assigned', 'waits for its agent', 'wait for their agents'],
  ['pulling', 'pulls the image', 'pull the image'],
  ['starting', 'starts Ray', 'start Ray'],
  ['running', 'runs', 'run'],
  ['failed', 'failed', 'failed'],
  ['lost', 'is lost', 'are lost'],
]

/** `2 of 3 nodes pull the image, 1 runs`. */
function startingOf(nodes: readonly ClusterNode[]): string {
  const told = nodeDoes.flatMap(([phase, one, many]) => {
    const count = nodes.filter((node) => node.phase === phase).length
    return count === 0 ? [] : [{ count, does: count === 1 ? one : many }]
  })
  const [first, ...others] = told
  if (first === undefined) return 'It is placed on its nodes'
  if (others.length === 0) return `${allOf(first.count)} ${first.does}`
  const rest = others.map(({ count, does }) => `${count} ${does}`)
  return [`${first.count} of ${nodes.length} nodes ${first.does}`, ...rest].join(', ')
}

function allOf(count: number): string {
  if (count === 1) return 'Its node'
  return count === 2 ? 'Both nodes' : `All ${count} nodes`
}

/** The head, then nodes that need attention, then by name. */
export function inOrder(nodes: readonly ClusterNode[]): ClusterNode[] {
  return nodes.toSorted(
    (a, b) => rankOf(a) - rankOf(b) || a.node_name.localeCompare(b.node_name, 'en', { numeric: true }),
  )
}

function rankOf({ role, phase }: ClusterNode): number {
  if (role === 'head') return 0
  return phase === 'failed' || phase === 'lost' ? 1 : 2
}

/** The actions for a cluster in its state; the control plane rejects any other. */
export type ClusterAct = 'start' | 'cancel' | 'terminate'

export function actOf(state: Cluster['state']): ClusterAct | null {
  if (state === 'Terminated' || state === 'StartupErrored') return 'start'
  if (state === 'AwaitingStartup' || state === 'StartingUp') return 'cancel'
  return state === 'Running' ? 'terminate' : null
}
