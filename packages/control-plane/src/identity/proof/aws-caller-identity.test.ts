import { isProblem } from '@fairlead/contract/problems'
import { AwsJoinProof } from '@fairlead/contract/wire'
import { anyCharacter } from '@fairlead/testkit/any-character'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { thrown } from '../../testing/thrown.ts'
import {
  isFresh,
  judgeCallerIdentity,
  readCallerIdentity,
  stsRequest,
  type CallerIdentity,
  type ExpectedRole,
} from './aws-caller-identity.ts'

const expected: ExpectedRole = { partition: 'aws', account: '111122223333', role: 'ray-nodes', roleId: null }
const roleId = 'AROAEXAMPLEEXAMPLE123'

const caller = (part: Partial<CallerIdentity> = {}): CallerIdentity => ({
  account: '111122223333',
  arn: 'arn:aws:sts::111122223333:assumed-role/ray-nodes/i-0123456789abcdef0',
  userId: `${roleId}:i-0123456789abcdef0`,
  ...part,
})

describe('S18: the caller identity from AWS', () => {
  test('a session of the role is the machine named in it', () => {
    expect(judgeCallerIdentity(caller(), expected)).toEqual({
      identity: { principal: 'arn:aws:iam::111122223333:role/ray-nodes', instance: 'i-0123456789abcdef0' },
      instanceKey: `aws:111122223333:${roleId}:i-0123456789abcdef0`,
      roleId,
    })
  })

  test.each([
    ['the account itself', 'arn:aws:iam::111122223333:root', '111122223333'],
    ['a user', 'arn:aws:iam::111122223333:user/ray-nodes', 'AIDAEXAMPLEEXAMPLE123'],
    ['a federated user', 'arn:aws:sts::111122223333:federated-user/ray-nodes', '111122223333:ray-nodes'],
    ['a user named like a role', 'arn:aws:iam::111122223333:user/assumed-role/ray-nodes/i-01', `${roleId}:i-01`],
    ['another account', 'arn:aws:sts::999922223333:assumed-role/ray-nodes/i-01', `${roleId}:i-01`],
    ['another partition', 'arn:aws-cn:sts::111122223333:assumed-role/ray-nodes/i-01', `${roleId}:i-01`],
    ['a longer role name', 'arn:aws:sts::111122223333:assumed-role/ray-nodes-2/i-01', `${roleId}:i-01`],
    ['a shorter role name', 'arn:aws:sts::111122223333:assumed-role/ray-node/i-01', `${roleId}:i-01`],
    ['another case', 'arn:aws:sts::111122223333:assumed-role/Ray-Nodes/i-01', `${roleId}:i-01`],
    ['the role as a session of another', 'arn:aws:sts::111122223333:assumed-role/x/ray-nodes', `${roleId}:ray-nodes`],
    ['a path in the role', 'arn:aws:sts::111122223333:assumed-role/x/ray-nodes/i-01', `${roleId}:i-01`],
    ['another session in the id', 'arn:aws:sts::111122223333:assumed-role/ray-nodes/i-01', `${roleId}:i-02`],
    ['no role id', 'arn:aws:sts::111122223333:assumed-role/ray-nodes/i-01', 'AIDAEXAMPLEEXAMPLE123:i-01'],
  ])('rejects %s', (_, arn, userId) => {
    const account = /:(\d{12}):/.exec(arn)?.[1] ?? ''
    expect(() => judgeCallerIdentity({ account, arn, userId }, expected)).toThrow(
      expect.objectContaining({ code: 'NODE_PROOF_REFUSED' }),
    )
  })

  test('rejects an account that does not match its ARN', () => {
    expect(() => judgeCallerIdentity(caller({ account: '999922223333' }), expected)).toThrow(
      expect.objectContaining({ code: 'NODE_PROOF_REFUSED' }),
    )
  })

  test('rejects a role that was deleted and recreated, since it is not the one seen first', () => {
    expect(judgeCallerIdentity(caller(), { ...expected, roleId }).roleId).toBe(roleId)
    expect(() => judgeCallerIdentity(caller(), { ...expected, roleId: `${roleId}4` })).toThrow(
      expect.objectContaining({ code: 'NODE_PROOF_REFUSED' }),
    )
  })

  test('accepts no name other than that of the role', () => {
    const name = fc.stringMatching(/^[\w+=,.@-]{1,64}$/)
    fc.assert(
      fc.property(name, name, (role, wanted) => {
        const arn = `arn:aws:sts::111122223333:assumed-role/${role}/i-01`
        const judged = thrown(() =>
          judgeCallerIdentity(caller({ arn, userId: `${roleId}:i-01` }), { ...expected, role: wanted }),
        )
        expect([isProblem(judged, 'NODE_PROOF_REFUSED'), judged === null]).toEqual([role !== wanted, role === wanted])
      }),
    )
  })
})

