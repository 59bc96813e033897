/** /nodes and the join tokens that create them. */
import { BuildId, CloudId, newId, type NodeId } from '@fairlead/contract/names'
import { JoinCommand, JoinToken, Node, NodeState, page, single } from '@fairlead/contract/wire'
import { z } from 'zod'
import { iso, type Clock } from '../clock.ts'
import { requireCloud, requireNode } from '../store/lookup.ts'
import type { Presence } from './presence.ts'
import { revokeNode } from './revoke.ts'
import { waitedOnNodes } from './waited-on.ts'
import type { Schedule } from '../schedule.ts'
import { joinTokenMs, requireTokens } from '../identity/join.ts'
import { joinCommand, type JoinPlace } from '../identity/join-command.ts'
import { mintToken } from '../identity/secret-token.ts'
import type { NodeRecord } from '../store/records.ts'
import type { Slice } from '../store/query.ts'
import type { Reader } from '../store/store.ts'
import { NamedPageQuery, nameFilter, queryFlag, tableFields } from '../http/list-query.ts'
import { allWhere, pageOf } from '../http/paging.ts'
import { presentNodes } from '../clusters/present.ts'
import { get, post, type Route } from '../http/route.ts'

export interface NodeRouteParts extends JoinPlace {
  readonly clock: Clock
  readonly presence: Presence
  readonly schedule: Schedule
}

const NodeQuery = NamedPageQuery.extend({
  cloud_id: CloudId.optional(),
  state: NodeState.optional(),
  has_waiting_pods: queryFlag.optional(),
  /** Whether the pull records of the node are known to form no whole chain. */
  has_broken_chain: queryFlag.optional(),
  prefetched_build_id: BuildId.optional(),
  sort: z.enum(['name', 'joined_at']).optional(),
  ...tableFields,
})

export function nodeRoutes(parts: NodeRouteParts): Route[] {
  const { clock, presence, schedule } = parts
  return [
    post(
      {
        path: '/api/v1/clouds/{cloud_id}/join_tokens',
        access: 'admin',
        summary: 'Create a token with which one machine can join within 15 minutes; only this answer contains its text',
        audit: 'join_token.create',
        status: 201,
        answer: single(JoinToken),
        problems: ['CLOUD_NOT_FOUND', 'JOIN_BY_PROOF'],
      },
      async ({ params, caller }, transaction) => {
        const cloud = await requireCloud(transaction, params.cloud_id)
        requireTokens(cloud)
        const minted = mintToken('fjt')
        const now = clock()
        const token = {
          id: newId('jtk', now),
          cloud_id: cloud.id,
          created_at: iso(now),
          expires_at: iso(now + joinTokenMs),
        }
        await transaction.joinTokens.insert({
          ...token,
          token_hash: minted.hash,
          creator_id: caller.id,
          used_at: null,
          used_by_node_id: null,
          used_by_node_name: null,
        })
        const text = parts.caFingerprint === null ? minted.text : `${minted.text}.${parts.caFingerprint}`
        return { result: { ...token, token: text, command: joinCommand(cloud, parts) } }
      },
    ),
    get(
      {
        path: '/api/v1/clouds/{cloud_id}/join_command',
        access: 'admin',
        summary: 'The command to run on a machine so that it joins; it asks for a token if the cloud joins with tokens',
        status: 200,
        answer: single(JoinCommand),
        problems: ['CLOUD_NOT_FOUND'],
      },
      async ({ params }, reader) => ({
        result: { command: joinCommand(await requireCloud(reader, params.cloud_id), parts) },
      }),
    ),
    get(
      {
        path: '/api/v1/nodes',
        access: 'viewer',
        summary: 'List nodes, newest first',
        query: NodeQuery,
        status: 200,
        answer: page(Node),
      },
      ({ query }, reader) =>
        pageOf(query, {
          ...listedNodes(reader, query, presence),
          keyOf: (node) => node.id,
          show: (nodes) => presentNodes(reader, nodes, presence),
        }),
    ),
    get(
      {
        path: '/api/v1/nodes/{node_id}',
        access: 'viewer',
        summary: 'Get a node',
        status: 200,
        answer: single(Node),
        problems: ['NODE_NOT_FOUND'],
      },
      async ({ params }, reader) => ({
        result: await present(reader, await requireNode(reader, params.node_id), presence),
      }),
    ),
    post(
      {
        path: '/api/v1/nodes/{node_id}/revoke',
        access: 'admin',
        summary: 'Revoke a node permanently',
        audit: 'node.revoke',
        status: 200,
        answer: single(Node),
        problems: ['NODE_NOT_FOUND'],
      },
      async ({ params }, transaction) => {
        const node = await requireNode(transaction, params.node_id)
        const revoked = await revokeNode(transaction, node, 'admin', presence, clock())
        await schedule(transaction, node.cloud_id)
        return { result: await present(transaction, revoked, presence) }
      },
    ),
  ]
}

/** Which nodes are lost is known only here: the database knows only which nodes exist. */
function listedNodes(reader: Reader, query: z.output<typeof NodeQuery>, presence: Presence) {
  const { state, has_waiting_pods: waitedOn } = query
  const { cloud_id: cloudId, has_broken_chain: brokenChain, prefetched_build_id: prefetched } = query
  const named = { ...nameFilter(query), cloudId, brokenChain, prefetched }
  const filter = state === undefined ? named : { ...named, live: state !== 'revoked' }
  const isOfPresence = state === 'online' || state === 'lost'
  if (!isOfPresence && waitedOn === undefined) {
    return {
      list: (slice: Slice) => reader.nodes.list(filter, slice),
      count: (limit: number) => reader.nodes.count(filter, limit),
    }
  }
  /** The page and the total speak of the same nodes. */
  let waiting: Promise<ReadonlySet<NodeId>> | undefined
  const readWaiting = () => (waiting ??= waitedOnNodes(reader, presence).then((ids) => new Set(ids)))
  const fitting = async (place: Slice): Promise<NodeId[]> => {
    const waited = waitedOn === undefined ? null : await readWaiting()
    const narrowed = waitedOn === true ? { ...filter, waitedOn } : filter
    const isLost = presence.lostNow()
    const fits = (id: NodeId) =>
      (!isOfPresence || isLost(id) === (state === 'lost')) && (waited === null || waited.has(id) === waitedOn)
    return allWhere((slice) => reader.nodes.ids(narrowed, slice), fits, place)
  }
  return {
    async list({ offset = 0, limit, ...place }: Slice): Promise<NodeRecord[]> {
      const ids = (await fitting({ ...place, limit: offset + limit })).slice(offset)
      const byId = new Map((await reader.nodes.byIds(ids)).map((node) => [node.id, node]))
      return ids.flatMap((id) => byId.get(id) ?? [])
    },
    count: async (limit: number) => (await fitting({ before: null, limit })).length,
  }
}

async function present(reader: Reader, node: NodeRecord, presence: Presence): Promise<Node> {
  const [shown] = await presentNodes(reader, [node], presence)
  if (shown === undefined) throw new TypeError('one node is shown as one')
  return shown
}
