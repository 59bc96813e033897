/** AWS Secrets Manager as moto simulates it, behind a front that evaluates the role's policy, with an instance's credentials. */
import { parseSecretReference } from '@fairlead/contract/names'
import { Problem } from '@fairlead/contract/problems'
import { startAwsFront, startMoto, type AwsFront, type Moto, type PolicyDocument } from '@fairlead/testkit'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { awsNodeIdentity } from './identity.ts'
import { awsSecretReader } from './secrets-manager.ts'
import { directConnection } from '../secret-manager-connection.ts'
import { describeSecretReader } from '../secret-reader.conformance.ts'
import { singleFlight } from '../single-flight.ts'

const region = 'eu-central-1'
const context = { partition: 'aws', region, accountId: '123456789012' } as const
const signal = new AbortController().signal
const reference = (text: string) => parseSecretReference('aws', text, context)
const document = { username: 'u', password: 'p', server: 'registry.example.com' }
const canRead = (resource: string): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: [resource] },
})

let moto: Moto
let front: AwsFront

beforeAll(async () => {
  moto = await startMoto({ region })
  front = await startAwsFront({ moto, role: 'cld_1-cluster_node_role', policy: canRead('*') })
  useInstance()
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await front.stop()
  await moto.stop()
})
beforeEach(() => {
  front.setPolicy(canRead('*'))
  useInstance()
})

function useInstance(): void {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE', 'AWS_REGION']) {
    vi.stubEnv(name, undefined)
  }
  for (const [name, value] of Object.entries(front.nodeEnv)) vi.stubEnv(name, value)
}

describeSecretReader('AWS Secrets Manager as moto plays it', async () => {
  const made = new Set<string>()
  return {
    reader: awsSecretReader({ connection: directConnection, region }),
    async put(name, content) {
      await (made.has(name) ? moto.updateSecret(name, content) : moto.putSecret(name, content))
      made.add(name)
      return reference(name)
    },
    missing: () => reference('nowhere'),
    [Symbol.asyncDispose]: async () => {},
  }
})

async function codeOf(text: string): Promise<string> {
  try {
    await awsSecretReader({ connection: directConnection, region }).read(reference(text), { signal })
    return 'read'
  } catch (error) {
    if (error instanceof Problem) return error.code
    throw error
  }
}

test('S21: learns the account, region and partition of the node from AWS', async () => {
  expect(await awsNodeIdentity(directConnection, signal)).toEqual({
    partition: 'aws',
    region,
    accountId: '123456789012',
    role: 'cld_1-cluster_node_role',
  })
})

test('denies a secret outside the policy of the role, without revealing whether it exists', async () => {
  await moto.putSecret('other/registry', document)
  front.setPolicy(canRead('arn:aws:secretsmanager:*:*:secret:team/*'))
  expect([await codeOf('other/registry'), await codeOf('other/nothing')]).toEqual([
    'SECRET_ACCESS_DENIED',
    'SECRET_ACCESS_DENIED',
  ])
})

test('R5: turns many concurrent pulls into one read, even if the service throttles', async () => {
  await moto.putSecret('busy/registry', document)
  const reader = singleFlight(awsSecretReader({ connection: directConnection, region }))
  const asked = () => front.requests.filter(({ secretId }) => secretId === 'busy/registry').length
  await Promise.all(Array.from({ length: 100 }, () => reader.read(reference('busy/registry'), { signal })))
  expect(asked()).toBe(1)
  front.faults.throttle = 1
  await reader.read(reference('busy/registry'), { signal, fresh: true })
  expect(asked()).toBeGreaterThanOrEqual(2)
  front.faults.throttle = 0
})

test('reports a service that is gone as one that does not answer', async () => {
  front.faults.down = true
  const code = await codeOf('busy/registry')
  front.faults.down = false
  expect(code).toBe('SECRET_MANAGER_UNREACHABLE')
})
