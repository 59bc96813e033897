/** Decides the state of a cluster from the latest reports of its nodes. */
import { problem, type ReportedProblem } from '@fairlead/contract/problems'
import { type ClusterState } from '@fairlead/contract/wire'
import type { ClusterRecord, MemberRecord } from '../store/records.ts'
import { silenceMs } from '../nodes/presence.ts'

export interface JudgedMember {
  readonly role: MemberRecord['role']
  readonly phase: MemberRecord['phase']
  readonly problem: ReportedProblem | null
  readonly released: boolean
  readonly lost: boolean
  readonly revoked: boolean
  readonly nodeName: string
}

export type JudgedCluster = Pick<ClusterRecord, 'state' | 'problem' | 'was_running' | 'worker_count' | 'alive_nodes'>

export interface Verdict {
  readonly state: ClusterState
  readonly problem: ReportedProblem | null
}

/** Whether the nodes of the current start should have its workload. */
export function isWanted(state: ClusterState): boolean {
  return state === 'StartingUp' || state === 'Running'
}

export function judgeCluster(cluster: JudgedCluster, members: readonly JudgedMember[]): Verdict {
  if (isWanted(cluster.state)) return judgeLive(cluster, members)
  if (cluster.state !== 'Terminating') return { state: cluster.state, problem: cluster.problem }
  const ended = members.every((member) => member.released || member.lost || member.revoked)
  return { state: ended ? 'Terminated' : 'Terminating', problem: null }
}

function judgeLive(cluster: JudgedCluster, members: readonly JudgedMember[]): Verdict {
  const failed = members.filter((member) => member.phase === 'failed').sort(headFirst)[0]
  if (failed !== undefined && (!cluster.was_running || failed.role === 'head')) {
    return { state: 'StartupErrored', problem: failed.problem }
  }
  const revoked = members.find((member) => member.revoked)
  if (revoked !== undefined) return { state: 'StartupErrored', problem: problem('NODE_REVOKED').toReport() }
  const lost = members.filter((member) => member.lost).sort(headFirst)[0]
  if (lost !== undefined) {
    const code = lost.role === 'head' ? 'HEAD_LOST' : 'NODE_LOST'
    const report = problem(code, { node: lost.nodeName, seconds: silenceMs / 1000 }).toReport()
    return { state: cluster.state, problem: report }
  }
  if (failed !== undefined) return { state: 'Running', problem: failed.problem }
  if (cluster.was_running) return { state: 'Running', problem: missedByRay(cluster) }
  const everyNodeRuns = members.every((member) => member.phase === 'running')
  const rayListsThemAll = cluster.alive_nodes !== null && cluster.alive_nodes >= cluster.worker_count + 1
  const complete = members.length === cluster.worker_count + 1
  return { state: complete && everyNodeRuns && rayListsThemAll ? 'Running' : cluster.state, problem: null }
}

/** Ray often notices a dead machine before the machine has been silent long enough. */
function missedByRay({ alive_nodes: alive, worker_count }: JudgedCluster): ReportedProblem | null {
  const needed = worker_count + 1
  if (alive === null || alive >= needed) return null
  return problem('RAY_NODES_MISSING', { count: alive, needed }).toReport()
}

function headFirst(a: JudgedMember, b: JudgedMember): number {
  return Number(b.role === 'head') - Number(a.role === 'head')
}
