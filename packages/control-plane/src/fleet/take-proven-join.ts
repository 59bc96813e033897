/**
 * A join by proof, in its order: the challenge is burnt, then the cloud is asked, then one live node stands for the machine (S18, S19).
 * A machine that is heard from keeps its node, and both who asked are shown.
 */
import { isProblem, problem, type NodeId, type Problem, type ProvenJoinRequest } from '@fairlead/contract'
import { iso, type Clock } from '../clock.ts'
import { joinProven, requireKey, type Joined } from '../identity/join.ts'
import { burnChallenge, challengeEnd, challengeKey } from '../identity/proof/join-challenge.ts'
import type { ProveMachine } from '../identity/proof/prove-machine.ts'
import type { ProvenMachine } from '../identity/proof/proven-machine.ts'
import type { CloudRecord } from '../store/records.ts'
import type { Store, Transaction } from '../store/store.ts'
import type { Presence } from './presence.ts'
import { revokeNode } from './revoke-node.ts'

export interface ProvenJoinParts {
  readonly store: Store
  readonly clock: Clock
  readonly presence: Presence
  readonly proveMachine: ProveMachine
  readonly onJoined: (nodeId: NodeId) => void
  readonly onRevoked: (nodeId: NodeId) => void
}

export async function takeProvenJoin(request: ProvenJoinRequest, parts: ProvenJoinParts): Promise<Joined> {
  const { store, clock } = parts
  requireKey(request.public_key)
  const cloud = await store.write((transaction) => burn(transaction, request, clock()))
  const machine = await parts.proveMachine(request, cloud, clock())
  const outcome = await store.write((transaction) => settleMachine(transaction, request, machine, parts))
  if (isProblem(outcome)) throw outcome
  return outcome
}

async function burn(transaction: Transaction, request: ProvenJoinRequest, now: number): Promise<CloudRecord> {
  const cloud = await transaction.clouds.byId(request.cloud_id)
  if (cloud === null) throw problem('JOIN_CHALLENGE_INVALID')
  if (cloud.join !== 'proof' || cloud.provider !== request.provider)
    throw problem('JOIN_BY_TOKEN', { name: cloud.name })
  const end = challengeEnd(await challengeKey(transaction), request.nonce, cloud.id, now)
  if (end === null || !(await burnChallenge(transaction, request.nonce, end))) throw problem('JOIN_CHALLENGE_INVALID')
  return cloud
}

/** A refusal is returned, not thrown: that the machine came a second time is written down with it. */
async function settleMachine(
  transaction: Transaction,
  request: ProvenJoinRequest,
  machine: ProvenMachine,
  { clock, presence, onJoined, onRevoked }: ProvenJoinParts,
): Promise<Joined | Problem> {
  const now = clock()
  const cloud = await transaction.clouds.byId(request.cloud_id)
  if (cloud === null) return problem('JOIN_CHALLENGE_INVALID')
  const before = await transaction.nodes.byInstance(machine.instanceKey)
  if (before !== null) {
    if (!presence.isLost(before.id)) {
      await transaction.nodes.update(before.id, { second_join: { name: request.name, at: iso(now) } })
      transaction.announce('node', before.id)
      return problem('INSTANCE_ALREADY_JOINED', { node: before.name })
    }
    await revokeNode(transaction, before, presence, now)
    transaction.afterCommit(() => onRevoked(before.id))
  }
  const joined = await joinProven(transaction, request, cloud, machine, now)
  transaction.afterCommit(() => onJoined(joined.node.id))
  return joined
}
