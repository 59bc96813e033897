/** A node on Google Cloud: its metadata server says who it is, Secret Manager gives it the login, and a build is checked with that. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  cli,
  cliJson,
  createCa,
  createNetwork,
  makeFakeRayImage,
  newFolder,
  pushImage,
  startFairleadAgent,
  startFairleadServe,
  startGoogle,
  startRegistry,
} from '@fairlead/testkit'
import { expect, test } from 'vitest'

test('the build is checked with the login that the service account may read, and not without that right', async () => {
  await using network = await createNetwork()
  const host = network.hostAddress
  const ca = await createCa()
  await using google = await startGoogle({ ca, host })
  const auth = { kind: 'htpasswd', users: { puller: 'hunter2-of-gcp' } } as const
  await using registry = await startRegistry({ host, tls: ca, auth })
  const image = await makeFakeRayImage({ rayVersion: '2.55.1' })
  await pushImage(registry, 'team/trainer', '1', image, { username: 'puller', password: 'hunter2-of-gcp' })
  const secret = 'projects/my-project/secrets/login'
  google.secrets.add(secret, JSON.stringify({ username: 'puller', password: 'hunter2-of-gcp', server: registry.host }))
  google.secrets.allow(secret, `serviceAccount:${google.machine.email}`)

  await using serve = await startFairleadServe()
  const access = { host: serve.origin, token: serve.adminToken, caFile: serve.caFile }
  const cloud = [
    '-n',
    'google',
    '--provider',
    'gcp',
    '--project-id',
    'my-project',
    '--join',
    'token',
    '--allow-any-secret',
  ]
  await cliJson(['cloud', 'create', ...cloud], access)
  const folder = newFolder('gcp')
  const policy = join(folder, 'policy.yaml')
  const owner = { proxy: google.proxyUrl, secret_manager_ca: ca.caFile, registry_ca: { [registry.host]: ca.caFile } }
  await writeFile(policy, JSON.stringify(owner), { mode: 0o600 })
  const env = { GCE_METADATA_HOST: google.metadataHost }
  await using _agent = await startFairleadAgent({
    serve,
    name: 'checker',
    provider: 'gcp',
    checker: true,
    policy,
    env,
  })

  const config = join(folder, 'env.yaml')
  const text = `docker_image: ${registry.host}/team/trainer:1\nray_version: 2.55.1\nregistry_login_secret: login\n`
  await writeFile(config, text)
  const build = (name: string) => cli(['cluster-env', 'build', '-n', name, config], { ...access, timeoutMs: 60_000 })
  const good = await build('allowed')
  expect(good.status, good.stdout + good.stderr).toBe(0)
  google.secrets.add('projects/my-project/secrets/other', 'nobody may read this')
  await writeFile(config, text.replace('secret: login', 'secret: other'))
  const refused = await build('denied')
  expect(refused.status).toBe(6)
  expect(refused.stdout + refused.stderr).toContain('SECRET_ACCESS_DENIED')
})
