/**
 * The policy that `fairlead policy` prints is sufficient, and every part of it is necessary: AWS, simulated by the testkit, lets a node
 * read with it, and refuses with one statement less. Also covers other answers by AWS about an existing secret.
 */
import { AccessPolicy, parseSecretReference, type AwsAccessPolicy } from '@fairlead/contract/names'
import { Problem } from '@fairlead/contract/problems'
import {
  cliJson,
  postToApi,
  startAwsFront,
  startFairleadServe,
  startMoto,
  type AwsFront,
  type FairleadServe,
  type Moto,
  type PolicyDocument,
} from '@fairlead/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { awsNodeIdentity } from './identity.ts'
import { awsSecretReader } from './secrets-manager.ts'
import { directConnection } from '../secret-manager-connection.ts'

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
  moto = await startMoto({ region, account })
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

function read(text: string): Promise<unknown> {
  const reference = parseSecretReference('aws', text, { partition: 'aws', region, accountId: account })
  const reader = awsSecretReader({ connection: directConnection, region, accountId: account, role, attempts: 1 })
  return reader.read(reference, { signal })
}

const codeOf = (text: string): Promise<string> =>
  read(text).then(
    () => 'read',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )

async function refusalOf(text: string): Promise<Problem> {
  const error = await read(text).catch((refused: unknown) => refused)
  if (error instanceof Problem) return error
  throw new Error('it was read, or failed otherwise', { cause: error })
}

async function policyFor(name: string, secret: string, ...more: string[]): Promise<AwsAccessPolicy> {
  const config_json = {
    docker_image: 'registry.example.com/app:1',
    ray_version: '2.55.1',
    registry_login_secret: secret,
  }
  await postToApi(serve, '/cluster_environments', { name, config_json })
  const policy = AccessPolicy.parse(await fairlead('policy', '--cluster-env', name, ...more))
  if (policy.provider !== 'aws') throw new Error('not of AWS')
  return policy
}

/** Each way to omit one statement from a document. */
function oneLess(policy: PolicyDocument): PolicyDocument[] {
  const statements = [policy.Statement].flat()
  return statements.map((_, index) => ({ ...policy, Statement: statements.toSpliced(index, 1) }))
}

describe('with the printed policy, and not with one statement less, the node reads', () => {
  test('a secret of the same account, by name', async () => {
    await moto.putSecret('own/plain', document)
    const { identity_policy: policy } = await policyFor('own-plain', 'own/plain')
    front.setPolicy(policy)
    expect(await codeOf('own/plain')).toBe('read')
    for (const less of oneLess(policy)) {
      front.setPolicy(less)
      expect(await codeOf('own/plain')).toBe('SECRET_ACCESS_DENIED')
    }
  })

  test('S13: and no other secret, whatever its name', async () => {
    await moto.putSecret('own/one', document)
    for (const other of ['own/one-more', 'own/one-AbCdEf', 'own/on', 'own/one/x']) await moto.putSecret(other, document)
    front.setPolicy((await policyFor('own-one', 'own/one')).identity_policy)
    expect(await codeOf('own/one')).toBe('read')
    for (const other of ['own/one-more', 'own/one-AbCdEf', 'own/on', 'own/one/x']) {
      expect(await codeOf(other)).toBe('SECRET_ACCESS_DENIED')
    }
  })

  test('a secret with a customer key', async () => {
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
    // The right to decrypt is for this secret, not for everything the key protects.
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

describe('a key of a third account', () => {
  const thirdKey = 'arn:aws:kms:us-east-1:777777777777:key/33333333-3333-3333-3333-333333333333'
  const ownThirdKey = `arn:aws:kms:${region}:777777777777:key/44444444-4444-4444-4444-444444444444`

  test('that encrypts a secret of a second one needs all four parties to allow it, and a refusal says what the key must say', async () => {
    const place = { region: 'us-east-1', account: '999999999999' }
    const { arn } = await moto.putSecret('third/registry', document, { ...place, key: thirdKey })
    const { identity_policy, secret_policies, key_policies } = await policyFor('third', arn)
    const [secret, key] = [secret_policies[0]?.policy, key_policies[0]?.policy]
    if (secret === undefined || key === undefined) throw new Error('the other accounts have nothing to do')
    front.setPolicy(identity_policy)
    front.setSecretPolicy(arn, secret)
    expect(await codeOf(arn)).toBe('SECRET_DECRYPT_DENIED')
    expect((await refusalOf(arn)).fix).toContain(
      `add this to the policy of that key: ${JSON.stringify(key.Statement[0])}`,
    )
    front.setKeyPolicy(thirdKey, key)
    expect(await codeOf(arn)).toBe('read')
    for (const less of oneLess(identity_policy)) {
      front.setPolicy(less)
      expect(await codeOf(arn)).toMatch(/^SECRET_(ACCESS|DECRYPT)_DENIED$/)
    }
    front.setPolicy(identity_policy)
    front.setKeyPolicy(
      thirdKey,
      (await policyFor('not-third', await otherFarSecret(place))).key_policies[0]?.policy ?? null,
    )
    // What a key says about another secret does not apply to this one.
    expect(await codeOf(arn)).toBe('SECRET_DECRYPT_DENIED')
  })

  test('that encrypts a secret in the account of the nodes', async () => {
    await moto.putSecret('own/third', document, { key: ownThirdKey })
    const { identity_policy, key_policies } = await policyFor('own-third', 'own/third', '--customer-keys')
    front.setPolicy(identity_policy)
    expect(await codeOf('own/third')).toBe('SECRET_DECRYPT_DENIED')
    front.setKeyPolicy(ownThirdKey, key_policies[0]?.policy ?? null)
    expect(await codeOf('own/third')).toBe('read')
  })

  const otherFarSecret = async (place: { region: string; account: string }): Promise<string> =>
    (await moto.putSecret('third/other', document, { ...place, key: thirdKey })).arn
})

describe('the AWS reader', () => {
  beforeEach(() => front.setPolicy(all))

  test('reads a binary secret as the text it contains', async () => {
    await moto.putSecret('own/binary', Buffer.from(JSON.stringify(document)))
    expect(await codeOf('own/binary')).toBe('read')
  })

  test('cannot read a secret that is pending deletion', async () => {
    await moto.putSecret('own/leaving', document)
    await moto.scheduleDeletion('own/leaving')
    expect(await codeOf('own/leaving')).toBe('SECRET_UNAVAILABLE')
  })

  test('needs a key whose policy can name others for a secret of another account', async () => {
    const { arn } = await moto.putSecret('far/plain', document, { account: '999999999999' })
    front.setSecretPolicy(arn, {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' },
    })
    expect(await codeOf(arn)).toBe('SECRET_UNAVAILABLE')
  })

  test('uses the credentials of a container of ECS or EKS, which has no metadata service', async () => {
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
