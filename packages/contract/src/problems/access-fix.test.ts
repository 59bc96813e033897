/** A refused read names the exact statement for this role and this secret, both on the node and in the control plane. */
import { describe, expect, test } from 'vitest'
import { Problem, problem } from './problem.ts'

const aws = { provider: 'aws', region: 'eu-central-1', account: '123456789012', role: 'nodes' } as const
const foreign = 'arn:aws:secretsmanager:us-east-1:999999999999:secret:far/registry-AbCdEf'

describe('a secret that the node’s role may not read', () => {
  test('on AWS: shows the statement as it goes into the policy of the role', () => {
    const { fix } = problem('SECRET_ACCESS_DENIED', { ...aws, reference: 'team/login' })
    expect(fix).toContain('Let the role nodes in account 123456789012 do this:')
    expect(fix).toContain(
      '{"Sid":"FairleadReadsRegistryLogins","Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":["arn:aws:secretsmanager:eu-central-1:123456789012:secret:team/login-??????"]}',
    )
    expect(fix).not.toContain('kms')
  })

  test('in another account: also shows what that account grants, for the secret and its key', () => {
    const { fix } = problem('SECRET_ACCESS_DENIED', { ...aws, reference: foreign })
    expect(fix).toContain('"Resource":["arn:aws:kms:us-east-1:*:key/*"]')
    expect(fix).toContain('In account 999999999999, put this on the secret:')
    expect(fix).toContain('"Principal":{"AWS":"arn:aws:iam::123456789012:role/nodes"}')
  })

  test('on Google Cloud: shows the command', () => {
    const facts = { provider: 'gcp', account: 'my-project', role: 'n@my-project.iam.gserviceaccount.com' } as const
    expect(problem('SECRET_ACCESS_DENIED', { ...facts, reference: 'login' }).fix).toContain(
      'gcloud secrets add-iam-policy-binding login --project=my-project --member=serviceAccount:n@my-project',
    )
  })
})

test('a key that the role may not use: shows the right to decrypt through Secrets Manager, and no further right to read', () => {
  const { fix } = problem('SECRET_DECRYPT_DENIED', { ...aws, reference: 'team/login' })
  expect(fix).toContain('"Action":"kms:Decrypt"')
  expect(fix).toContain('"kms:ViaService":["secretsmanager.eu-central-1.amazonaws.com"]')
  expect(fix).not.toContain('GetSecretValue')
})

test('a key of any account, even a third one: shows what its policy must say, for these nodes and this secret only', () => {
  const statement = (secret: string, region: string) =>
    '{"Sid":"FairleadNodesDecryptTheirSecret","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:role/nodes"},"Action":"kms:Decrypt","Resource":"*",' +
    `"Condition":{"StringEquals":{"kms:ViaService":["secretsmanager.${region}.amazonaws.com"]},"StringLike":{"kms:EncryptionContext:SecretARN":["${secret}"]}}}`
  const far = problem('SECRET_DECRYPT_DENIED', { ...aws, reference: foreign }).fix
  expect(far).toContain(
    `In the account of the secret's key, add this to the policy of that key: ${statement(foreign, 'us-east-1')}`,
  )
  const own = problem('SECRET_DECRYPT_DENIED', { ...aws, reference: 'team/login' }).fix
  const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:team/login-??????'
  expect(own).toContain(`Where its key is of another account, or does not leave it to IAM, add this`)
  expect(own).toContain(statement(arn, 'eu-central-1'))
})

test('S6: the control plane builds the same sentence from the facts it receives', () => {
  const told = problem('SECRET_ACCESS_DENIED', { ...aws, reference: foreign })
  expect(Problem.fromReport(told.toReport()).fix).toBe(told.fix)
})

test.each([
  ['nobody knows the role', { reference: 'team/login', provider: 'aws' }],
  ['the region is none', { ...aws, region: 'evil-1', reference: 'team/login' }],
  ['the account is none', { ...aws, account: 'x', reference: 'team/login' }],
  ['a part is not of its form', { ...aws, role: 'a b', reference: 'team/login' }],
  ['the account of Google is none', { provider: 'gcp', account: 'p', role: 'x', reference: 'login' }],
  ['the secret is a file of the node', { provider: 'local', account: 'p', role: 'x', reference: 'login' }],
])('if %s, uses the fix of the table', (_, facts) => {
  expect(problem('SECRET_ACCESS_DENIED', facts).fix).toMatch(/^Give the nodes' role the right/)
})
