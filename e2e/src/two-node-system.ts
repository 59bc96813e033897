/** The whole system: a TLS registry with a real Ray image, the secret manager, the control plane, and two nodes with an engine each. */
import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Cluster } from '@fairlead/contract'
import {
  cli,
  cliJson,
  createCa,
  createNetwork,
  ensureRayImage,
  eventually,
  motoPython,
  ociImageFromDir,
  pushImage,
  startAwsFront,
  startFairleadAgent,
  startFairleadServe,
  startMoto,
  startRegistry,
  startTokenServer,
  type FairleadAccess,
  type FairleadAgent,
  type Machine,
} from '@fairlead/testkit'
import { startSystem } from './start-system.ts'

const cacheDir = fileURLToPath(new URL('../../.cache', import.meta.url))
const rayVersion = '2.55.1'
const region = 'eu-central-1'
const secretName = 'team/registry-login'

interface InspectedContainer {
  Id: string
  Config: { Env: string[]; Labels: Record<string, string> }
  HostConfig: { Privileged: boolean; NetworkMode: string; CapDrop: string[] }
}

export type TwoNodeSystem = Awaited<ReturnType<typeof startTwoNodeSystem>>

/** `policy`: what stands in each node's own file beside what the system needs. */
export const startTwoNodeSystem = (policy: Record<string, unknown> = {}) => startSystem((parts) => start(parts, policy))

async function start(parts: AsyncDisposableStack, policy: Record<string, unknown>) {
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
  const layout = await ociImageFromDir(await ensureRayImage({ cacheDir, rayVersion }))
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
  await cliJson(['cloud', 'create', '-n', 'two-nodes', ...place, '--node-role', role], access)
  await cliJson(['cloud', 'grant', secretName, '--registry', registry.host], access)

  const nodes = await Promise.all(
    ['one', 'two'].map(async (name) => {
      const machine = await network.machine(name)
      await writeFile(
        join(machine.etcDir, 'policy.yaml'),
        JSON.stringify({
          registry_ca: Object.fromEntries(
            [registry.host, new URL(tokenServer.realm).host].map((it) => [it, ca.caFile]),
          ),
          trusted_realms: [{ registry: registry.host, realm: tokenServer.realm }],
          containers: { shm_size: '1g' },
          disk_reserve_bytes: 1_000_000_000,
          ...policy,
        }),
        { mode: 0o644 },
      )
      const engine = await machine.startEngine()
      return { machine, engine }
    }),
  )
  const joined: { machine: Machine; engine: (typeof nodes)[number]['engine']; agent: FairleadAgent; nodeId: string }[] =
    []
  for (const { machine, engine } of nodes) {
    const agent = parts.use(
      await startFairleadAgent({ machine, serve, name: machine.name, provider: 'aws', env: front.nodeEnv }),
    )
    joined.push({ machine, engine, agent, nodeId: agent.nodeId })
  }

  const containersOn = async (machine: Machine): Promise<InspectedContainer[]> => {
    const ids = (await machine.mustExec('docker', ['ps', '-aq', '--no-trunc'])).split('\n').filter(Boolean)
    return ids.length === 0 ? [] : JSON.parse(await machine.mustExec('docker', ['inspect', ...ids]))
  }
  const getCluster = async (name: string): Promise<Cluster> =>
    Cluster.parse(await cliJson(['cluster', 'status', '-n', name], access))

  return {
    network,
    password,
    image,
    digest,
    rayVersion,
    secretName,
    registry,
    tokenServer,
    moto,
    front,
    serve,
    nodes: joined,
    fairlead: (...args: string[]) => cli(args, { ...access, timeoutMs: 280_000 }),
    containersOn,
    containerIds: async () =>
      (await Promise.all(joined.map(({ machine }) => containersOn(machine)))).flat().map(({ Id }) => Id),
    imageNamesOn: async (machine: Machine) =>
      (await machine.mustExec('docker', ['images', '--format', '{{.Repository}}:{{.Tag}}']))
        .split('\n')
        .filter(Boolean),
    /** Removes the image from both engines, so that a start pulls again. */
    async forgetImages() {
      for (const { machine } of joined) {
        await machine.mustExec('sh', ['-c', 'docker images -aq | xargs -r docker rmi -f'])
      }
    },
    /** How often the registry was asked for a layer so far. */
    layerRequests: async () => {
      const log = await readFile(registry.logFile, 'utf8')
      return layers.reduce((sum, layer) => sum + log.split(`"GET /v2/team/ray/blobs/${layer}`).length - 1, 0)
    },
    untilCluster: (name: string, holds: (cluster: Cluster) => boolean) =>
      eventually(
        async () => {
          const cluster = await getCluster(name)
          return holds(cluster) ? cluster : undefined
        },
        { what: `cluster ${name} is as it should be`, timeoutMs: 150_000 },
      ),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}
