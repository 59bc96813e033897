/** /pulls: the records of what was pulled, as the nodes wrote them. */
import {
  ClusterId,
  NodeId,
  page,
  PageQuery,
  printable,
  problem,
  ProblemCode,
  PullId,
  PullRecord,
  single,
} from '@fairlead/contract'
import { pageOf } from './paging.ts'
import type { StoredPull } from '../store/records.ts'
import { get, type Route } from './route.ts'

const PullQuery = PageQuery.extend({
  cluster_id: ClusterId.optional(),
  node_id: NodeId.optional(),
  code: ProblemCode.optional(),
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
        pageOf(
          query,
          (slice) => reader.pulls.list({ clusterId: query.cluster_id, nodeId: query.node_id, code: query.code }, slice),
          (pull) => pull.key,
          (pulls) => pulls.map(presentPull),
        ),
    ),
    get(
      {
        path: '/api/v1/pulls/{pull_id}',
        access: 'viewer',
        summary: 'Get a pull record',
        status: 200,
        answer: single(PullRecord),
        problems: ['PULL_NOT_FOUND'],
      },
      async ({ params }, reader) => {
        const id = PullId.safeParse(params.pull_id)
        const pull = id.success ? await reader.pulls.byId(id.data) : null
        if (pull === null) throw problem('PULL_NOT_FOUND', { name: printable(params.pull_id) })
        return { result: presentPull(pull) }
      },
    ),
  ]
}

/** By the node that told it: a record may name another, and is flagged for that, but nobody is taken for its author. */
function presentPull({ record, node_id }: StoredPull): PullRecord {
  return { ...record, node_id }
}
