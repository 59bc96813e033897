/** A machine becomes a node: a single-use token is burnt by one conditional update, and who comes second learns who won (S10). */
import { newId, printable, problem, type JoinRequest, type NodeId } from '@fairlead/contract'
import { iso } from '../clock.ts'
import type { JoinTokenRecord, NodeRecord, NodeSessionRecord } from '../store/records.ts'
import type { Transaction } from '../store/store.ts'
import { nodePublicKey } from './node-signature.ts'
import { hashToken } from './secret-token.ts'

export const joinTokenMs = 15 * 60 * 1000
export const sessionMs = 15 * 60 * 1000

export interface Joined {
  node: NodeRecord
  session: NodeSessionRecord
}

export async function joinNode(transaction: Transaction, request: JoinRequest, now: number): Promise<Joined> {
  // What follows the dot is for the node: the CA that it should meet.
  const [secret = ''] = request.token.split('.')
  const hash = hashToken(secret)
  const token = await transaction.joinTokens.byHash(hash)
  const nodeId = newId('node', now)
  const burnt = await transaction.joinTokens.burn(hash, { nodeId, nodeName: request.name, at: iso(now) })
  if (token === null || !burnt) throw whyNot(token)

  await requireFitting(transaction, token, request)
  requireKey(request.public_key)
  const node: NodeRecord = {
    id: nodeId,
    name: request.name,
    cloud_id: token.cloud_id,
    checker: request.checker,
    public_key: request.public_key,
    facts: null,
    joined_at: iso(now),
    last_heard_at: null,
    revoked_at: null,
    report_ids: [],
    pull_chain: null,
  }
  await transaction.nodes.insert(node)
  transaction.announce('node', nodeId)
  return { node, session: await openSession(transaction, nodeId, now) }
}

export async function openSession(transaction: Transaction, nodeId: NodeId, now: number): Promise<NodeSessionRecord> {
  const session: NodeSessionRecord = { id: newId('nse', now), node_id: nodeId, expires_at: iso(now + sessionMs) }
  await transaction.sessions.insert(session)
  return session
}

function whyNot(token: JoinTokenRecord | null) {
  if (token === null) return problem('JOIN_TOKEN_INVALID')
  if (token.used_at !== null) return problem('JOIN_TOKEN_USED', { node: token.used_by_node_name ?? '?' })
  return problem('JOIN_TOKEN_EXPIRED')
}

/** A refusal here undoes the burning, so that the token may be used again with what is right. */
async function requireFitting(transaction: Transaction, token: JoinTokenRecord, request: JoinRequest): Promise<void> {
  const cloud = await transaction.clouds.byId(token.cloud_id)
  if (cloud?.provider !== request.provider) {
    throw problem('REQUEST_INVALID', {}, [
      { path: 'provider', detail: `the token is for a cloud of provider ${cloud?.provider ?? '?'}` },
    ])
  }
  if ((await transaction.nodes.byName(request.name)) !== null) {
    throw problem('NAME_IN_USE', { name: printable(request.name) })
  }
}

function requireKey(publicKey: string): void {
  try {
    nodePublicKey(publicKey)
  } catch {
    throw problem('REQUEST_INVALID', {}, [{ path: 'public_key', detail: 'not an Ed25519 public key' }])
  }
}
