/** Decides the state of a cluster from the latest reports of its nodes. */
import { problem, type ReportedProblem } from '@fairlead/contract/problems'
import { type ClusterState } from '@fairlead/contract/wire'
import type { ClusterRecord, MemberRecord } from '../store/records.ts'
import { silenceMs } from '../nodes/presence.ts'

export interface JudgedMember {
  readonly role: MemberRecord['role']
  readonly phase: MemberRecord['phase']
  readonly problem: ReportedProblem | null
  readonly lost: boolean
  readonly revoked: boolean
  readonly nodeName: string
}

/** The members of a cluster, as far as its state depends on them: a thousand that are well are two numbers. */
export interface JudgedMembers {
  /** Of the current start. */
  readonly count: number
  readonly running: number
  /** Of the current start: failed, lost or revoked. */
  readonly odd: readonly JudgedMember[]
  /** Whether a node that is neither lost nor revoked still holds a part, of whatever start. */
  readonly isHeld: boolean
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

/** Whether its nodes still decide its state. */
export function isGoing(state: ClusterState): boolean {
  return isWanted(state) || state === 'Terminating'
}

export function judgeCluster(cluster: JudgedCluster, members: JudgedMembers): Verdict {
  if (isWanted(cluster.state)) return judgeLive(cluster, members)
  if (cluster.state !== 'Terminating') return { state: cluster.state, problem: cluster.problem }
  return { state: members.isHeld ? 'Terminating' : 'Terminated', problem: null }
}

function judgeLive(cluster: JudgedCluster, { count, running, odd }: JudgedMembers): Verdict {
  const failed = odd.filter((member) => member.phase === 'failed').sort(headFirst)[0]
  if (failed !== undefined && (!cluster.was_running || failed.role === 'head')) {
    return { state: 'StartupErrored', problem: failed.problem }
  }
  const revoked = odd.find((member) => member.revoked)
  if (revoked !== undefined) return { state: 'StartupErrored', problem: problem('NODE_REVOKED').toReport() }
  const lost = odd.filter((member) => member.lost).sort(headFirst)[0]
  if (lost !== undefined) {
    const code = lost.role === 'head' ? 'HEAD_LOST' : 'NODE_LOST'
    const report = problem(code, { node: lost.nodeName, seconds: silenceMs / 1000 }).toReport()
    return { state: cluster.state, problem: report }
  }
  if (failed !== undefined) return { state: 'Running', problem: failed.problem }
  if (cluster.was_running) return { state: 'Running', problem: missedByRay(cluster) }
  const rayListsThemAll = cluster.alive_nodes !== null && cluster.alive_nodes >= cluster.worker_count + 1
  const allRun = count === cluster.worker_count + 1 && running === count
  return { state: allRun && rayListsThemAll ? 'Running' : cluster.state, problem: null }
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
