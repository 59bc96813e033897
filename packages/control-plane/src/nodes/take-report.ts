/** Accepts reports from nodes: what each is, what runs there, what its checks found, what it pulled. */
import type { BuildId, CloudId, ClusterId, NodeId } from '@fairlead/contract/names'
import type { Report, WorkloadReport } from '@fairlead/contract/wire'
import { iso } from '../clock.ts'
import { atOnce } from '../store/at-once.ts'
import type { BuildRecord, ClusterRecord, MemberRecord, NodeRecord } from '../store/records.ts'
import type { Transaction } from '../store/store.ts'
import type { MemberChange } from '../store/tables/members.ts'
import type { HeardReport } from '../store/tables/nodes.ts'
import { takeCheckReport } from '../builds/checks.ts'
import { requireCloud } from '../store/lookup.ts'
import { judgeBuild } from '../builds/plan-verdict.ts'
import { offerImage } from '../builds/prefetch.ts'
import { worseChain } from '../pulls/plan-chain.ts'
import { isWanted } from '../clusters/judge-cluster.ts'
import { takePulls, type OnPull } from '../pulls/take-pulls.ts'
import { completeReport } from './reported-problem.ts'

export interface ReportParts {
  readonly now: number
  /** Called after the commit. */
  readonly onPull: OnPull
  readonly onCheck: (outcome: 'succeeded' | 'failed') => void
}

/** An agent sends one report at a time and repeats it until it is acknowledged, so a few ids suffice to detect a repetition. */
const remembered = 8

export interface SentReport {
  readonly nodeId: NodeId
  readonly report: Report
}

/** What its caller has to decide once the reports that came with it are written, too. */
export interface Consequences {
  /** Its state may have changed. */
  readonly clusterId: ClusterId | null
  /** Its waiting work may proceed. */
  readonly cloudId: CloudId | null
}

/** Reports that are judged together. */
interface Group extends ReportParts {
  /** Builds about which nothing more will be decided: a thousand nodes may tell of the same one. */
  readonly decided: Map<BuildId, BuildRecord>
}

/** Reads for all of them at once what they are judged by. No node may be among them twice. A repeated report changes nothing. */
export async function takeReports(
  transaction: Transaction,
  reports: readonly SentReport[],
  parts: ReportParts,
): Promise<Consequences[]> {
  const ids = reports.map(({ nodeId }) => nodeId)
  const [known, holding] = await atOnce([transaction.nodes.byIds(ids), transaction.members.holdingIn(ids)])
  const nodes = new Map(known.map((node) => [node.id, node]))
  const members = new Map(holding.map((member) => [member.node_id, member]))
  const clusterIds = [...new Set(Iterator.from(members.values()).map((member) => member.cluster_id))]
  const clusters = new Map((await transaction.clusters.byIds(clusterIds)).map((cluster) => [cluster.id, cluster]))
  const group: Group = { ...parts, decided: new Map() }
  const heard: HeardReport[] = []
  const changes: MemberChange[] = []
  const all: Consequences[] = []
  for (const { nodeId, report } of reports) {
    const node = nodes.get(nodeId)
    if (node === undefined || node.revoked_at !== null || node.report_ids.includes(report.report_id)) continue
    const pullChain = await takePulls(transaction, nodeId, report.pulls, parts)
    heard.push({
      id: nodeId,
      facts: report.node,
      last_heard_at: iso(parts.now),
      report_ids: [report.report_id, ...node.report_ids].slice(0, remembered),
      pull_chain: worseChain(node.pull_chain, pullChain),
    })
    const member = members.get(nodeId)
    const cluster = member && clusters.get(member.cluster_id)
    const held = member && cluster ? { member, cluster } : null
    const { change, ...consequences } = await takeReport(transaction, { node, held, report }, group)
    if (change !== null) changes.push(change)
    all.push(consequences)
  }
  await atOnce([transaction.nodes.noteReports(heard), transaction.members.update(changes)])
  return all
}

