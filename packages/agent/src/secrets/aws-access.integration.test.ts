/**
 * The policy that `fairlead policy` prints is enough, and no part of it is idle: AWS, which the testkit plays, lets a node read with it, and
 * refuses with one statement less. And what else AWS may answer about a secret that is there.
 */
import { AccessPolicy, parseSecretReference, type AwsAccessPolicy } from '@fairlead/contract'
import {
  cliJson,
  motoPython,
  startAwsFront,
  startFairleadServe,
  startMoto,
  type AwsFront,
  type FairleadServe,
  type Moto,
  type PolicyDocument,
} from '@fairlead/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { awsNodeIdentity } from './aws-identity.ts'
import { awsSecretReader } from './aws.ts'
import { directConnection } from './secret-manager-connection.ts'

const region = 'eu-central-1'
const account = '123456789012'
const role = 'ray-autoscaler-v1'
const { signal } = new AbortController()
const document = { username: 'u', password: 'p', server: 'registry.example.com' }
const ownKey = `arn:aws:kms:${region}:${account}:key/11111111-1111-1111-1111-111111111111`
const farKey = 'arn:aws:kms:us-east-1:999999999999:key/22222222-2222-2222-2222-222222222222'
const nothing: PolicyDocument = { Version: '2012-10-17', Statement: [] }
const all: PolicyDocument = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }

let moto: Moto
let front: AwsFront
let serve: FairleadServe
const fairlead = (...args: string[]) => cliJson(args, { host: serve.origin, token: serve.adminToken })

beforeAll(async () => {
  moto = await startMoto({ python: await motoPython(), region, account })
  front = await startAwsFront({ moto, role, policy: nothing })
  serve = await startFairleadServe()
  const cloud = ['--provider', 'aws', '--region', region, '--account-id', account, '--node-role', role]
  await fairlead('cloud', 'create', '-n', 'prod', ...cloud, '--allow-any-secret')
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await Promise.all([serve.stop(), front.stop(), moto.stop()])
})
beforeEach(() => {
  front.setPolicy(nothing)
  useEnvironment(front.nodeEnv)
})

function useEnvironment(env: Record<string, string>): void {
  vi.unstubAllEnvs()
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE', 'AWS_REGION']) {
    vi.stubEnv(name, undefined)
  }
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
}

async function codeOf(text: string): Promise<string> {
  const reference = parseSecretReference('aws', text, { partition: 'aws', region, accountId: account })
  const reader = awsSecretReader({ connection: directConnection, region, accountId: account, role, attempts: 1 })
  return reader.read(reference, { signal }).then(
    () => 'read',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )
}

async function policyFor(name: string, secret: string, ...more: string[]): Promise<AwsAccessPolicy> {
  const token = `Bearer ${serve.adminToken}`
  const config_json = {
    docker_image: 'registry.example.com/app:1',
    ray_version: '2.55.1',
    registry_login_secret: secret,
  }
  const made = await fetch(`${serve.origin}/api/v1/cluster_environments`, {
    method: 'POST',
    headers: { authorization: token, 'content-type': 'application/json' },
    body: JSON.stringify({ name, config_json }),
  })
  expect(made.status).toBe(201)
  const policy = AccessPolicy.parse(await fairlead('policy', '--cluster-env', name, ...more))
  if (policy.provider !== 'aws') throw new Error('not of AWS')
  return policy
}

/** Each way to leave one statement out of a document. */
function oneLess(policy: PolicyDocument): PolicyDocument[] {
  const statements = [policy.Statement].flat()
  return statements.map((_, index) => ({ ...policy, Statement: statements.toSpliced(index, 1) }))
}

