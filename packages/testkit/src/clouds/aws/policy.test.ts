import { describe, expect, test } from 'vitest'
import {
  checkPolicy,
  evaluatePolicy as evaluate,
  evaluateResourcePolicy,
  type PolicyDocument,
  type PolicyStatement,
} from './policy.ts'

const evaluatePolicy = (policy: PolicyDocument, action: string, resource: string, context = {}) =>
  evaluate(policy, { action, resource, context })
const read = 'secretsmanager:GetSecretValue'
const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:team/registry-AbCdEf'
const policy = (...statements: Partial<PolicyStatement>[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: statements.map((statement) => ({ Effect: 'Allow', Action: read, Resource: '*', ...statement })),
})

describe('a resource pattern', () => {
  test.each([
    [arn, 'allowed'],
    ['*', 'allowed'],
    ['arn:aws:secretsmanager:eu-central-1:123456789012:secret:team/registry-??????', 'allowed'],
    ['arn:aws:secretsmanager:*:123456789012:secret:team/*', 'allowed'],
    ['arn:aws:secretsmanager:eu-central-1:123456789012:secret:team/registry', 'denied'],
    ['arn:aws:secretsmanager:eu-central-1:123456789012:secret:team/registry-?????', 'denied'],
    ['arn:aws:secretsmanager:eu-central-1:123456789012:secret:TEAM/*', 'denied'],
    ['arn:aws:secretsmanager:us-east-1:123456789012:secret:team/registry-??????', 'denied'],
    ['secret:team', 'denied'],
  ])('%s: %s', (resource, decision) => {
    expect(evaluatePolicy(policy({ Resource: resource }), read, arn)).toBe(decision)
  })
})

test('an action is matched case-insensitively, and may be a pattern', () => {
  for (const action of ['secretsmanager:getsecretvalue', 'secretsmanager:*', 'secretsmanager:Get*', '*']) {
    expect(evaluatePolicy(policy({ Action: action }), read, arn)).toBe('allowed')
  }
  expect(evaluatePolicy(policy({ Action: 'secretsmanager:DescribeSecret' }), read, arn)).toBe('denied')
})

test('an explicit deny wins over any allow, in any position', () => {
  expect(evaluatePolicy(policy({ Effect: 'Deny', Resource: arn }, {}), read, arn)).toBe('explicitly-denied')
  expect(evaluatePolicy(policy({}, { Effect: 'Deny', Resource: arn }), read, arn)).toBe('explicitly-denied')
})

test('a policy without statements allows nothing, and a single statement needs no list', () => {
  expect(evaluatePolicy(policy(), read, arn)).toBe('denied')
  const alone = { Effect: 'Allow', Action: [read], Resource: [arn] } as const
  expect(evaluatePolicy({ Version: '2012-10-17', Statement: alone }, read, arn)).toBe('allowed')
})

test('a pattern is not a regular expression', () => {
  expect(evaluatePolicy(policy({ Resource: `${arn.slice(0, -1)}.` }), read, arn)).toBe('denied')
})

describe('a condition', () => {
  const viaSecrets = { StringEquals: { 'kms:ViaService': ['secretsmanager.eu-central-1.amazonaws.com'] } }
  const like = { StringLike: { 'kms:EncryptionContext:SecretARN': `${arn.slice(0, -6)}??????` } }
  const context = {
    'kms:ViaService': 'secretsmanager.eu-central-1.amazonaws.com',
    'kms:EncryptionContext:SecretARN': arn,
  }
  const judge = (Condition: PolicyStatement['Condition'], known = {}) =>
    evaluatePolicy(policy({ Condition }), read, arn, known)

  test('holds if each of its keys does', () => {
    expect(judge({ ...viaSecrets, ...like }, context)).toBe('allowed')
    expect(judge({ ...viaSecrets, ...like }, { ...context, 'kms:ViaService': 's3.eu-central-1.amazonaws.com' })).toBe(
      'denied',
    )
    expect(judge({ ...viaSecrets, ...like }, { ...context, 'kms:EncryptionContext:SecretARN': `${arn}x` })).toBe(
      'denied',
    )
  })

  test('fails on what the request lacks, unless the test is negated', () => {
    expect(judge(viaSecrets)).toBe('denied')
    expect(judge({ StringNotEquals: { 'kms:ViaService': 'x' } })).toBe('allowed')
    expect(judge({ StringNotLike: { 'kms:ViaService': 's*' } }, context)).toBe('denied')
  })
})

test('NotAction and NotResource cover everything except what they name', () => {
  const but = (part: Partial<PolicyStatement>): PolicyDocument => ({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', ...part },
  })
  expect(evaluatePolicy(but({ NotAction: 'kms:*', Resource: '*' }), read, arn)).toBe('allowed')
  expect(evaluatePolicy(but({ NotAction: 'secretsmanager:*', Resource: '*' }), read, arn)).toBe('denied')
  expect(evaluatePolicy(but({ Action: '*', NotResource: arn }), read, arn)).toBe('denied')
  expect(evaluatePolicy(but({ Action: '*', NotResource: `${arn}x` }), read, arn)).toBe('allowed')
})

test('a resource policy applies to the principals that it names', () => {
  const role = 'arn:aws:iam::123456789012:role/nodes'
  const judge = (Principal: PolicyStatement['Principal']) =>
    evaluateResourcePolicy(policy({ Principal }), [role], { action: read, resource: arn })
  expect([judge({ AWS: role }), judge({ AWS: ['x', role] }), judge('*')]).toEqual(['allowed', 'allowed', 'allowed'])
  expect([judge({ AWS: `${role}2` }), judge(undefined)]).toEqual(['denied', 'denied'])
})

test('rejects what it does not evaluate rather than misread it', () => {
  const check = (part: object) => () =>
    checkPolicy({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: read, Resource: '*', ...part } })
  expect(check({ NotPrincipal: '*' })).toThrow(/NotPrincipal/)
  expect(check({ Condition: { IpAddress: {} } })).toThrow(/IpAddress/)
  expect(check({ NotAction: '*' })).toThrow(/either/)
  expect(check({ NotResource: '*' })).toThrow(/either/)
})
