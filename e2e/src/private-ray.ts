/** An image with Ray that needs a login, the login in the secret manager of AWS, and a control plane whose cloud may use it. */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  cliJson,
  createCa,
  createNetwork,
  ensureRayImage,
  makeFakeRayImage,
  motoPython,
  ociImageFromDir,
  pushImage,
  startAwsFront,
  startFairleadServe,
  startMoto,
  startRegistry,
  startTokenServer,
  withFileLock,
  type FairleadAccess,
} from '@fairlead/testkit'

export const cacheDir = fileURLToPath(new URL('../../.cache', import.meta.url))
export const rayVersion = '2.55.1'
const region = 'eu-central-1'
const secretName = 'team/registry-login'

export interface PrivateRayOptions {
  readonly cloudName: string
  /** `fake`: an image that behaves like one with Ray, for stories that are of something else. */
  readonly ray: 'real' | 'fake'
  /** Of Debian, in the real image beside Ray. */
  readonly packages?: readonly string[]
}

/** The second layer is large enough that a pull is met in the middle. */
const fakeRay = { rayVersion, layers: [{ randomBytes: 40_000_000 }] }

/** For the work of a real Ray that starts: a head ends where its raylet is not up within 30 s, so that one at a time starts on this host. */
export const whileRayStarts = <Result>(work: () => Promise<Result>): Promise<Result> =>
  withFileLock(join(cacheDir, 'ray-start-lock'), undefined, work)

export async function startPrivateRay(
  parts: AsyncDisposableStack,
  { cloudName, ray, packages = [] }: PrivateRayOptions,
) {
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
  const layout = await (ray === 'fake'
    ? makeFakeRayImage(fakeRay)
    : ociImageFromDir(await ensureRayImage({ cacheDir, rayVersion, packages })))
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
  await cliJson(['cloud', 'create', '-n', cloudName, ...place, '--node-role', role], access)
  await cliJson(['cloud', 'grant', secretName, '--registry', registry.host], access)

  return {
    network,
    host,
    ca,
    password,
    tokenServer,
    registry,
    image,
    digest,
    secretName,
    moto,
    front,
    serve,
    access,
    /** What the owner of a node there must say for the registry to be used. */
    policy: {
      secret_manager_ca: ca.caFile,
      registry_ca: Object.fromEntries([registry.host, new URL(tokenServer.realm).host].map((it) => [it, ca.caFile])),
      trusted_realms: [{ registry: registry.host, realm: tokenServer.realm }],
      disk_reserve_bytes: 1_000_000_000,
    },
    /** How often the registry was asked for a layer so far. */
    layerRequests: async () => {
      const log = await readFile(registry.logFile, 'utf8')
      return layers.reduce((sum, layer) => sum + log.split(`"GET /v2/team/ray/blobs/${layer}`).length - 1, 0)
    },
  }
}
