/** The minimal policy for AWS: these secrets and no others, only through Secrets Manager. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { awsAccessPolicy, awsSecretPlace, type AwsSecretPlace } from './access-policy-aws.ts'
import { AccessPolicy } from './access-policy.ts'

const nodes = { region: 'eu-central-1', accountId: '123456789012', role: 'cld_1-cluster_node_role' }
const foreignArn = 'arn:aws:secretsmanager:us-east-1:999999999999:secret:far/registry-AbCdEf'

function place(secretId: string, own = nodes): AwsSecretPlace {
  const found = awsSecretPlace(secretId, own)
  if (found === null) throw new Error('the region is not known')
  return found
}

const policyFor = (secretIds: string[], customerKeys = false) =>
  awsAccessPolicy(
    nodes,
    secretIds.map((id) => place(id)),
    { customerKeys },
  )

describe('a policy names a secret', () => {
  test('by a full ARN as given', () => {
    expect(place(foreignArn)).toEqual({
      arn: foreignArn,
      partition: 'aws',
      region: 'us-east-1',
      accountId: '999999999999',
    })
  })

  test.each([
    ['eu-central-1', 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:team/login-??????'],
    ['cn-north-1', 'arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:team/login-??????'],
    ['us-gov-west-1', 'arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:team/login-??????'],
  ])('by a bare name in %s as the ARN of the nodes’ own account, with any six characters', (region, arn) => {
    expect(place('team/login', { ...nodes, region }).arn).toBe(arn)
  })

  test('not at all if the region is unknown (S21)', () => {
    expect(awsSecretPlace('team/login', { ...nodes, region: 'evil.example.com#' })).toBeNull()
  })

  test('S13: with six characters that match no other secret', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9/_+=.@-]{1,20}$/)
    const suffix = fc.stringMatching(/^[A-Za-z0-9]{6}$/)
    const base = (secret: string) => place(secret).arn.slice(0, -'-??????'.length)
    fc.assert(
      fc.property(name, name, suffix, (granted, other, six) => {
        const pattern = new RegExp(`^${RegExp.escape(`${base(granted)}-`)}.{6}$`)
        expect(pattern.test(`${base(other)}-${six}`)).toBe(other === granted)
      }),
    )
  })
})

describe('a role policy', () => {
  test('for secrets of its own account: may read these, and nothing else', () => {
    expect(policyFor(['team/login', 'ml', 'team/login'])).toEqual({
      provider: 'aws',
      role_arn: 'arn:aws:iam::123456789012:role/cld_1-cluster_node_role',
      identity_policy: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'FairleadReadsRegistryLogins',
            Effect: 'Allow',
            Action: 'secretsmanager:GetSecretValue',
            Resource: [place('ml').arn, place('team/login').arn],
          },
        ],
      },
      secret_policies: [],
      key_policies: [],
    })
  })

  test('with customer keys: may decrypt through Secrets Manager, for these secrets only', () => {
    expect(policyFor(['team/login'], true).identity_policy.Statement[1]).toEqual({
      Sid: 'FairleadDecryptsRegistryLoginsEuCentral1',
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: ['arn:aws:kms:eu-central-1:*:key/*'],
      Condition: {
        StringEquals: { 'kms:ViaService': ['secretsmanager.eu-central-1.amazonaws.com'] },
        StringLike: { 'kms:EncryptionContext:SecretARN': [place('team/login').arn] },
      },
    })
  })

  test('with customer keys: also says what a key of another account must allow, for each secret', () => {
    const { secret_policies, key_policies } = policyFor(['team/login'], true)
    expect(secret_policies).toEqual([])
    expect(key_policies.map(({ secret }) => secret)).toEqual([place('team/login').arn])
  })

  test('for a secret of another account: says what that account must grant too', () => {
    const policy = policyFor(['team/login', foreignArn])
    expect(policy.identity_policy.Statement.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      ['secretsmanager:GetSecretValue', [place('team/login').arn, foreignArn]],
      ['kms:Decrypt', ['arn:aws:kms:us-east-1:*:key/*']],
    ])
    const principal = { AWS: 'arn:aws:iam::123456789012:role/cld_1-cluster_node_role' }
    expect(policy.secret_policies).toEqual([
      {
        secret: foreignArn,
        policy: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'FairleadNodesReadThisSecret',
              Effect: 'Allow',
              Principal: principal,
              Action: 'secretsmanager:GetSecretValue',
              Resource: '*',
            },
          ],
        },
      },
    ])
    expect(policy.key_policies[0]?.policy.Statement[0]).toMatchObject({
      Principal: principal,
      Action: 'kms:Decrypt',
      Condition: { StringLike: { 'kms:EncryptionContext:SecretARN': [foreignArn] } },
    })
  })

  test('names its own partition in every partition, and matches its own schema', () => {
    for (const region of ['eu-central-1', 'cn-north-1', 'us-gov-west-1']) {
      const own = { ...nodes, region }
      const policy = awsAccessPolicy(own, [place('a', own)], { customerKeys: true })
      const arns = JSON.stringify(policy).match(/arn:[a-z-]+:/g) ?? []
      expect(new Set(arns).size).toBe(1)
      expect(AccessPolicy.parse(policy)).toEqual(policy)
    }
  })
})
