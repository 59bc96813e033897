/** Two machines that nothing but Ray's launcher starts anything on, and a control plane that only knows the build: it has no node but a checker. */
import { createHash, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  cli,
  cliJson,
  createCa,
  createNetwork,
  ensureRayImage,
  fairleadProgram,
  listen,
  motoPython,
  newFolder,
  ociImageFromDir,
  pushImage,
  runCommand,
  startAwsFront,
  startFairleadAgent,
  startFairleadServe,
  startMoto,
  startRegistry,
  startTokenServer,
  type FairleadAccess,
} from '@fairlead/testkit'
import { startSystem } from '../start-system.ts'
import { cacheDir, rayPython, rayVersion } from './ray-python.ts'
import { makeKeyPair, startSsh } from './ssh-machine.ts'

const region = 'eu-central-1'
const secretName = 'team/registry-login'

export type RayLauncherSystem = Awaited<ReturnType<typeof startRayLauncherSystem>>

export const startRayLauncherSystem = () => startSystem(start)

async function start(parts: AsyncDisposableStack) {
  const password = `canary-${randomBytes(12).toString('hex')}`
  const admin = { username: 'pusher', password: randomBytes(12).toString('hex') }
  const network = parts.use(await createNetwork())
  const host = network.hostAddress
  const ca = await createCa()
  const tokenServer = parts.use(
    await startTokenServer({
      host,
      tls: ca,
      users: {
        puller: { password, pull: ['team/ray'] },
        [admin.username]: { password: admin.password, pull: ['*'], push: ['*'] },
      },
    }),
  )
  const registry = parts.use(await startRegistry({ host, tls: ca, auth: { kind: 'token', tokenServer } }))
  const image = `${registry.host}/team/ray:${rayVersion}`
  const packages = ['openssh-client', 'rsync']
  const [python, layoutDir] = await Promise.all([rayPython(), ensureRayImage({ cacheDir, rayVersion, packages })])
  const layout = await ociImageFromDir(layoutDir)
  const layers = layout.blobs.filter(({ mediaType }) => mediaType.includes('layer')).map((blob) => blob.digest)
  const { digest } = await pushImage(registry, 'team/ray', rayVersion, layout, admin)

  const moto = parts.use(await startMoto({ python: await motoPython(), host, tls: ca, region }))
  const role = 'ray-autoscaler-v1'
  const resource = `arn:aws:secretsmanager:${region}:${moto.account}:secret:${secretName}-??????`
  const front = parts.use(
    await startAwsFront({
      moto,
      host,
      tls: ca,
      role,
      policy: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: resource }],
      },
    }),
  )
  await moto.putSecret(secretName, { username: 'puller', password, server: registry.host })

  const serve = parts.use(await startFairleadServe({ listen: `${host}:0` }))
  const access: FairleadAccess = { host: serve.origin, token: serve.adminToken, caFile: serve.caFile }
  const place = ['--provider', 'aws', '--region', region, '--account-id', moto.account, '--join', 'token']
  await cliJson(['cloud', 'create', '-n', 'rented', ...place, '--node-role', role], access)
  await cliJson(['cloud', 'grant', secretName, '--registry', registry.host], access)

  const policy = JSON.stringify({
    registry_ca: Object.fromEntries([registry.host, new URL(tokenServer.realm).host].map((it) => [it, ca.caFile])),
    trusted_realms: [{ registry: registry.host, realm: tokenServer.realm }],
    disk_reserve_bytes: 1_000_000_000,
  })
  const policyFile = join(newFolder('checker'), 'policy.yaml')
  await writeFile(policyFile, policy, { mode: 0o644 })
  const checker = {
    serve,
    name: 'checker',
    provider: 'aws',
    checker: true,
    policy: policyFile,
    env: front.nodeEnv,
  } as const
  parts.use(await startFairleadAgent(checker))

  const keys = await makeKeyPair()
  const machines = await Promise.all(
    ['head', 'worker'].map(async (name) => {
      const machine = await network.machine(name)
      await writeFile(join(machine.etcDir, 'policy.yaml'), policy, { mode: 0o644 })
      await machine.startEngine()
      await startSsh(machine, ca, keys, front.nodeEnv)
      return machine
    }),
  )
  const [head, worker] = machines as [(typeof machines)[number], (typeof machines)[number]]

  // The one file that machines download: here it leads to the program under test.
  const program = `#!/bin/sh\nexec ${process.execPath} ${fairleadProgram} "$@"\n`
  const downloads = parts.use(await listen((_request, response) => void response.end(program), { host, tls: ca }))

  const home = newFolder('launcher-home')
  parts.defer(async () => {
    await runCommand('sh', ['-c', `rm -rf /tmp/ray_tmp_mount/"$1"`, 'sh', clusterEnv])
  })
  return {
    password,
    image,
    digest,
    secretName,
    registry,
    machines,
    head,
    worker,
    keys,
    clusterEnv,
    install: {
      url: `${downloads.origin}/fairlead`,
      sha256: createHash('sha256').update(program).digest('hex'),
    },
    fairlead: (...args: string[]) => cli(args, { ...access, timeoutMs: 120_000 }),
    /** Ray's own command line, as a user would run it. */
    ray: (...args: string[]) =>
      // By its module: pip's programs name the folder in which the environment was made, before it was moved to its place.
      runCommand(python, ['-m', 'ray.scripts.scripts', ...args], {
        env: {
          HOME: home,
          RAY_TMPDIR: home,
          RAY_USAGE_STATS_ENABLED: '0',
          LANG: 'C.UTF-8',
          TERM: 'dumb',
        },
        timeoutMs: 240_000,
      }),
    /** How often the registry was asked for a layer so far. */
    layerRequests: async () => {
      const log = await readFile(registry.logFile, 'utf8')
      return layers.reduce((sum, layer) => sum + log.split(`"GET /v2/team/ray/blobs/${layer}`).length - 1, 0)
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

/** Ray keeps folders by the name of a cluster in `/tmp`, which all test machines share. */
const clusterEnv = `launched-${randomBytes(4).toString('hex')}`
