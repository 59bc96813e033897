/** Effects of build checks: leases granted, reports accepted from the holder only, checks requested again. */
import { type NodeId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { type BuildCheckReport } from '@fairlead/contract/wire'
import { iso } from '../clock.ts'
import type { BuildRecord } from '../store/records.ts'
import type { Transaction } from '../store/store.ts'
import { requireCloud } from '../store/lookup.ts'
import { leaseOf } from '../nodes/desired-state.ts'
import { lostGrant, requireGranted } from '../clouds/grant-check.ts'
import { leaseMs, planLeases, type CheckingNode } from './plan-checks.ts'
import { completeReport } from '../nodes/reported-problem.ts'
import { offerImage } from './prefetch.ts'

/** `online`: the cloud's reachable nodes. */
export async function leaseChecks(
  transaction: Transaction,
  undecided: readonly BuildRecord[],
  online: readonly CheckingNode[],
  now: number,
): Promise<void> {
  const byId = new Map(undecided.map((build) => [build.id, build]))
  for (const { buildId, nodeId } of planLeases(undecided.map(leaseOf), online, now)) {
    const build = byId.get(buildId)
    if (build === undefined) continue
    const refusal = await lostGrant(transaction, build)
    if (refusal !== null) {
      await transaction.builds.update(buildId, {
        status: 'failed',
        problem: refusal,
        last_modified_at: iso(now),
        lease_node_id: null,
        lease_expires_at: null,
      })
      if (build.lease_node_id !== null) transaction.wake(build.lease_node_id)
      transaction.announce('build', buildId)
      continue
    }
    await transaction.builds.update(buildId, {
      status: 'pending',
      attempt: build.attempt + 1,
      lease_node_id: nodeId,
      lease_expires_at: iso(now + leaseMs),
      steps: [],
    })
    transaction.wake(nodeId)
    if (build.lease_node_id !== null) transaction.wake(build.lease_node_id)
    transaction.announce('build', buildId)
  }
}

/** True if this decided the build. */
export async function takeCheckReport(
  transaction: Transaction,
  nodeId: NodeId,
  report: BuildCheckReport,
  now: number,
): Promise<boolean> {
  const build = await transaction.builds.byId(report.build_id)
  // The lease may have expired: until another node takes the check, the result is just as good.
  if (build === null || build.lease_node_id !== nodeId || build.attempt !== report.attempt) return false
  const decided = report.status !== 'in_progress'
  const told = report.problem
  await transaction.builds.update(build.id, {
    status: report.status,
    steps: report.steps,
    problem: told && completeReport(told, { build, cloud: await requireCloud(transaction, build.cloud_id) }),
    digest: report.digest,
    platform: report.platform,
    size_bytes: report.size_bytes,
    advice: report.advice,
    checked_by: nodeId,
    last_modified_at: iso(now),
    lease_node_id: decided ? null : nodeId,
    lease_expires_at: decided ? null : iso(now + leaseMs),
  })
  if (report.status === 'succeeded') await offerImage(transaction, build)
  if (decided) transaction.wake(nodeId)
  transaction.announce('build', build.id)
  return decided
}

export async function checkAgain(transaction: Transaction, build: BuildRecord, now: number): Promise<void> {
  const environment = await transaction.environments.byId(build.cluster_environment_id)
  if (environment?.archived_at != null) throw problem('CLUSTER_ENV_ARCHIVED', { name: environment.name })
  const cloud = await requireCloud(transaction, build.cloud_id)
  await requireGranted(transaction, cloud, { reference: build.registry_login_secret, image: build.docker_image_name })
  if (build.lease_node_id !== null) transaction.wake(build.lease_node_id)
  await transaction.builds.update(build.id, {
    status: 'pending',
    digest: null,
    platform: null,
    size_bytes: null,
    advice: [],
    checked_by: null,
    steps: [],
    problem: null,
    lease_node_id: null,
    lease_expires_at: null,
    last_modified_at: iso(now),
  })
  transaction.announce('build', build.id)
}
