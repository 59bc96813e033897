/**
 * A machine becomes a node: by a single-use token, consumed by one conditional update, so that the second machine learns which one won (S10); or by
 * its cloud vouching for it (S18).
 */
import { newId, type NodeId } from '@fairlead/contract/names'
import { printable, problem } from '@fairlead/contract/problems'
import { type JoinRequest, type ProvenJoinRequest } from '@fairlead/contract/wire'
import { iso } from '../clock.ts'
import type { CloudRecord, JoinTokenRecord, NodeRecord, NodeSessionRecord } from '../store/records.ts'
import type { Reader, Transaction } from '../store/store.ts'
import { nodePublicKey } from './node-signature.ts'
import type { ProvenMachine } from './proof/proven-machine.ts'
import { hashToken } from './secret-token.ts'

export const joinTokenMs = 15 * 60 * 1000
const sessionMs = 15 * 60 * 1000

export interface Joined {
  node: NodeRecord
  session: NodeSessionRecord
}

/** Checked before a transaction begins, so that invented tokens never delay a writer. */
export async function requireGoodToken(reader: Reader, text: string, now: number): Promise<void> {
  const token = await reader.joinTokens.byHash(joinTokenHash(text))
  if (token === null || token.used_at !== null || token.expires_at <= iso(now)) throw whyNot(token)
}

/** The part after the dot is for the node: the CA that it should expect. */
function joinTokenHash(text: string): string {
  const [secret = ''] = text.split('.')
  return hashToken(secret)
}

export async function joinNode(transaction: Transaction, request: JoinRequest, now: number): Promise<Joined> {
  const hash = joinTokenHash(request.token)
  const token = await transaction.joinTokens.byHash(hash)
  const nodeId = newId('node', now)
  const burnt = await transaction.joinTokens.burn(hash, { nodeId, nodeName: request.name, at: iso(now) })
  if (token === null || !burnt) throw whyNot(token)

  // A rejection from here on rolls back the use of the token, so that it can be used again with the right values.
  const cloud = await transaction.clouds.byId(token.cloud_id)
  if (cloud === null) throw problem('JOIN_TOKEN_INVALID')
  if (cloud.provider !== request.provider) throw problem('JOIN_PROVIDER_DIFFERS', { provider: cloud.provider })
  requireTokens(cloud)
  return makeNode(transaction, { ...request, nodeId, cloud, machine: null }, now)
}

/** If the machine already had a node, that node is silent by now, and the caller revokes it. */
export async function joinProven(
  transaction: Transaction,
  request: ProvenJoinRequest,
  cloud: CloudRecord,
  machine: ProvenMachine,
  now: number,
): Promise<Joined> {
  if (machine.roleId !== null && cloud.role_id === null) {
    await transaction.clouds.update(cloud.id, { role_id: machine.roleId })
    transaction.announce('cloud', cloud.id)
  }
  const name = request.name ?? nameOfMachine(machine)
  return makeNode(transaction, { ...request, name, nodeId: newId('node', now), cloud, machine }, now)
}

/** The instance's name in its cloud, which is unique at any time. AWS allows a few characters that a name does not. */
export function nameOfMachine({ identity }: ProvenMachine): string {
  return identity.instance.replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, 128)
}

export function requireTokens(cloud: CloudRecord): void {
  if (cloud.join === 'proof') throw problem('JOIN_BY_PROOF', { name: cloud.name })
}

export function newSession(nodeId: NodeId, now: number): NodeSessionRecord {
  return { id: newId('nse', now), node_id: nodeId, expires_at: iso(now + sessionMs) }
}

interface NewNode extends Pick<JoinRequest, 'name' | 'checker' | 'public_key'> {
  readonly nodeId: NodeId
  readonly cloud: CloudRecord
  readonly machine: ProvenMachine | null
}

async function makeNode(transaction: Transaction, wanted: NewNode, now: number): Promise<Joined> {
  if ((await transaction.nodes.byName(wanted.name)) !== null) {
    throw problem('NAME_IN_USE', { name: printable(wanted.name) })
  }
  requireKey(wanted.public_key)
  const node: NodeRecord = {
    id: wanted.nodeId,
    name: wanted.name,
    cloud_id: wanted.cloud.id,
    checker: wanted.checker,
    public_key: wanted.public_key,
    facts: null,
    joined_at: iso(now),
    identity: wanted.machine?.identity ?? null,
    instance_key: wanted.machine?.instanceKey ?? null,
    second_join: null,
    last_heard_at: null,
    revoked_at: null,
    revoked_because: null,
    report_ids: [],
    pull_chain: null,
  }
  await transaction.nodes.insert(node)
  transaction.announce('node', node.id)
  const session = newSession(node.id, now)
  await transaction.sessions.insert(session)
  return { node, session }
}

function whyNot(token: JoinTokenRecord | null) {
  if (token === null) return problem('JOIN_TOKEN_INVALID')
  if (token.used_at !== null) return problem('JOIN_TOKEN_USED', { node: token.used_by_node_name ?? '?' })
  return problem('JOIN_TOKEN_EXPIRED')
}

export function requireKey(publicKey: string): void {
  try {
    nodePublicKey(publicKey)
  } catch {
    throw problem('REQUEST_INVALID', {}, [{ path: 'public_key', detail: 'not an Ed25519 public key' }])
  }
}
