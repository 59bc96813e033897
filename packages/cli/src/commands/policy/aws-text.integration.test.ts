/** The commands for AWS as AWS's own command line runs them, against moto: what they create, and what that may read. */
import { awsAccessPolicy, awsSecretPlace } from '@fairlead/contract/names'
import {
  ensurePythonEnvironment,
  evaluatePolicy,
  fairleadProgram,
  lockFile,
  newFolder,
  runCommand,
  startMoto,
  type Moto,
  type PolicyDocument,
} from '@fairlead/testkit'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { awsText } from './aws-text.ts'

const account = '123456789012'
const region = 'us-west-2'
const place = { region, account }
const nodes = { region, accountId: account, role: 'ml/cld_1-cluster_node_role' }
const own = awsSecretPlace('team/registry-login', nodes)
const policy = awsAccessPolicy(nodes, own === null ? [] : [own], { customerKeys: false })
const script = awsText({ policy, exists: false })

let moto: Moto
let env: NodeJS.ProcessEnv
beforeAll(async () => {
  const aws = await ensurePythonEnvironment({ lock: lockFile('aws-cli') })
  moto = await startMoto({ account, region })
  const bin = newFolder('policy')
  const command = (name: string, ...words: readonly string[]) =>
    writeFileSync(join(bin, name), `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`, { mode: 0o755 })
  command('aws', aws, '-m', 'awscli')
  command('fairlead', process.execPath, fairleadProgram)
  env = {
    PATH: `${bin}:/usr/bin:/bin`,
    HOME: bin,
    AWS_ENDPOINT_URL: moto.endpoint,
    // IAM of AWS itself needs none. It is not the secret's, which the commands name.
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  }
})
afterAll(() => moto.stop())

async function bash(text: string, input = ''): Promise<string> {
  const { status, stdout, stderr } = await runCommand('bash', ['-c', text], { env, input })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout
}
const readSecret = () => moto.ask('GetSecretValue', JSON.stringify({ SecretId: 'team/registry-login' }), place)

interface AccountDetails {
  RoleDetailList: readonly {
    Path: string
    RoleName: string
    AssumeRolePolicyDocument: unknown
    RolePolicyList: readonly { PolicyName: string; PolicyDocument: PolicyDocument }[]
    AttachedManagedPolicies: readonly unknown[]
    InstanceProfileList: readonly { InstanceProfileName: string }[]
  }[]
}

test('create a role for machines that may read one secret, its profile, and the secret without a value', async () => {
  await bash(script)
  const { RoleDetailList: roles } = JSON.parse(
    await bash('aws iam get-account-authorization-details --filter Role'),
  ) as AccountDetails
  expect(roles).toMatchObject([
    {
      Path: '/ml/',
      RoleName: 'cld_1-cluster_node_role',
      AssumeRolePolicyDocument: {
        Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
      RolePolicyList: [{ PolicyName: 'fairlead-registry-logins', PolicyDocument: policy.identity_policy }],
      AttachedManagedPolicies: [],
      InstanceProfileList: [{ InstanceProfileName: 'cld_1-cluster_node_role' }],
    },
  ])
  const unread = await readSecret()
  expect(unread.text).toContain('ResourceNotFoundException')
})

test('the last one asks for the login, and the policy fits the secret that it made', async () => {
  const [, enter = ''] = /^# (fairlead secret document .*)$/m.exec(script) ?? []
  await bash(
    enter.replace('REPLACE_WITH_USERNAME', 'robot').replace('REPLACE_WITH_REGISTRY_HOST', 'example.jfrog.io'),
    'canary "1f\n',
  )
  const { ARN, SecretString } = JSON.parse((await readSecret()).text) as { ARN: string; SecretString: string }
  expect(JSON.parse(SecretString)).toEqual({ username: 'robot', password: 'canary "1f', server: 'example.jfrog.io' })
  const may = (action: string, resource: string) => evaluatePolicy(policy.identity_policy, { action, resource })
  expect(may('secretsmanager:GetSecretValue', ARN)).toBe('allowed')
  expect(may('secretsmanager:PutSecretValue', ARN)).toBe('denied')
  expect(may('secretsmanager:GetSecretValue', ARN.replace('registry-login', 'other-login'))).toBe('denied')
})
