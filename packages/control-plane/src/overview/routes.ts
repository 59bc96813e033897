/** /overview: all that a screen shows of the whole fleet, in one answer; each number is the length of a list that other routes show. */
import type { NodeId } from '@fairlead/contract/names'
import { version } from '@fairlead/contract/release'
import {
  expiresSoon,
  mostCounted,
  Overview,
  single,
  type BuildStatus,
  type ControlPlane,
  type NamedCount,
  type NamedResource,
} from '@fairlead/contract/wire'
import { iso, type Clock } from '../clock.ts'
import { allWhere } from '../http/paging.ts'
import { get, type Route } from '../http/route.ts'
import type { Presence } from '../nodes/presence.ts'
import { waitedOnNodes } from '../nodes/waited-on.ts'
import type { ApiTokenRecord } from '../store/records.ts'
import type { Slice } from '../store/query.ts'
import type { Reader } from '../store/store.ts'
import type { CertificateState } from '../tls/certificate-watch.ts'
import { doneSteps } from './first-steps.ts'

/** Null without TLS. */
export type CertificateNow = () => CertificateState | null

export interface OverviewRouteParts {
  readonly clock: Clock
  readonly presence: Presence
  readonly certificate: CertificateNow
}

const hourMs = 3_600_000
const hoursShown = 24
const named = 3
/** Whether one of its kind succeeded before is looked up among the newest. */
const newestClusters = 100
const newestEnvironments = 20

export function overviewRoutes(parts: OverviewRouteParts): Route[] {
  return [
    get(
      {
        path: '/api/v1/overview',
        access: 'viewer',
        summary: 'What needs attention, how much there is, and what was pulled in the last 24 hours',
        status: 200,
        answer: single(Overview),
      },
      async ({ caller }, reader) => ({ result: await readOverview(reader, caller.role === 'admin', parts) }),
    ),
  ]
}

async function readOverview(reader: Reader, isAdmin: boolean, parts: OverviewRouteParts): Promise<Overview> {
  const { clusters, environments, pulls } = reader
  const inUse = { includeArchived: false }
  const now = parts.clock()
  const activeSince = iso(startOfHour(now) - (hoursShown - 1) * hourMs)
  const refused = { decision: 'refused', since: iso(now - hoursShown * hourMs) } as const
  const [nodes, running, used, ailing, failed, low, broken, refusedPulls, expiring, builds, hours] = await Promise.all([
    readNodes(reader, parts.presence),
    clusters.count({ state: 'Running' }, mostCounted),
    environments.count(inUse, mostCounted),
    countOf(clusters, { hasProblem: true }),
    countOf(environments, { ...inUse, buildStatus: 'failed' }),
    countOf(environments, { ...inUse, advice: 'RATE_LIMIT_LOW' }),
    countOf(reader.nodes, { live: true, brokenChain: true }),
    pulls.count(refused, mostCounted),
    isAdmin ? expiringAdminTokens(reader, now) : [],
    builtLast(reader),
    pulls.activity({ since: activeSince }),
  ])
  return {
    control_plane: presentControlPlane(parts.certificate()),
    running_clusters: running,
    online_nodes: nodes.online,
    cluster_environments: used,
    attention: {
      ailing_clusters: ailing,
      lost_nodes: nodes.lost,
      waited_on_nodes: nodes.waitedOn,
      failed_environments: failed,
      low_budgets: low,
      broken_chains: broken,
      refused_pulls: refusedPulls,
      expiring_admin_tokens: namedCount(expiring),
    },
    done_steps: doneSteps({
      clouds: (await reader.clouds.list({}, { before: null, limit: 1 })).length,
      onlineNodes: nodes.online,
      builds,
      runningClusters: running,
      // If one runs, no other has to be known.
      clusters: running > 0 ? [] : await clusters.list({}, { before: null, limit: newestClusters }),
    }),
    activity: { since: activeSince, hours },
  }
}

const startOfHour = (now: number): number => now - (now % hourMs)

function namedCount(found: readonly NamedResource[], total = found.length): NamedCount {
  return { total, newest: found.slice(0, named).map(({ id, name }) => ({ id, name })) }
}

interface CountedTable<Filter> {
  list(filter: Filter, slice: Slice): Promise<NamedResource[]>
  count(filter: Filter, limit: number): Promise<number>
}

async function countOf<Filter>(table: CountedTable<Filter>, filter: Filter): Promise<NamedCount> {
  const newest = await table.list(filter, { before: null, limit: named })
  return namedCount(newest, newest.length < named ? newest.length : await table.count(filter, mostCounted))
}

/** Which nodes are lost is known only here: the database knows only which nodes exist. */
async function readNodes(reader: Reader, presence: Presence) {
  const live = await reader.nodes.count({ live: true }, mostCounted)
  const lost = await lostNodes(reader, presence)
  const waitedOn = await waitedOnNodes(reader, presence)
  const newest = await reader.nodes.byIds([...lost.slice(0, named), ...waitedOn.slice(0, named)])
  const shown = (ids: readonly NodeId[]): NamedCount => {
    const found = ids.slice(0, named).flatMap((id) => newest.find((node) => node.id === id) ?? [])
    return namedCount(found, ids.length)
  }
  return { online: live - lost.length, lost: shown(lost), waitedOn: shown(waitedOn) }
}

async function lostNodes(reader: Reader, presence: Presence): Promise<NodeId[]> {
  // Usually none is, and ten thousand ids need not be read.
  if (presence.lost().size === 0) return []
  const live = await reader.nodes.ids({ live: true }, { before: null, limit: mostCounted })
  return live.filter(presence.lostNow())
}

async function expiringAdminTokens(reader: Reader, now: number): Promise<readonly NamedResource[]> {
  const list = (slice: Slice) => reader.apiTokens.list({ kind: 'token' }, slice)
  const expires = (token: ApiTokenRecord) => token.role === 'admin' && expiresSoon(token, now)
  return allWhere(list, expires, { before: null, limit: mostCounted })
}

/** If one succeeded, no other has to be known. */
async function builtLast({ environments, builds }: Reader) {
  const list = (limit: number, buildStatus?: BuildStatus) =>
    environments.list({ includeArchived: false, buildStatus }, { before: null, limit })
  const succeeded = await list(1, 'succeeded')
  const newest = succeeded.length > 0 ? succeeded : await list(newestEnvironments)
  return builds.latestOf(newest.map(({ id }) => id))
}

function presentControlPlane(state: CertificateState | null): ControlPlane {
  const certificate = state === null ? null : { expires_at: iso(state.expiresAt), faults: [...state.faults] }
  return { version, certificate }
}
