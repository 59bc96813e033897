/** The order of a join by proof (S18): what is spent, and before what. */
import { newId, type CloudId } from '@fairlead/contract/names'
import { isProblem, problem, type Problem } from '@fairlead/contract/problems'
import { type ProvenJoinRequest } from '@fairlead/contract/wire'
import { describe, expect, test } from 'vitest'
import { challengeKey, makeChallenge } from '../identity/proof/join-challenge.ts'
import { refused } from '../identity/proof/aws-caller-identity.ts'
import { FairTurns } from '../identity/proof/fair-turns.ts'
import type { Vouch, Vouched } from '../identity/proof/vouch.ts'
import type { CloudRecord, NodeRecord } from '../store/records.ts'
import { openSqliteStore } from '../store/sqlite/sqlite.ts'
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
  kubernetes: { issuer: 'https://oidc.example.com', service_accounts: ['fairlead/agent'], keys: null },
  role_id: null,
  deleted_at: null,
  allow_any_secret: true,
  prefetch: false,
  created_at: new Date(now()).toISOString(),
}

type Asked = Pick<ProvenJoinRequest, 'nonce' | 'cloud_id'>
type Shown = Asked & Pick<ProvenJoinRequest, 'name'>

const callerOf = (roleId: string, instance: string, account = '111122223333'): Vouched => ({
  provider: 'aws',
  partition: 'aws',
  caller: {
    account,
    arn: `arn:aws:sts::${account}:assumed-role/ray-nodes/${instance}`,
    userId: `${roleId}:${instance}`,
  },
})