const xml = ({ arn, userId, account }: CallerIdentity): string =>
  `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>` +
  `<Arn>${arn}</Arn><UserId>${userId}</UserId><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`

describe('an answer from STS', () => {
  test('is parsed', () => {
    expect(readCallerIdentity(xml(caller()))).toEqual(caller())
  })

  test.each([
    ['nothing', ''],
    ['two results', xml(caller()) + xml(caller())],
    ['a field twice', xml(caller()).replace('<Account>', '<Account>999922223333</Account><Account>')],
    ['a field outside of the result', `${xml(caller()).replace(/<Arn>.*<\/Arn>/, '')}<Arn>${caller().arn}</Arn>`],
    ['an entity', xml(caller({ arn: 'arn:aws:sts::1&#49;1122223333:assumed-role/ray-nodes/i-01' }))],
    ['a comment in a field', xml(caller({ account: '1111<!-- -->22223333' }))],
  ])('is rejected: %s', (_, text) => {
    expect(readCallerIdentity(text)).toBeNull()
  })

  test('S9: any text parses to an identity or null', () => {
    const piece = fc.oneof(
      fc.constantFrom('<GetCallerIdentityResult>', '</GetCallerIdentityResult>', '<Arn>', '</Arn>', '<Account>'),
      fc.string({ unit: anyCharacter, maxLength: 30 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const read = readCallerIdentity(pieces.join(''))
        expect(read === null || Object.values(read).every((value) => /^[\w:/+=,.@-]+$/u.test(value))).toBe(true)
      }),
    )
  })
})

describe('the request to STS', () => {
  const proof: AwsJoinProof = {
    region: 'eu-west-1',
    access_key_id: 'ASIAEXAMPLEEXAMPLE12',
    date: '20261124T120000Z',
    security_token: 'dG9rZW4=',
    signature: 'a'.repeat(64),
  }

  test('goes to the regional host, with exactly the five headers signed', () => {
    const { host, headers, body } = stsRequest(proof, 'J')
    expect(host).toBe('sts.eu-west-1.amazonaws.com')
    expect(body).toBe('Action=GetCallerIdentity&Version=2011-06-15')
    expect(headers['authorization']).toContain(
      'SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-fairlead-join, ',
    )
    expect(headers['x-fairlead-join']).toBe('J')
    expect(stsRequest({ ...proof, region: 'cn-north-1' }, 'J').host).toBe('sts.cn-north-1.amazonaws.com.cn')
  })

  test.each([
    ['region', 'evil.example.com/'],
    ['region', 'eu-west-9'],
    ['region', 'eu-west-1.evil'],
    ['access_key_id', 'AKIAEXAMPLEEXAMPLE12'],
    ['access_key_id', 'ASIAEXAMPLE/20261124/us-east-1/sts'],
    ['date', '20261124T120000Z\r\nX-Evil: 1'],
    ['security_token', 'a\r\nHost: evil'],
    ['security_token', 'a b'],
    ['signature', `${'a'.repeat(63)}G`],
    ['signature', `${'a'.repeat(64)}, SignedHeaders=host`],
  ])('rejects a proof whose %s is %j', (field, value) => {
    expect(AwsJoinProof.safeParse(proof).success).toBe(true)
    expect(AwsJoinProof.safeParse({ ...proof, [field]: value }).success).toBe(false)
  })

  test('is fresh for five minutes either way', () => {
    const at = Date.UTC(2026, 10, 24, 12)
    const minute = 60_000
    expect(isFresh(proof.date, at)).toBe(true)
    expect(isFresh(proof.date, at + 5 * minute)).toBe(true)
    expect(isFresh(proof.date, at - 5 * minute)).toBe(true)
    expect(isFresh(proof.date, at + 5 * minute + 1)).toBe(false)
    expect(isFresh(proof.date, at - 5 * minute - 1)).toBe(false)
    expect(isFresh('20261399T990000Z', at)).toBe(false)
  })
})
