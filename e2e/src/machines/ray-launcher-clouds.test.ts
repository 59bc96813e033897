/**
 * The files for AWS and Google Cloud as Ray's own code reads them: its schema, its defaults, and how it starts instances: on AWS
 * against moto, on Google Cloud with Google's own client against a stand-in for Compute Engine.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  cli,
  cliJson,
  createCa,
  makeFakeRayImage,
  mustRun,
  newFolder,
  pushImage,
  startAwsFront,
  startFairleadAgent,
  startFairleadServe,
  startGoogle,
  startMoto,
  startRegistry,
  type FairleadAccess,
  type Moto,
} from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rayPython } from '../ray-launcher/ray-launcher-system.ts'

const region = 'eu-central-1'
const role = 'trainers'
const vars = { GREETING: `it's "$HOME"`, YES: 'yes', TIME: '12:30:45', UMLAUT: 'größe\u0085', NUMBER: '1_000' }
const checkConfig = fileURLToPath(new URL('../ray-launcher/check_config.py', import.meta.url))

const parts = new AsyncDisposableStack()
let access: FairleadAccess
let moto: Moto
let python: string
let nodeAccount: string

beforeAll(async () => {
  const ca = await createCa()
  python = await rayPython()
  moto = parts.use(await startMoto({ region }))
  const google = parts.use(await startGoogle({ ca }))
  nodeAccount = google.machine.email
  const login = { username: 'puller', password: 'hunter2-of-both' }
  const auth = { kind: 'htpasswd', users: { puller: login.password } } as const
  const registry = parts.use(await startRegistry({ tls: ca, auth }))
  await pushImage(registry, 'team/ray', '1', await makeFakeRayImage({ rayVersion: '2.55.1' }), login)
  const secret = { ...login, server: registry.host }
  await moto.putSecret('login', secret)
  google.secrets.add('projects/my-project/secrets/login', JSON.stringify(secret))
  google.secrets.allow('projects/my-project/secrets/login', `serviceAccount:${google.machine.email}`)
  const readAll = { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' } as const
  const front = parts.use(await startAwsFront({ moto, role, policy: { Version: '2012-10-17', Statement: [readAll] } }))

  const serve = parts.use(await startFairleadServe())
  access = { host: serve.origin, token: serve.adminToken, caFile: serve.caFile }
  const places = {
    aws: ['--region', region, '--account-id', moto.account, '--node-role', role],
    gcp: ['--region', 'europe-west1', '--project-id', 'my-project', '--node-role', google.machine.email],
  }
  const folder = newFolder('clouds')
  const config = join(folder, 'env.yaml')
  const image = { docker_image: `${registry.host}/team/ray:1`, ray_version: '2.55.1', env_vars: vars }
  await writeFile(config, JSON.stringify({ ...image, registry_login_secret: 'login' }))
  for (const provider of ['aws', 'gcp'] as const) {
    const about = ['-n', provider, '--provider', provider, ...places[provider], '--join', 'token', '--allow-any-secret']
    await cliJson(['cloud', 'create', ...about], access)
    const policy = join(folder, `${provider}.yaml`)
    const trust = { registry_ca: { [registry.host]: ca.caFile }, loopback_registries: [`https://${registry.host}`] }
    const googles = { proxy: google.proxyUrl, secret_manager_ca: ca.caFile }
    await writeFile(policy, JSON.stringify(provider === 'aws' ? trust : { ...trust, ...googles }), { mode: 0o600 })
    const env = provider === 'aws' ? front.nodeEnv : { GCE_METADATA_HOST: google.metadataHost }
    const checker = { serve, name: `${provider}-checker`, provider, cloudName: provider, checker: true, policy, env }
    parts.use(await startFairleadAgent(checker))
    const build = ['cluster-env', 'build', '-n', `on-${provider}`, '--cloud-name', provider, config]
    const built = await cli(build, { ...access, timeoutMs: 60_000 })
    expect(built.status, built.stdout + built.stderr).toBe(0)
  }
})
afterAll(() => parts.disposeAsync())

async function fileFor(environment: string, target: string): Promise<string> {
  const { status, stdout, stderr } = await cli(['launch-config', environment, '--for', target], access)
  expect(status, stderr).toBe(0)
  const file = join(newFolder('launch'), 'cluster.yaml')
  await writeFile(file, stdout)
  return file
}

interface Checked {
  config: object
  launched?: { resources: object; nodes: { kind: string; profile: unknown }[] }
}

async function checkedByRay(file: string, ...options: string[]): Promise<Checked> {
  const env = {
    HOME: newFolder('ray-home'),
    AWS_ENDPOINT_URL: moto.endpoint,
    AWS_ACCESS_KEY_ID: 'of-the-launcher',
    AWS_SECRET_ACCESS_KEY: 'of-the-launcher',
    AWS_DEFAULT_REGION: region,
  }
  return JSON.parse(await mustRun(python, [checkConfig, file, ...options], { env, timeoutMs: 200_000 })) as Checked
}

describe.each(['aws', 'gcp'])('--for ray-%s', (provider) => {
  test("passes Ray's schema and defaults, and its YAML parser reads the same as --json", async () => {
    const { config } = await checkedByRay(await fileFor(`on-${provider}`, `ray-${provider}`))
    const object = await cliJson<{ config: object }>(
      ['launch-config', `on-${provider}`, '--for', `ray-${provider}`],
      access,
    )
    expect(config).toEqual(object.config)
  })
})

test('on AWS Ray creates its key and its security group, and starts a head and a worker with the profile of the nodes', async () => {
  const iam = ['iam', 'create_instance_profile', 'add_role_to_instance_profile'] as const
  await mustRun(
    python,
    [
      '-c',
      `import boto3, sys\niam = boto3.client("${iam[0]}")\niam.create_role(RoleName=sys.argv[1], AssumeRolePolicyDocument="{}")\niam.${iam[1]}(InstanceProfileName=sys.argv[1])\niam.${iam[2]}(InstanceProfileName=sys.argv[1], RoleName=sys.argv[1])`,
      role,
    ],
    {
      env: {
        AWS_ENDPOINT_URL: moto.endpoint,
        AWS_ACCESS_KEY_ID: 'x',
        AWS_SECRET_ACCESS_KEY: 'x',
        AWS_DEFAULT_REGION: region,
      },
    },
  )
  const { launched } = await checkedByRay(await fileFor('on-aws', 'ray-aws'), '--launch')
  const profile = `arn:aws:iam::${moto.account}:instance-profile/${role}`
  expect(launched?.nodes.toSorted((a, b) => a.kind.localeCompare(b.kind))).toEqual([
    { kind: 'head', profile },
    { kind: 'worker', profile },
  ])
  expect(launched?.resources).toMatchObject({ 'ray.head.default': { CPU: 2 }, 'ray.worker.default': { CPU: 2 } })
})

test('on Google Cloud Ray creates its key, and starts a head and a worker as the service account of the nodes', async () => {
  const file = await fileFor('on-gcp', 'ray-gcp')
  const filled = (await readFile(file, 'utf8'))
    .replaceAll('REPLACE_WITH_ZONE', 'europe-west1-b')
    .replaceAll('REPLACE_WITH_IMAGE_WITH_DOCKER', 'projects/my-project/global/images/family/with-docker')
  expect(filled).not.toContain('REPLACE_WITH_')
  await writeFile(file, filled)
  const { launched } = await checkedByRay(file, '--launch')
  expect(launched?.nodes).toEqual([
    { kind: 'head', profile: [nodeAccount] },
    { kind: 'worker', profile: [nodeAccount] },
  ])
  // Ray asks Compute Engine for a machine using only fields that exist; this shows that an unknown one would be noticed:
  await writeFile(file, filled.replaceAll('machineType:', 'machineTpye: "x"\n      machineType:'))
  await expect(checkedByRay(file, '--launch')).rejects.toThrow(/instance has no field machineTpye/)
})

test('a file for a cloud other than that of the build is rejected', async () => {
  const { status, stderr } = await cli(['launch-config', 'on-gcp', '--for', 'ray-aws'], access)
  expect(status).toBe(2)
  expect(stderr).toContain('--for ray-aws is for clouds of provider aws; gcp is of provider gcp')
})

test('a pool that joins with a token gets no user data, which every user on the machine can read', async () => {
  const { status, stderr } = await cli(['launch-config', 'on-aws', '--for', 'user-data'], access)
  expect(status).toBe(2)
  expect(stderr).toContain('join with a token, which must not be in user data')
})
