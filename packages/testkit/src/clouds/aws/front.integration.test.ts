/** AWS as a node sees it, queried with AWS's own SDK. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { startAwsFront, startMoto, type AwsFront, type Moto, type PolicyDocument } from '../../index.ts'

let moto: Moto
let front: AwsFront
const region = 'eu-central-1'
const canRead = (...resources: string[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: resources },
})

beforeAll(async () => {
  moto = await startMoto({ region })
})
afterAll(() => moto.stop())

beforeEach(async () => {
  front = await startAwsFront({
    moto,
    role: 'cld_1-cluster_node_role',
    policy: canRead(`arn:aws:secretsmanager:*:*:secret:team/*`),
  })
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE']) {
    vi.stubEnv(name, undefined)
  }
  for (const [name, value] of Object.entries(front.nodeEnv)) vi.stubEnv(name, value)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await front.stop()
})

async function read(secretId: string, at = region): Promise<string> {
  const client = new SecretsManagerClient({ region: at, maxAttempts: 1 })
  try {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretId }))
    return SecretString
  } catch (error) {
    return (error as Error).name
  } finally {
    client.destroy()
  }
}

describe('a node with the credentials of its instance', () => {
  test('reads what its role may read, by name and by ARN, in any region and account', async () => {
    await moto.putSecret('team/registry', { username: 'u' })
    const key = 'arn:aws:kms:us-east-1:999999999999:key/1'
    const elsewhere = await moto.putSecret('team/far', 'far away', {
      region: 'us-east-1',
      account: '999999999999',
      key,
    })
    front.setPolicy({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: ['secretsmanager:GetSecretValue', 'kms:Decrypt'], Resource: '*' },
    })
    const toNodes = (Action: string): PolicyDocument => ({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::123456789012:role/cld_1-cluster_node_role' },
        Action,
        Resource: '*',
      },
    })
    front.setSecretPolicy(elsewhere.arn, toNodes('secretsmanager:GetSecretValue'))
    front.setKeyPolicy(key, toNodes('kms:Decrypt'))
    expect(await read('team/registry')).toBe('{"username":"u"}')
    expect(await read(elsewhere.arn, 'us-east-1')).toBe('far away')
    expect(front.requests[0]).toMatchObject({
      action: 'secretsmanager:GetSecretValue',
      secretId: 'team/registry',
      principal: expect.stringMatching(
        /^arn:aws:sts::123456789012:assumed-role\/cld_1-cluster_node_role\/i-[0-9a-f]{17}$/,
      ),
      status: 200,
      error: null,
    })
    expect(JSON.stringify(front.requests)).not.toContain('far away')
  })

  test('sees a new version after an update, and nothing after a deletion', async () => {
    await moto.putSecret('team/rotating', 'old')
    const { versionId } = await moto.updateSecret('team/rotating', 'new')
    expect(versionId).toMatch(/^[0-9a-f-]{36}$/)
    expect(await read('team/rotating')).toBe('new')
    await moto.deleteSecret('team/rotating')
    expect(await read('team/rotating')).toBe('ResourceNotFoundException')
  })

  test('is denied what its role may not read, whether it exists or not', async () => {
    await moto.putSecret('other/registry', 'x')
    expect(await read('other/registry')).toBe('AccessDeniedException')
    expect(await read('other/nothing')).toBe('AccessDeniedException')
    expect(await read('team/nothing')).toBe('ResourceNotFoundException')
    front.setPolicy(canRead('*'))
    expect(await read('other/registry')).toBe('x')
  })
})

test('credentials that no instance received are unknown', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example')
  expect(await read('team/registry')).toBe('UnrecognizedClientException')
})

describe('faults', () => {
  test('throttling passes', async () => {
    await moto.putSecret('team/busy', 'x')
    front.faults.throttle = 1
    expect([await read('team/busy'), await read('team/busy')]).toEqual(['ThrottlingException', 'x'])
  })

  test('a service that is gone gives no answer', async () => {
    front.faults.down = true
    expect(await read('team/busy')).toMatch(/TimeoutError|Error/)
    expect(front.requests).toEqual([])
  })

  test('waits for a slow one', async () => {
    front.faults.delayMs = 300
    const start = performance.now()
    await read('team/busy')
    expect(performance.now() - start).toBeGreaterThanOrEqual(295)
  })
})

test('the metadata service requires a session token first', async () => {
  const url = `${front.metadataEndpoint}/latest/dynamic/instance-identity/document`
  expect((await fetch(url)).status).toBe(401)
  const token = await fetch(`${front.metadataEndpoint}/latest/api/token`, {
    method: 'PUT',
    headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' },
  })
  const answer = await fetch(url, { headers: { 'x-aws-ec2-metadata-token': await token.text() } })
  expect(await answer.json()).toMatchObject({ accountId: '123456789012', region, privateIp: '127.0.0.1' })
})
