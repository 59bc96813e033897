/** The policy for the nodes of a cloud, requested over the API. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testControlPlane, type Answer, type Caller, type TestControlPlane } from '../testing/test-control-plane.ts'

let running: TestControlPlane
let admin: Caller
const image = 'registry.example.com/team/app:1'
const foreign = 'arn:aws:secretsmanager:us-east-1:999999999999:secret:far/registry-AbCdEf'

beforeAll(async () => {
  running = await testControlPlane()
  admin = running.admin
})
afterAll(() => running[Symbol.asyncDispose]())

const aws = { provider: 'aws', region: 'eu-central-1', account_id: '111122223333' }
async function cloud(name: string, part: object = aws, grants: string[] = ['team/', foreign]): Promise<string> {
  const made = await admin.post('/clouds', { name, join: 'token', ...part })
  const { id } = made.body.result
  for (const reference of grants) await admin.post(`/clouds/${id}/grants`, { reference })
  return id
}
async function environment(name: string, cloudId: string, secret: string | null): Promise<string> {
  const config_json = { docker_image: image, ray_version: '2.55.1', ...(secret && { registry_login_secret: secret }) }
  const made = await admin.post('/cluster_environments', { name, cloud_id: cloudId, config_json })
  expect(made.status).toBe(201)
  return made.body.result.id
}
const policyOf = (cloudId: string, name: string, more = '') =>
  admin.get(`/clouds/${cloudId}/policy?cluster_environment=${name}${more}`)
const resources = (answer: Answer): string[] => answer.body.result.identity_policy.Statement[0].Resource

describe('S13: a policy covers exactly the granted secrets in use', () => {
  test('those of the newest build, of a revision, and of those that clusters still run', async () => {
    const cloudId = await cloud('one')
    const id = await environment('train', cloudId, 'team/old')
    const cluster = await admin.post('/clusters', { name: 'c', cluster_environment: 'train:1', cloud_id: cloudId })
    const next = { docker_image: image, ray_version: '2.55.1', registry_login_secret: foreign }
    await admin.post(`/cluster_environments/${id}/builds`, { config_json: next })
    const old = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:team/old-??????'
    expect(resources(await policyOf(cloudId, 'train'))).toEqual([foreign])
    expect(resources(await policyOf(cloudId, 'train:1'))).toEqual([old])
    await admin.post(`/clusters/${cluster.body.result.id}/start`, {})
    expect(resources(await policyOf(cloudId, 'train'))).toEqual([old, foreign])
  })

  test('and none whose grant was revoked', async () => {
    const cloudId = await cloud('two')
    await environment('lost', cloudId, 'team/login')
    const grants = await admin.get(`/clouds/${cloudId}/grants`)
    for (const { id } of grants.body.results) await admin.remove(`/clouds/${cloudId}/grants/${id}`)
    expect((await policyOf(cloudId, 'lost')).body.code).toBe('REFERENCE_NOT_ALLOWED')
  })
})

describe('the role', () => {
  test.each([
    [undefined, (id: string) => `${id}-cluster_node_role`],
    ['ray-autoscaler-v1', () => 'ray-autoscaler-v1'],
    ['ml/custom-role', () => 'ml/custom-role'],
  ])('%s', async (role, name) => {
    const cloudId = await cloud(`role-${(role ?? 'default').replace('/', '.')}`, {
      ...aws,
      ...(role && { node_role: role }),
    })
    await environment(`env-${cloudId}`, cloudId, 'team/login')
    const answer = await policyOf(cloudId, `env-${cloudId}`)
    expect(answer.body.result.role_arn).toBe(`arn:aws:iam::111122223333:role/${name(cloudId)}`)
  })

  test('customer-managed keys are covered if the cloud declares them', async () => {
    const cloudId = await cloud('keys')
    await environment('keys', cloudId, 'team/login')
    const actions = async (more: string) =>
      (await policyOf(cloudId, 'keys', more)).body.result.identity_policy.Statement.map(
        ({ Action }: { Action: string }) => Action,
      )
    expect(await actions('')).toEqual(['secretsmanager:GetSecretValue'])
    expect(await actions('&customer_keys=true')).toEqual(['secretsmanager:GetSecretValue', 'kms:Decrypt'])
  })

  test('on Google Cloud: a binding on the secret', async () => {
    const part = { provider: 'gcp', project_id: 'my-project', node_role: 'n@my-project.iam.gserviceaccount.com' }
    const cloudId = await cloud('gcp', part, ['login'])
    await environment('gcp', cloudId, 'login')
    expect((await policyOf(cloudId, 'gcp')).body.result).toEqual({
      provider: 'gcp',
      service_account: 'n@my-project.iam.gserviceaccount.com',
      bindings: [
        {
          project: 'my-project',
          location: null,
          secret: 'login',
          role: 'roles/secretmanager.secretAccessor',
          member: 'serviceAccount:n@my-project.iam.gserviceaccount.com',
        },
      ],
    })
  })
})

describe('without a policy', () => {
  test.each([
    ['of an environment without a secret', aws, null, 'POLICY_NOT_NEEDED'],
    ['of nodes that read secrets from a folder', { provider: 'local' }, 'login', 'POLICY_NOT_NEEDED'],
    ['of a cloud that does not say where it is', { provider: 'aws' }, 'team/login', 'CLOUD_PLACE_UNKNOWN'],
    ['of a cloud that does not say its project', { provider: 'gcp' }, 'login', 'CLOUD_PLACE_UNKNOWN'],
  ])('%s', async (what, part, secret, code) => {
    const name = what.replaceAll(' ', '-')
    const cloudId = await cloud(name, { ...part, allow_any_secret: true }, [])
    await environment(name, cloudId, secret)
    expect((await policyOf(cloudId, name)).body).toMatchObject({ code })
  })

  test('an environment of another cloud, or none, has no policy here', async () => {
    const [here, there] = [await cloud('here'), await cloud('there')]
    await environment('elsewhere', there, 'team/login')
    expect((await policyOf(here, 'elsewhere')).body.code).toBe('CLUSTER_ENV_NOT_FOUND')
    expect((await policyOf(here, 'nothing')).body.code).toBe('CLUSTER_ENV_NOT_FOUND')
    expect((await admin.get(`/clouds/${here}/policy`)).body.code).toBe('REQUEST_INVALID')
  })
})
