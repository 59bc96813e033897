/** All parts but Docker, on loopback: registries of each kind, the secret manager, the control plane, and a checker that checks builds. */
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  cli,
  cliJson,
  createCa,
  makeImage,
  motoPython,
  newFolder,
  pushImage,
  startAwsFront,
  startFairleadAgent,
  startFairleadServe,
  startHostileRegistry,
  startMoto,
  startRecorder,
  startRegistry,
  startTokenServer,
  type CommandResult,
  type FairleadAccess,
} from '@fairlead/testkit'
import { startSystem } from './start-system.ts'

const region = 'eu-central-1'
const role = 'ray-autoscaler-v1'

export type LoopbackSystem = Awaited<ReturnType<typeof startLoopbackSystem>>

export const startLoopbackSystem = () => startSystem(start)

async function start(parts: AsyncDisposableStack) {
  const password = `canary-${randomBytes(12).toString('hex')}`
  const admin = { username: 'pusher', password: randomBytes(12).toString('hex') }
  const ca = await createCa()
  const strangerCa = await createCa()

  const tokenServer = parts.use(
    await startTokenServer({
      tls: ca,
      users: {
        puller: { password, pull: ['team/app'] },
        [admin.username]: { password: admin.password, pull: ['*'], push: ['*'] },
      },
    }),
  )
  const registry = parts.use(await startRegistry({ tls: ca, auth: { kind: 'token', tokenServer } }))
  const users = { puller: password }
  const basicRegistry = parts.use(await startRegistry({ tls: ca, auth: { kind: 'htpasswd', users } }))
  const strangerRegistry = parts.use(await startRegistry({ tls: strangerCa, auth: { kind: 'htpasswd', users } }))
  const recorder = parts.use(await startRecorder({ tls: ca }))
  const hostile = parts.use(await startHostileRegistry({ tls: ca, realm: `${recorder.origin}/token` }))
  const image = await makeImage({ files: { 'etc/greeting': 'hello' } })
  const { digest } = await pushImage(registry, 'team/app', '1', image, admin)
  await pushImage(registry, 'other/app', '1', image, admin)

  const moto = parts.use(await startMoto({ python: await motoPython(), tls: ca, region }))
  const front = parts.use(
    await startAwsFront({
      moto,
      tls: ca,
      role,
      policy: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'secretsmanager:GetSecretValue',
            Resource: `arn:aws:secretsmanager:*:*:secret:team/*`,
          },
          { Effect: 'Deny', Action: '*', Resource: 'arn:aws:secretsmanager:*:*:secret:team/forbidden-??????' },
        ],
      },
    }),
  )
  const login = { username: 'puller', password, server: registry.host }
  await moto.putSecret('team/login', login)
  await moto.putSecret('team/pusher', { ...admin, server: registry.host })

  const serve = parts.use(await startFairleadServe())
  const client: FairleadAccess = { host: serve.origin, token: serve.adminToken }
  const run = (options: FairleadAccess, args: readonly string[]): Promise<CommandResult> =>
    cli(args, { ...client, ...options })
  const cloudName = 'aws-test'
  const place = ['--provider', 'aws', '--region', region, '--account-id', moto.account, '--join', 'token']
  await cliJson(['cloud', 'create', '-n', cloudName, ...place], client)
  await cliJson(['cloud', 'grant', 'team/'], client)

  const policy = join(newFolder('policy'), 'policy.yaml')
  const loopback = [registry, basicRegistry, strangerRegistry, hostile].map((it) => ('url' in it ? it.url : it.origin))
  const trusted = [registry.host, basicRegistry.host, hostile.host, new URL(tokenServer.realm).host, recorder.host]
  await writeFile(
    policy,
    JSON.stringify({
      loopback_registries: [...loopback, 'https://127.0.0.1:9'],
      secret_manager_ca: ca.caFile,
      registry_ca: Object.fromEntries(trusted.map((host) => [host, ca.caFile])),
      trusted_realms: [{ registry: registry.host, realm: tokenServer.realm }],
    }),
    { mode: 0o644 },
  )
  const checker = parts.use(
    await startFairleadAgent({ serve, name: 'checker', provider: 'aws', checker: true, policy, env: front.nodeEnv }),
  )

  return {
    registry,
    basicRegistry,
    strangerRegistry,
    tokenServer,
    recorder,
    hostile,
    moto,
    front,
    serve,
    checker,
    /** The checker's own file. */
    policy,
    cloudName,
    digest,
    login,
    /** None of these may appear in anything that is printed. */
    passwords: [password, admin.password],
    /** A configuration with nothing wrong in it. */
    good: {
      docker_image: `${registry.host}/team/app:1`,
      ray_version: '2.55.1',
      registry_login_secret: 'team/login',
    },
    fairlead: (...args: string[]) => run({}, args),
    fairleadWith: (options: FairleadAccess, ...args: string[]) => run(options, args),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}