describe('with the policy that is printed, the node reads; with one statement less it does not', () => {
  test('a secret of its own account, by name', async () => {
    await moto.putSecret('own/plain', document)
    const { identity_policy: policy } = await policyFor('own-plain', 'own/plain')
    front.setPolicy(policy)
    expect(await codeOf('own/plain')).toBe('read')
    for (const less of oneLess(policy)) {
      front.setPolicy(less)
      expect(await codeOf('own/plain')).toBe('SECRET_ACCESS_DENIED')
    }
  })

  test('S13: and no other secret, however it is called', async () => {
    await moto.putSecret('own/one', document)
    for (const other of ['own/one-more', 'own/one-AbCdEf', 'own/on', 'own/one/x']) await moto.putSecret(other, document)
    front.setPolicy((await policyFor('own-one', 'own/one')).identity_policy)
    expect(await codeOf('own/one')).toBe('read')
    for (const other of ['own/one-more', 'own/one-AbCdEf', 'own/on', 'own/one/x']) {
      expect(await codeOf(other)).toBe('SECRET_ACCESS_DENIED')
    }
  })

  test('a secret with a key of the customer', async () => {
    await moto.putSecret('own/keyed', document, { key: ownKey })
    await moto.putSecret('own/keyed-other', document, { key: ownKey })
    const { identity_policy: policy } = await policyFor('own-keyed', 'own/keyed', '--customer-keys')
    front.setPolicy(policy)
    expect(await codeOf('own/keyed')).toBe('read')
    const codes = []
    for (const less of oneLess(policy)) {
      front.setPolicy(less)
      codes.push(await codeOf('own/keyed'))
    }
    expect(codes).toEqual(['SECRET_ACCESS_DENIED', 'SECRET_DECRYPT_DENIED'])
    // The right to decrypt is for this secret, not for all that the key protects.
    const readAll = { Sid: 'All', Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' } as const
    front.setPolicy({ ...policy, Statement: [...policy.Statement, readAll] })
    expect(await codeOf('own/keyed-other')).toBe('SECRET_DECRYPT_DENIED')
  })

  test('a secret of another account and region, which three parties must allow', async () => {
    const { arn } = await moto.putSecret('far/registry', document, {
      region: 'us-east-1',
      account: '999999999999',
      key: farKey,
    })
    const policy = await policyFor('far', arn)
    const [secret, key] = [policy.secret_policies[0]?.policy, policy.key_policies[0]?.policy]
    if (secret === undefined || key === undefined) throw new Error('the other account has nothing to do')
    const inForce = (identity: PolicyDocument, ofSecret: PolicyDocument, ofKey: PolicyDocument) => {
      front.setPolicy(identity)
      front.setSecretPolicy(arn, ofSecret)
      front.setKeyPolicy(farKey, ofKey)
      return codeOf(arn)
    }
    expect(await inForce(policy.identity_policy, secret, key)).toBe('read')
    const codes = []
    for (const less of oneLess(policy.identity_policy)) codes.push(await inForce(less, secret, key))
    for (const less of oneLess(secret)) codes.push(await inForce(policy.identity_policy, less, key))
    for (const less of oneLess(key)) codes.push(await inForce(policy.identity_policy, secret, less))
    expect(codes).toEqual([
      'SECRET_ACCESS_DENIED',
      'SECRET_DECRYPT_DENIED',
      'SECRET_ACCESS_DENIED',
      'SECRET_DECRYPT_DENIED',
    ])
  })
})

describe('what else AWS answers', () => {
  beforeEach(() => front.setPolicy(all))

  test('a binary secret is read as the text that it holds', async () => {
    await moto.putSecret('own/binary', Buffer.from(JSON.stringify(document)))
    expect(await codeOf('own/binary')).toBe('read')
  })

  test('a secret that waits for its deletion cannot be read now', async () => {
    await moto.putSecret('own/leaving', document)
    await moto.scheduleDeletion('own/leaving')
    expect(await codeOf('own/leaving')).toBe('SECRET_UNAVAILABLE')
  })

  test('a secret of another account needs a key whose policy can name others', async () => {
    const { arn } = await moto.putSecret('far/plain', document, { account: '999999999999' })
    front.setSecretPolicy(arn, {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' },
    })
    expect(await codeOf(arn)).toBe('SECRET_UNAVAILABLE')
  })

  test('a container of ECS or EKS has credentials of its own, and no metadata service', async () => {
    await moto.putSecret('own/pod', document)
    useEnvironment(front.podEnv)
    expect(await codeOf('own/pod')).toBe('read')
    expect(await awsNodeIdentity(directConnection, signal)).toEqual({
      partition: 'aws',
      region,
      accountId: account,
      role,
    })
    vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN', 'another')
    expect(await codeOf('own/pod')).toBe('NODE_IDENTITY_MISSING')
  })
})