interface Held {
  readonly member: MemberRecord
  readonly cluster: ClusterRecord
}

interface KnownReport {
  readonly node: NodeRecord
  /** The part that the node has in a cluster. */
  readonly held: Held | null
  readonly report: Report
}

async function takeReport(
  transaction: Transaction,
  { node, held, report }: KnownReport,
  group: Group,
): Promise<Consequences & Pick<TakenWorkload, 'change'>> {
  let mayGoOn = becameUseful(node, report)
  if (mayGoOn || isNews(node, report, 'waiting_pods') || isNews(node, report, 'prefetched')) {
    transaction.announce('node', node.id)
  }
  for (const check of report.checks) {
    if (!(await takeCheckReport(transaction, node.id, check, group.now))) continue
    mayGoOn = true
    const { status } = check
    if (status !== 'in_progress') transaction.afterCommit(() => group.onCheck(status))
  }
  const { clusterId, released, change } =
    held === null ? unaffected : await takeWorkload(transaction, held, report.workload, group)
  return { clusterId, cloudId: mayGoOn || released ? node.cloud_id : null, change }
}

/** Its first report, or one with an engine that it did not have before. */
function becameUseful(node: NodeRecord, report: Report): boolean {
  if (node.facts === null) return true
  return node.facts.engine_version === null && report.node.engine_version !== null
}

function isNews(node: NodeRecord, report: Report, fact: 'waiting_pods' | 'prefetched'): boolean {
  return JSON.stringify(node.facts?.[fact]) !== JSON.stringify(report.node[fact])
}

interface TakenWorkload {
  readonly clusterId: ClusterId | null
  readonly released: boolean
  /** To be written with those of the other reports. */
  readonly change: MemberChange | null
}

const unaffected: TakenWorkload = { clusterId: null, released: false, change: null }

async function takeWorkload(
  transaction: Transaction,
  { member, cluster }: Held,
  workload: WorkloadReport | null,
  group: Group,
): Promise<TakenWorkload> {
  const isThis = workload?.cluster_id === member.cluster_id && workload.generation === member.generation
  const wanted = isWanted(cluster.state) && member.generation === cluster.generation

  if (!isThis) {
    // Nothing of it runs there: either not yet, or no longer.
    if (wanted) return unaffected
    return { clusterId: cluster.id, released: true, change: release(transaction, member, group.now) }
  }
  const told = await asOrdered(transaction, cluster, workload)
  const { news, change } = await notePart(transaction, cluster, member, told, { wanted, now: group.now })
  if (news !== 'none') {
    transaction.announce('cluster', cluster.id)
    if (wanted) await decideBuild(transaction, cluster, told, member.node_id, group)
  }
  return { clusterId: news === 'state' ? cluster.id : null, released: false, change }
}

async function asOrdered(
  transaction: Transaction,
  cluster: ClusterRecord,
  workload: WorkloadReport,
): Promise<WorkloadReport> {
  if (workload.problem === null) return workload
  const build = await transaction.builds.byId(cluster.build_id)
  if (build === null) throw new TypeError('a cluster has a build')
  const cloud = await requireCloud(transaction, cluster.cloud_id)
  return { ...workload, problem: completeReport(workload.problem, { build, cloud }) }
}

function release(transaction: Transaction, member: MemberRecord, now: number): MemberChange {
  transaction.announce('cluster', member.cluster_id)
  transaction.announce('node', member.node_id)
  const phase = member.phase === 'failed' ? 'failed' : 'stopped'
  return { member, change: { released_at: iso(now), phase } }
}

/** `state`: what the state of the cluster depends on; `progress`: what only its readers want to know. */
type News = 'state' | 'progress' | 'none'

