/** A join by proof in its order (S18): what is spent, and before what. */
import { newId, type ProvenJoinRequest } from '@fairlead/contract'
import { expect, test } from 'vitest'
import { challengeKey, makeChallenge } from '../identity/proof/join-challenge.ts'
import { refused } from '../identity/proof/aws-caller-identity.ts'
import { FairTurns } from '../identity/proof/fair-turns.ts'
import type { ProveMachine } from '../identity/proof/prove-machine.ts'
import type { CloudRecord } from '../store/records.ts'
import { openSqliteStore } from '../store/sqlite.ts'
import type { Store } from '../store/store.ts'
import { nodeKey } from '../testing/test-node.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { testClock } from '../testing/test-clock.ts'
import { Presence } from './presence.ts'
import { takeProvenJoin } from './take-proven-join.ts'

const { now } = testClock()
const cloud: CloudRecord = {
  id: newId('cld'),
  name: 'proven',
  provider: 'aws',
  partition: 'aws',
  region: 'eu-west-1',
  account_id: '111122223333',
  project_id: null,
  project_number: null,
  node_role: 'arn:aws:iam::111122223333:role/ray-nodes',
  join: 'proof',
  role_id: null,
  allow_any_secret: true,
  created_at: new Date(now()).toISOString(),
}

type Shown = Pick<ProvenJoinRequest, 'name' | 'nonce'>

/** What is shown to a control plane whose cloud answers as it is told; the codes of the answers, how often the cloud was asked, and how often was written. */
async function shown(
  answer: ProveMachine,
  requests: (nonce: () => string) => readonly Shown[],
  atOnce = false,
): Promise<{ codes: string[]; asked: number; written: number }> {
  using dir = tempDir()
  const store = await openSqliteStore(dir.path)
  let asked = 0
  const proveMachine: ProveMachine = (...args) => {
    asked += 1
    return answer(...args)
  }
  try {
    const key = await store.write(async (transaction) => {
      await transaction.clouds.insert(cloud)
      return challengeKey(transaction)
    })
    let written = 0
    const counted: Store = {
      ...store,
      write: (work) => {
        written += 1
        return store.write(work)
      },
    }
    const turns = new FairTurns({ atOnce: 16, atOnceEach: 8, waiting: 64 })
    const told = { proveMachine, challengeKey: key, turns, onJoined() {} }
    const parts = { store: counted, clock: now, presence: new Presence(now), ...told }
    const request: Omit<Extract<ProvenJoinRequest, { provider: 'aws' }>, 'name' | 'nonce' | 'public_key'> = {
      cloud_id: cloud.id,
      checker: false,
      provider: 'aws',
      proof: {
        region: 'eu-west-1',
        access_key_id: 'ASIAEXAMPLEEXAMPLE12',
        date: '20261124T120000Z',
        security_token: 'dG9rZW4=',
        signature: 'a'.repeat(64),
      },
    }
    const asker = { address: '192.0.2.1', signal: new AbortController().signal }
    const show = (what: Shown): Promise<string> =>
      takeProvenJoin({ ...request, ...what, public_key: nodeKey().publicKey }, asker, parts).then(
        () => 'joined',
        (error: { code?: string }) => String(error.code),
      )
    const wanted = requests(() => makeChallenge(key, cloud.id, now()).nonce)
    if (atOnce) return { codes: await Promise.all(wanted.map(show)), asked, written }
    const codes: string[] = []
    for (const one of wanted) codes.push(await show(one))
    return { codes, asked, written }
  } finally {
    await store.close()
  }
}

const twice = (nonce: () => string): readonly Shown[] => {
  const same = nonce()
  return ['node-1', 'node-2'].map((name) => ({ name, nonce: same }))
}
const shownTwice = (answer: ProveMachine) => shown(answer, twice)

test('S18: a challenge that was answered is spent, and the cloud is not asked about it again', async () => {
  const { codes, asked } = await shownTwice(async () => ({
    identity: { principal: 'arn:aws:iam::111122223333:role/ray-nodes', instance: 'i-01' },
    instanceKey: 'aws:111122223333:AROAEXAMPLEEXAMPLE123:i-01',
    roleId: 'AROAEXAMPLEEXAMPLE123',
  }))
  expect(codes).toEqual(['joined', 'JOIN_CHALLENGE_INVALID'])
  expect(asked).toBe(1)
})

test('S18: a challenge whose proof was refused is spent all the same', async () => {
  const { codes, asked } = await shownTwice(() => Promise.reject(refused('the cloud says no')))
  expect(codes).toEqual(['NODE_PROOF_REFUSED', 'JOIN_CHALLENGE_INVALID'])
  expect(asked).toBe(1)
})

test('S18: a challenge that nobody made costs neither a write nor a question to the cloud', async () => {
  const never: ProveMachine = () => Promise.reject(new Error('the cloud was asked'))
  const { codes, asked, written } = await shown(never, () => [{ name: 'node-1', nonce: 'A'.repeat(64) }])
  expect(codes).toEqual(['JOIN_CHALLENGE_INVALID'])
  expect({ asked, written }).toEqual({ asked: 0, written: 0 })
})

test('S18: of two first joins at once as two roles of one name, the one that is settled later is refused', async () => {
  const both = Promise.withResolvers<void>()
  const answer: ProveMachine = async ({ name }) => {
    // Both are judged before either is written down.
    if (name === 'node-2') both.resolve()
    await both.promise
    const roleId = name === 'node-1' ? 'AROAEXAMPLEEXAMPLE123' : 'AROAEXAMPLEEXAMPLE999'
    const identity = { principal: 'arn:aws:iam::111122223333:role/ray-nodes', instance: name }
    return { identity, instanceKey: `aws:111122223333:${roleId}:${name}`, roleId }
  }
  const two = (nonce: () => string) => ['node-1', 'node-2'].map((name) => ({ name, nonce: nonce() }))
  const { codes } = await shown(answer, two, true)
  expect(codes.toSorted()).toEqual(['NODE_PROOF_REFUSED', 'joined'])
})
