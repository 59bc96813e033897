/** /pulls: the records of pulls, as the nodes wrote them. */
import { BuildId, ClusterId, idsFrom, NodeId, PullId, Timestamp } from '@fairlead/contract/names'
import { printable, problem, ProblemCode, type Problem } from '@fairlead/contract/problems'
import { OwnerKey, page, PageQuery, PullDecision, PullPurpose, PullRecord, single } from '@fairlead/contract/wire'
import { z } from 'zod'
import { tableFields } from '../http/list-query.ts'
import { pageOf } from '../http/paging.ts'
import type { StoredPull } from '../store/records.ts'
import type { Reader } from '../store/store.ts'
import type { PullFilter } from '../store/tables/pulls.ts'
import { get, type Route } from '../http/route.ts'

const PullQuery = PageQuery.extend({
  cluster_id: ClusterId.optional(),
  build_id: BuildId.optional(),
  node_id: NodeId.optional(),
  purpose: PullPurpose.optional(),
  code: ProblemCode.optional(),
  registry: PullRecord.shape.registry.min(1).optional(),
  /** `NAMESPACE/KIND/NAME` of what owns the pods, such as `team/RayCluster/train`. */
  pod_owner: OwnerKey.optional(),
  decision: PullDecision.optional(),
  /** By arrival. */
  since: Timestamp.optional(),
  until: Timestamp.optional(),
  sort: z.enum(['bytes', 'duration_ms']).optional(),
  ...tableFields,
})

const pullFilter = (query: z.output<typeof PullQuery>): PullFilter => ({
  clusterId: query.cluster_id,
  buildId: query.build_id,
  nodeId: query.node_id,
  purpose: query.purpose,
  code: query.code,
  registry: query.registry,
  podOwner: query.pod_owner,
  decision: query.decision,
  since: query.since,
  until: query.until,
})

export function pullRoutes(): Route[] {
  return [
    get(
      {
        path: '/api/v1/pulls',
        access: 'viewer',
        summary: 'List pull records, newest first',
        query: PullQuery,
        status: 200,
        answer: page(PullRecord),
      },
      ({ query }, reader) =>
        pageOf(query, {
          list: (slice) => reader.pulls.list(pullFilter(query), slice),
          count: (limit) => reader.pulls.count(pullFilter(query), limit),
          keyOf: (pull) => pull.key,
          show: (pulls) => pulls.map(presentPull),
        }),
    ),
    get(
      {
        path: '/api/v1/pulls/{pull_id}',
        access: 'viewer',
        summary: 'Get a pull record',
        status: 200,
        answer: single(PullRecord),
        problems: ['PULL_NOT_FOUND', 'PULL_REMOVED'],
      },
      async ({ params }, reader) => {
        const id = PullId.safeParse(params.pull_id)
        if (!id.success) throw problem('PULL_NOT_FOUND', { name: printable(params.pull_id) })
        const pull = await reader.pulls.byId(id.data)
        if (pull === null) throw await missing(reader, id.data)
        return { result: presentPull(pull) }
      },
    ),
  ]
}

/** Ids begin with their time: an id older than the removed records was removed too, if it ever existed. */
async function missing(reader: Reader, id: PullId): Promise<Problem> {
  const until = await reader.pullCheckpoints.receivedUntil()
  if (until === null || id >= idsFrom('pull', Date.parse(until) + 1)) return problem('PULL_NOT_FOUND', { name: id })
  return problem('PULL_REMOVED', { name: id, time: until })
}

/** By the reporting node: a record may name another, and is flagged for that, but is never attributed to it. */
function presentPull({ record, node_id }: StoredPull): PullRecord {
  return { ...record, node_id }
}
