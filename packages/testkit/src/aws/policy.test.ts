import { describe, expect, test } from 'vitest'
import { checkPolicy, evaluatePolicy, type PolicyDocument, type PolicyStatement } from './policy.ts'

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

test('an action is compared without regard to case, and may be a pattern', () => {
  for (const action of ['secretsmanager:getsecretvalue', 'secretsmanager:*', 'secretsmanager:Get*', '*']) {
    expect(evaluatePolicy(policy({ Action: action }), read, arn)).toBe('allowed')
  }
  expect(evaluatePolicy(policy({ Action: 'secretsmanager:DescribeSecret' }), read, arn)).toBe('denied')
})

test('an explicit deny wins over any allow, wherever it stands', () => {
  expect(evaluatePolicy(policy({ Effect: 'Deny', Resource: arn }, {}), read, arn)).toBe('explicitly-denied')
  expect(evaluatePolicy(policy({}, { Effect: 'Deny', Resource: arn }), read, arn)).toBe('explicitly-denied')
})

test('a policy without statements allows nothing, and one statement may stand alone', () => {
  expect(evaluatePolicy(policy(), read, arn)).toBe('denied')
  const alone = { Effect: 'Allow', Action: [read], Resource: [arn] } as const
  expect(evaluatePolicy({ Version: '2012-10-17', Statement: alone }, read, arn)).toBe('allowed')
})

test('a pattern is not a regular expression', () => {
  expect(evaluatePolicy(policy({ Resource: `${arn.slice(0, -1)}.` }), read, arn)).toBe('denied')
})

test('what is not evaluated is refused rather than read wrongly', () => {
  const conditional = { Effect: 'Allow', Action: read, Resource: '*', Condition: {} } as const
  expect(() => checkPolicy({ Version: '2012-10-17', Statement: conditional })).toThrow(/Condition/)
})
