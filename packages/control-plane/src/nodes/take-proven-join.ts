/**
 * A join by proof, in order: the challenge is consumed, then the cloud is asked, then its answer is compared with the requested cloud, and one live
 * node represents the machine (S18, S19). A proof that exists before the join is spent with it (S31). A machine that is still heard keeps its node, and both askers are shown. Anyone may ask, so a write and a
 * request to the cloud wait for the asker's turn, and nothing before the comparison depends on which clouds exist.
 */
import { type CloudId, type NodeId } from '@fairlead/contract/names'
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import { type ProvenJoinRequest } from '@fairlead/contract/wire'
import { iso, type Clock } from '../clock.ts'
import { joinProven, nameOfMachine, requireKey, type Joined } from '../identity/join.ts'
import { refused } from '../identity/proof/aws-caller-identity.ts'
import type { FairTurns } from '../identity/proof/fair-turns.ts'
import { burnChallenge, openChallenge } from '../identity/proof/join-challenge.ts'
import { judgeMachine, requireTakers } from '../identity/proof/judge-machine.ts'
import type { Vouch, Vouched } from '../identity/proof/vouch.ts'
import type { CloudRecord } from '../store/records.ts'
import type { Reader, Store, Transaction } from '../store/store.ts'
import type { Presence } from './presence.ts'
import { revokeNode } from './revoke.ts'

export interface ProvenJoinParts {
  readonly store: Store
  readonly clock: Clock
  readonly presence: Presence
  readonly vouch: Vouch
  readonly challengeKey: Uint8Array
  readonly turns: FairTurns
  readonly onJoined: (nodeId: NodeId) => void
}

/** The asker, as far as unknown clients can be told apart. */
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
  const open = () => {
    const opened = openChallenge(key, { nonce: request.nonce, standIn: request.cloud_id }, clock())
    if (opened === null) throw problem('JOIN_CHALLENGE_INVALID')
    return opened
  }
  const { cloudId } = open()
  const clouds = await allClouds(store.reader)
  requireTakers(request, clouds)
  using turn = await parts.turns.take(asker.address, asker.signal)
  if (turn === null) throw problem('JOIN_BUSY')
  await store.write((transaction) => burn(transaction, request, open().end))
  const vouched = await parts.vouch(request, clock(), clouds)
  const outcome = await store.write((transaction) => settleMachine(transaction, { request, cloudId, vouched }, parts))
  if (isProblem(outcome)) throw outcome
  return outcome
}

async function burn(transaction: Transaction, request: ProvenJoinRequest, end: number): Promise<void> {
  if (!(await burnChallenge(transaction, request.nonce, end))) throw problem('JOIN_CHALLENGE_INVALID')
}

export const allClouds = (reader: Reader): Promise<CloudRecord[]> =>
  reader.clouds.list({}, { before: null, limit: Number.MAX_SAFE_INTEGER })

interface Asked {
  readonly request: ProvenJoinRequest
  readonly cloudId: CloudId
  readonly vouched: Vouched
}

/** A second join by the machine is returned, not thrown: it is written in the same transaction. */
async function settleMachine(
  transaction: Transaction,
  { request, cloudId, vouched }: Asked,
  { clock, presence, onJoined }: ProvenJoinParts,
): Promise<Joined | Problem> {
  const now = clock()
  const clouds = await allClouds(transaction)
  const wanted = clouds.find(({ id }) => id === cloudId) ?? null
  const { cloud, machine } = judgeMachine(vouched, wanted, clouds)
  const before = await transaction.nodes.byInstance(machine.instanceKey)
  if (before !== null) {
    if (!presence.isLost(before.id)) {
      await transaction.nodes.update(before.id, {
        second_join: { name: request.name ?? nameOfMachine(machine), at: iso(now) },
      })
      transaction.announce('node', before.id)
      return problem('INSTANCE_ALREADY_JOINED', { node: before.name })
    }
    await revokeNode(transaction, before, 'joined_anew', presence, now)
  }
  const { spends } = machine
  if (spends !== undefined && !(await burnChallenge(transaction, spends.id, spends.end))) {
    throw refused('its token has joined before')
  }
  const joined = await joinProven(transaction, request, cloud, machine, now)
  transaction.afterCommit(() => onJoined(joined.node.id))
  return joined
}