/** What the node reports about its part. Another line of output is no news. */
async function notePart(
  transaction: Transaction,
  cluster: ClusterRecord,
  member: MemberRecord,
  workload: WorkloadReport,
  { wanted, now }: { wanted: boolean; now: number },
): Promise<{ news: News; change: MemberChange | null }> {
  // The cause of the failure stays readable while the node cleans up.
  if (!wanted && member.phase === 'failed') return { news: 'none', change: null }
  const told = {
    phase: workload.phase,
    // An agent that is cleaning up, or was restarted, no longer has these.
    steps: workload.steps.length === 0 ? member.steps : workload.steps,
    problem: workload.problem,
    warnings: workload.warnings,
  }
  const { phase, steps, problem, warnings } = member
  const before = { phase, steps, problem, warnings }
  const lines = workload.last_lines ?? member.last_lines
  const hasPrinted = JSON.stringify(lines) !== JSON.stringify(member.last_lines)
  const beginsToShare = hasPrinted && member.last_lines === null
  const news = beginsToShare || JSON.stringify(told) !== JSON.stringify(before)
  const output = hasPrinted && { last_lines: lines, last_lines_at: iso(now) }
  const change = news || hasPrinted ? { member, change: { ...told, ...output } } : null
  const headNews = wanted && member.role === 'head' && (await noteHead(transaction, cluster, workload))
  const isOfState = headNews || phase !== told.phase || JSON.stringify(problem) !== JSON.stringify(told.problem)
  if (isOfState) return { news: 'state', change }
  return { news: news ? 'progress' : 'none', change }
}

/** The head resolves the digest, and reports its address and how many nodes Ray lists. */
async function noteHead(transaction: Transaction, cluster: ClusterRecord, workload: WorkloadReport): Promise<boolean> {
  const told = {
    digest: cluster.digest ?? workload.digest,
    head_address: workload.head_address,
    dashboard_url: workload.dashboard_address === null ? null : `http://${workload.dashboard_address}`,
    alive_nodes: workload.alive_nodes,
  }
  const ordersChange = told.digest !== cluster.digest || told.head_address !== cluster.head_address
  const news = ordersChange || told.dashboard_url !== cluster.dashboard_url || told.alive_nodes !== cluster.alive_nodes
  if (news) await transaction.clusters.update(cluster.id, told)
  if (ordersChange) {
    for (const member of await transaction.members.ofCluster(cluster.id)) {
      if (member.generation === cluster.generation) transaction.wake(member.node_id)
    }
  }
  return news
}

/** A cluster may start from an unchecked build: its own nodes then decide the build. */
async function decideBuild(
  transaction: Transaction,
  cluster: ClusterRecord,
  workload: WorkloadReport,
  nodeId: NodeId,
  { now, decided }: Group,
): Promise<void> {
  const verdict = judgeBuild(workload)
  const rayVersion = workload.ray_version
  if (verdict === null && rayVersion === null) return
  const build = decided.get(cluster.build_id) ?? (await transaction.builds.byId(cluster.build_id))
  if (build === null) return
  if (rayVersion !== null && build.byod_ray_version !== rayVersion && build.status !== 'failed') {
    await transaction.builds.update(build.id, { byod_ray_version: rayVersion, last_modified_at: iso(now) })
    transaction.announce('build', build.id)
    build.byod_ray_version = rayVersion
  }
  if (build.status !== 'pending' && build.status !== 'in_progress') {
    decided.set(build.id, build)
    return
  }
  if (verdict === null) return
  await transaction.builds.update(build.id, {
    status: verdict,
    digest: workload.digest,
    problem: verdict === 'failed' ? workload.problem : null,
    steps: workload.steps,
    checked_by: nodeId,
    last_modified_at: iso(now),
    lease_node_id: null,
    lease_expires_at: null,
  })
  if (verdict === 'succeeded') await offerImage(transaction, build)
  if (build.lease_node_id !== null) transaction.wake(build.lease_node_id)
  transaction.announce('build', build.id)
}
