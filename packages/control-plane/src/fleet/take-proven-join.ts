/**
 * A join by proof, in its order: the challenge is burnt, then the cloud is asked, then one live node stands for the machine (S18, S19).
 * A machine that is heard from keeps its node, and both who asked are shown. Anybody may ask, so that a write and a question to the cloud
 * wait for the asker's turn.
 */
import { isProblem, problem, type NodeId, type Problem, type ProvenJoinRequest } from '@fairlead/contract'
import { iso, type Clock } from '../clock.ts'
import { joinProven, requireKey, type Joined } from '../identity/join.ts'
import { refused } from '../identity/proof/aws-caller-identity.ts'
import { unreachable } from '../identity/proof/cloud-call.ts'
import type { FairTurns } from '../identity/proof/fair-turns.ts'
import { burnChallenge, challengeEnd } from '../identity/proof/join-challenge.ts'
import type { ProveMachine } from '../identity/proof/prove-machine.ts'
import type { ProvenMachine } from '../identity/proof/proven-machine.ts'
import type { CloudRecord } from '../store/records.ts'
import type { Reader, Store, Transaction } from '../store/store.ts'
import type { Presence } from './presence.ts'
import { revokeNode } from './revoke-node.ts'

export interface ProvenJoinParts {
  readonly store: Store
  readonly clock: Clock
  readonly presence: Presence
  readonly proveMachine: ProveMachine
  readonly challengeKey: Uint8Array
  readonly turns: FairTurns
  readonly onJoined: (nodeId: NodeId) => void
}

/** Who asks, as far as an unknown can be told from another. */
export interface JoinAsker {
  readonly address: string
  readonly signal: AbortSignal
}

export async function takeProvenJoin(
  request: ProvenJoinRequest,
  asker: JoinAsker,
  parts: ProvenJoinParts,
): Promise<Joined> {
  const { store, clock, challengeKey: key } = parts
  requireKey(request.public_key)
  await judgeChallenge(store.reader, request, key, clock())
  using turn = await parts.turns.take(asker.address, asker.signal)
  if (turn === null) throw unreachable(request.provider === 'aws' ? 'AWS' : 'Google Cloud')
  const cloud = await store.write((transaction) => burn(transaction, request, key, clock()))
  const machine = await parts.proveMachine(request, cloud, clock())
  const outcome = await store.write((transaction) => settleMachine(transaction, request, machine, parts))
  if (isProblem(outcome)) throw outcome
  return outcome
}

async function burn(
  transaction: Transaction,
  request: ProvenJoinRequest,
  key: Uint8Array,
  now: number,
): Promise<CloudRecord> {
  const { cloud, end } = await judgeChallenge(transaction, request, key, now)
  if (!(await burnChallenge(transaction, request.nonce, end))) throw problem('JOIN_CHALLENGE_INVALID')
  return cloud
}

/** Only looks: what anybody can make up costs no write and no turn. */
async function judgeChallenge(
  reader: Reader,
  request: ProvenJoinRequest,
  key: Uint8Array,
  now: number,
): Promise<{ cloud: CloudRecord; end: number }> {
  const cloud = await reader.clouds.byId(request.cloud_id)
  if (cloud === null) throw problem('JOIN_CHALLENGE_INVALID')
  if (cloud.join !== 'proof' || cloud.provider !== request.provider)
    throw problem('JOIN_BY_TOKEN', { name: cloud.name })
  const end = challengeEnd(key, request.nonce, cloud.id, now)
  if (end === null) throw problem('JOIN_CHALLENGE_INVALID')
  return { cloud, end }
}

/** A refusal is returned, not thrown: that the machine came a second time is written down with it. */
async function settleMachine(
  transaction: Transaction,
  request: ProvenJoinRequest,
  machine: ProvenMachine,
  { clock, presence, onJoined }: ProvenJoinParts,
): Promise<Joined | Problem> {
  const now = clock()
  const cloud = await transaction.clouds.byId(request.cloud_id)
  if (cloud === null) return problem('JOIN_CHALLENGE_INVALID')
  // Judged before another machine's join may have said which role it is.
  if (machine.roleId !== null && cloud.role_id !== null && machine.roleId !== cloud.role_id) {
    return refused('the role was made anew since the first node joined')
  }
  const before = await transaction.nodes.byInstance(machine.instanceKey)
  if (before !== null) {
    if (!presence.isLost(before.id)) {
      await transaction.nodes.update(before.id, { second_join: { name: request.name, at: iso(now) } })
      transaction.announce('node', before.id)
      return problem('INSTANCE_ALREADY_JOINED', { node: before.name })
    }
    await revokeNode(transaction, before, presence, now)
  }
  const joined = await joinProven(transaction, request, cloud, machine, now)
  transaction.afterCommit(() => onJoined(joined.node.id))
  return joined
}
