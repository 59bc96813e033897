/** A join by proof in its order (S18): what is spent, and before what. */
import { newId, type ProvenJoinRequest } from '@fairlead/contract'
import { expect, test } from 'vitest'
import { challengeKey, makeChallenge } from '../identity/proof/join-challenge.ts'
import { refused } from '../identity/proof/aws-caller-identity.ts'
import type { ProveMachine } from '../identity/proof/prove-machine.ts'
import type { CloudRecord } from '../store/records.ts'
import { openSqliteStore } from '../store/sqlite.ts'
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

/** Shown twice to a control plane whose cloud answers as it is told; the codes of both answers, and how often the cloud was asked. */
async function shownTwice(answer: ProveMachine): Promise<{ codes: string[]; asked: number }> {
  using dir = tempDir()
  const store = await openSqliteStore(dir.path)
  let asked = 0
  const proveMachine: ProveMachine = (...args) => {
    asked += 1
    return answer(...args)
  }
  const parts = { store, clock: now, presence: new Presence(now), proveMachine, onJoined() {}, onRevoked() {} }
  try {
    const { nonce } = await store.write(async (transaction) => {
      await transaction.clouds.insert(cloud)
      return makeChallenge(await challengeKey(transaction), cloud.id, now())
    })
    const request: ProvenJoinRequest = {
      nonce,
      cloud_id: cloud.id,
      name: 'node-1',
      checker: false,
      public_key: nodeKey().publicKey,
      provider: 'aws',
      proof: {
        region: 'eu-west-1',
        access_key_id: 'ASIAEXAMPLEEXAMPLE12',
        date: '20261124T120000Z',
        security_token: 'dG9rZW4=',
        signature: 'a'.repeat(64),
      },
    }
    const codes: string[] = []
    for (const name of ['node-1', 'node-2']) {
      const again = { ...request, name, public_key: nodeKey().publicKey }
      codes.push(
        await takeProvenJoin(again, parts).then(
          () => 'joined',
          (error: { code?: string }) => String(error.code),
        ),
      )
    }
    return { codes, asked }
  } finally {
    await store.close()
  }
}

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