/** Sends requests to a control plane with a scripted cloud; returns the answer codes and how often the cloud was asked and the store written. */
async function shown(
  answer: Vouch,
  requests: (ask: (cloudId?: CloudId | null) => Asked) => readonly Shown[],
  { atOnce = false, onRefused = () => {} }: { atOnce?: boolean; onRefused?: (refusal: Problem) => void } = {},
): Promise<{
  codes: string[]
  names: string[]
  told: string[]
  asked: number
  written: number
  nodes: readonly NodeRecord[]
}> {
  using dir = tempDir()
  const store = await openSqliteStore(dir.path)
  let asked = 0
  const vouch: Vouch = (...args) => {
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
    const doing = { vouch, challengeKey: key, turns, onJoined() {} }
    const parts = { store: counted, clock: now, presence: new Presence(now), ...doing }
    const request: Omit<Extract<ProvenJoinRequest, { provider: 'aws' }>, 'name' | keyof Asked | 'public_key'> = {
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
    const told: string[] = []
    const names: string[] = []
    const show = (what: Shown): Promise<string> =>
      takeProvenJoin({ ...request, ...what, public_key: nodeKey().publicKey }, asker, parts).then(
        ({ node }) => {
          names.push(node.name)
          return 'joined'
        },
        (error: unknown) => {
          if (!isProblem(error)) throw error
          told.push(error.what)
          onRefused(error)
          return error.code
        },
      )
    const wanted = requests((id = cloud.id) => {
      const { nonce, standIn } = makeChallenge(key, id ?? newId('cld'), now())
      return { nonce, cloud_id: standIn }
    })
    const codes: string[] = []
    if (atOnce) codes.push(...(await Promise.all(wanted.map(show))))
    else for (const one of wanted) codes.push(await show(one))
    const nodes = await store.reader.nodes.list({}, { before: null, limit: 10 })
    return { codes, names, told, asked, written, nodes }
  } finally {
    await store.close()
  }
}

const shownTwice = (answer: Vouch, cloudId?: CloudId | null) =>
  shown(answer, (ask) => {
    const same = ask(cloudId)
    return ['node-1', 'node-2'].map((name) => ({ name, ...same }))
  })

test('S18: an answered challenge is spent, and the cloud is not asked about it again', async () => {
  const { codes, asked } = await shownTwice(async () => callerOf('AROAEXAMPLEEXAMPLE123', 'i-01'))
  expect(codes).toEqual(['joined', 'JOIN_CHALLENGE_INVALID'])
  expect(asked).toBe(1)
})

test('S18: a challenge whose proof was rejected is spent too', async () => {
  const { codes, asked } = await shownTwice(() => Promise.reject(refused('the cloud says no')))
  expect(codes).toEqual(['NODE_PROOF_REFUSED', 'JOIN_CHALLENGE_INVALID'])
  expect(asked).toBe(1)
})

test('S18: an invented challenge costs neither a write nor a request to the cloud', async () => {
  const never: Vouch = () => Promise.reject(new Error('the cloud was asked'))
  const { codes, asked, written } = await shown(never, (ask) => [{ ...ask(), name: 'node-1', nonce: 'A'.repeat(99) }])
  expect(codes).toEqual(['JOIN_CHALLENGE_INVALID'])
  expect({ asked, written }).toEqual({ asked: 0, written: 0 })
})

test('S19: a machine whose node is still heard does not join again, and both askers are shown', async () => {
  const { codes, nodes } = await shown(
    async () => callerOf('AROAEXAMPLEEXAMPLE123', 'i-01'),
    (ask) => ['node-1', 'node-2'].map((name) => ({ name, ...ask() })),
  )
  expect(codes).toEqual(['joined', 'INSTANCE_ALREADY_JOINED'])
  expect(nodes).toMatchObject([{ name: 'node-1', revoked_at: null, second_join: { name: 'node-2' } }])
})

test('S18: of two concurrent first joins as two roles of one name, the later one is rejected', async () => {
  const both = Promise.withResolvers<void>()
  const answer: Vouch = async ({ name }) => {
    // The cloud vouches for both before either is written.
    if (name === 'node-2') both.resolve()
    await both.promise
    return callerOf(name === 'node-1' ? 'AROAEXAMPLEEXAMPLE123' : 'AROAEXAMPLEEXAMPLE999', name ?? '')
  }
  const { codes } = await shown(answer, (ask) => ['node-1', 'node-2'].map((name) => ({ name, ...ask() })), {
    atOnce: true,
  })
  expect(codes.toSorted()).toEqual(['NODE_PROOF_REFUSED', 'joined'])
})

describe('S18: a machine outside our accounts learns nothing about our clouds', () => {
  const foreign: Vouch = async () => callerOf('AROAEXAMPLEEXAMPLE123', 'i-01', '999922223333')
  const unsigned: Vouch = () => Promise.reject(refused('AWS does not accept the signature'))

  test.each([
    ['a proof of another account', foreign],
    ['a proof that its cloud does not know', unsigned],
  ])('%s costs and reveals the same whether or not the cloud exists', async (_, answer) => {
    const there = await shownTwice(answer)
    expect(there).toMatchObject({ codes: ['NODE_PROOF_REFUSED', 'JOIN_CHALLENGE_INVALID'], asked: 1 })
    expect(await shownTwice(answer, null)).toEqual(there)
  })

  test('a machine of ours that asks for an unknown name learns that it is unknown', async () => {
    const { codes, told } = await shownTwice(async () => callerOf('AROAEXAMPLEEXAMPLE123', 'i-01'), null)
    expect([codes[0], told[0]]).toEqual(['NODE_PROOF_REFUSED', expect.stringContaining('no cloud of the name')])
  })
})

test('refuses a join that finds the queue full, and asks it to retry', async () => {
  // The cloud answers once the queue has turned away as many as it must.
  const later = Promise.withResolvers<never>()
  later.promise.catch(() => 'thrown where the cloud is asked')
  // A queue that turns nobody away fails this test, instead of making it wait.
  const patience = setTimeout(() => later.reject(refused('later')), 10_000)
  let busy = 0
  const { codes } = await shown(
    () => later.promise,
    (ask) => Array.from({ length: 80 }, (_, at) => ({ name: `node-${at}`, ...ask() })),
    {
      atOnce: true,
      onRefused({ code }) {
        if (code === 'JOIN_BUSY') busy += 1
        if (busy === 8) later.reject(refused('later'))
      },
    },
  )
  clearTimeout(patience)
  expect(codes.filter((code) => code === 'JOIN_BUSY')).toHaveLength(8)
  expect(problem('JOIN_BUSY').row.retry).toBe(true)
})

test('a node without a name takes that of its instance, so that a replacement machine with a reused host name gets a distinct one', async () => {
  const answer: Vouch = async ({ nonce }) => callerOf('AROAEXAMPLEEXAMPLE123', instances.get(nonce) ?? '')
  const instances = new Map<string, string>()
  const { codes, names } = await shown(answer, (ask) =>
    ['i-0aaa', 'i-0bbb', 'ray+session=1@x'].map((instance) => {
      const asked = ask()
      instances.set(asked.nonce, instance)
      return asked
    }),
  )
  expect(codes).toEqual(['joined', 'joined', 'joined'])
  expect(names).toEqual(['i-0aaa', 'i-0bbb', 'ray-session-1-x'])
})

test('S31: the token of a pod is spent with its join, and stays good while its machine is still heard', async () => {
  const pod = {
    issuer: 'https://oidc.example.com',
    clouds: new Set([cloud.id]),
    cloud: cloud.name,
    provider: cloud.provider,
    account: 'fairlead/agent',
    pod: 'agent-x7k2p',
  }
  const token = { id: 'pod:one', end: now() + 600_000 }
  // The same token, from two machines: a copy of it does not make a second node.
  const nodes = ['node-1', 'node-1', 'node-2']
  const { codes, told } = await shown(
    async () => ({ provider: 'kubernetes', standsFor: 'node', pod: { ...pod, node: nodes.shift() ?? null, token } }),
    (ask) => [1, 2, 3].map(() => ask()),
  )
  expect(codes).toEqual(['joined', 'INSTANCE_ALREADY_JOINED', 'NODE_PROOF_REFUSED'])
  expect(told.at(-1)).toContain('its token has joined before')
})
