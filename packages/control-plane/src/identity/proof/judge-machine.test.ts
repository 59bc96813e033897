import { newId } from '@fairlead/contract/names'
import { isProblem } from '@fairlead/contract/problems'
import { type ProvenJoinRequest } from '@fairlead/contract/wire'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CloudRecord } from '../../store/records.ts'
import { cloudRecord } from '../../testing/inserted-records.ts'
import { judgeMachine, requireTakers } from './judge-machine.ts'
import type { Vouched } from './vouch.ts'

const cloud = (part: Partial<CloudRecord>): CloudRecord =>
  cloudRecord({ name: 'c', partition: null, region: null, join: 'proof', allow_any_secret: false, ...part })
const accounts = ['111122223333', '444455556666'] as const
const aws = cloud({ partition: 'aws', region: 'eu-west-1', account_id: accounts[0], node_role: 'nodes' })
const byToken = cloud({ ...aws, id: newId('cld'), join: 'token' })
const china = cloud({ partition: 'aws-cn', region: 'cn-north-1', account_id: accounts[0], node_role: 'nodes' })
const google = cloud({ provider: 'gcp', project_id: 'ours', node_role: 'nodes@ours.iam.gserviceaccount.com' })
const local = cloud({ provider: 'local', join: 'token' })
const all = [aws, byToken, china, google, local]

const caller = (account: string, part: Partial<Extract<Vouched, { provider: 'aws' }>> = {}): Vouched => {
  const partition = part.partition ?? 'aws'
  const arn = `arn:${partition}:sts::${account}:assumed-role/nodes/i-01`
  return { provider: 'aws', partition, caller: { account, arn, userId: 'AROAEXAMPLEEXAMPLE123:i-01' } }
}
const machine = (project: string, email = 'nodes@ours.iam.gserviceaccount.com'): Vouched => ({
  provider: 'gcp',
  machine: { project, instance: '1', email },
})

/** The answer to the machine. */
function told(vouched: Vouched, wanted: CloudRecord | null, clouds: readonly CloudRecord[] = all): string {
  try {
    return `joins ${judgeMachine(vouched, wanted, clouds).machine.identity.principal}`
  } catch (error) {
    if (isProblem(error)) return `${error.code}: ${error.what}`
    throw error
  }
}

test('a machine of the cloud’s own account, partition and role, or project and service account, joins', () => {
  expect(told(caller(accounts[0]), aws)).toBe(`joins arn:aws:iam::${accounts[0]}:role/nodes`)
  expect(told(caller(accounts[0], { partition: 'aws-cn' }), china)).toBe(
    `joins arn:aws-cn:iam::${accounts[0]}:role/nodes`,
  )
  expect(told(machine('ours'), google)).toBe('joins nodes@ours.iam.gserviceaccount.com')
})

describe('S18: a machine outside all our accounts and projects', () => {
  test.each<[string, Vouched]>([
    ['another account', caller('999922223333')],
    ['an account of that number in another partition', caller(accounts[0], { partition: 'aws-us-gov' })],
    ['another project', machine('theirs')],
    ['another project, under the name of our service account', machine('theirs', google.node_role ?? '')],
  ])('%s gets the same answer, whatever it asked for', (_, vouched) => {
    expect(new Set([...all, null].map((wanted) => told(vouched, wanted)))).toEqual(
      new Set([
        'NODE_PROOF_REFUSED: the proof of identity was refused: no cloud here takes the machines of its account, project or cluster',
      ]),
    )
  })

  test('the configured clouds make no difference', () => {
    const clouds = fc.subarray(all)
    fc.assert(
      fc.property(clouds, fc.constantFrom(...all, null), fc.stringMatching(/^9\d{11}$/), (there, wanted, account) => {
        expect(told(caller(account), wanted, there)).toBe(told(machine('theirs'), null, []))
      }),
    )
  })
})

test('a machine inside one of them learns what is wrong', () => {
  const ours = caller(accounts[0])
  expect(told(ours, null)).toContain('there is no cloud of the name that was asked for')
  expect(told(ours, google)).toContain('it is of another provider than the cloud')
  expect(told(ours, china)).toContain('it is of another partition of AWS')
  expect(told(ours, byToken)).toMatch(/^JOIN_BY_TOKEN: /)
  expect(told(machine('ours', 'other@ours.iam.gserviceaccount.com'), google)).toContain('runs as another account')
})

describe('contacts no provider about a proof that no cloud here accepts', () => {
  const proof = (region: string) => ({ provider: 'aws', proof: { region } }) as ProvenJoinRequest
  const ofGoogle = { provider: 'gcp' } as ProvenJoinRequest
  const isTaken = (request: ProvenJoinRequest, clouds: readonly CloudRecord[]): boolean => {
    try {
      requireTakers(request, clouds)
      return true
    } catch (error) {
      if (isProblem(error, 'NODE_PROOF_REFUSED')) return false
      throw error
    }
  }

  test.each<[string, ProvenJoinRequest, readonly CloudRecord[], boolean]>([
    ['AWS, with a cloud of it', proof('us-east-1'), [aws], true],
    ['AWS in China, with a cloud elsewhere', proof('cn-north-1'), [aws, google], false],
    ['AWS, with a cloud that takes tokens', proof('us-east-1'), [byToken, local], false],
    ['Google, with a cloud of it', ofGoogle, [google], true],
    ['Google, with none', ofGoogle, [aws, local], false],
  ])('of %s: %#', (_, request, clouds, expected) => {
    expect(isTaken(request, clouds)).toBe(expected)
  })
})
