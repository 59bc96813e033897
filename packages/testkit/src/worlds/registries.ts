/** The kinds of private registry that a lab may have, each with TLS; a proxy in front of one can slow it down. */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Login } from '../basic-login.ts'
import type { LocalOciImage } from '../images/local-image.ts'
import { pushImage, type PushOptions } from '../images/push-image.ts'
import { startFarLink, type FarLink } from '../servers/faults/far-link.ts'
import { startFaultProxy, type FaultProxy } from '../servers/faults/fault-proxy.ts'
import { startRegistry, type Registry, type RegistryAuth } from '../servers/registry.ts'
import { startTokenServer, type TokenServer } from '../servers/token-server.ts'
import type { TestNetwork } from '../machines/network.ts'
import { startCanary, type Canary } from '../servers/canary.ts'
import type { Ground } from './ground.ts'

export interface PrivateRegistry {
  /** `H:P`, as in an image's name. */
  readonly host: string
  /** The realm of its token server; null if it has none. */
  readonly realm: string | null
  readonly push: (
    repository: string,
    image: LocalOciImage,
    options?: PushOptions & { tag?: string },
  ) => Promise<PushedImage>
}

export interface PushedImage {
  /** As a user writes it. */
  readonly reference: string
  readonly digest: string
  /** What a pull downloads. */
  readonly bytes: number
  /** How often a layer of it has been requested from the registry so far. */
  readonly layerRequests: () => Promise<number>
}

/** Takes the lab's login in the oldest way of `docker login`. */
export async function basicRegistry(ground: Ground): Promise<Registry & PrivateRegistry> {
  const { username, password } = ground.login
  return registryOf(ground, { kind: 'htpasswd', users: { [username]: password } }, ground.login)
}

export interface HiddenRegistry extends Registry, PrivateRegistry {
  /** Its name without a port, and where it really is. */
  readonly name: string
  readonly address: string
  /** Where its name leads whom nobody told otherwise. */
  readonly canary: Canary
}

/** The same under a name that leads to a canary: nobody reaches it without having been told its address. */
export const hiddenRegistry =
  (name: string) =>
  async (ground: Ground<TestNetwork>): Promise<HiddenRegistry> => {
    const { host, login, network, use } = ground
    const users = { [login.username]: login.password }
    const registry = await registryOf(ground, { kind: 'htpasswd', users }, login, [name])
    const canary = use(await startCanary(await network.addAddress(), registry.port))
    return { ...reachedAt(`${name}:${registry.port}`, registry), name, address: host, canary }
  }

/** Anyone may pull from it. */
export const openRegistry = (ground: Ground): Promise<Registry & PrivateRegistry> =>
  registryOf(ground, { kind: 'none' }, null)

export interface TokenRegistry extends Registry, PrivateRegistry {
  readonly realm: string
  readonly tokenServer: TokenServer
  /** May push, and pull everything. */
  readonly pusher: Login
}

/** The lab's login gets tokens to pull from these repositories. */
export const tokenRegistry =
  (...repositories: readonly string[]) =>
  async (ground: Ground): Promise<TokenRegistry> => {
    const { host, ca: tls, login, use } = ground
    const pusher = { username: 'pusher', password: randomBytes(12).toString('hex') }
    const users = {
      [login.username]: { password: login.password, pull: repositories },
      [pusher.username]: { password: pusher.password, pull: ['*'], push: ['*'] },
    }
    const tokenServer = use(await startTokenServer({ host, tls, users }))
    const registry = await registryOf(ground, { kind: 'token', tokenServer }, pusher)
    return { ...registry, realm: tokenServer.realm, tokenServer, pusher }
  }

/** As nodes reach it through a proxy that can hold, slow down and corrupt its answers. */
export const behindProxy =
  <Behind extends Registry & PrivateRegistry>(start: (ground: Ground) => Promise<Behind>) =>
  async (ground: Ground): Promise<Behind & { readonly proxy: FaultProxy }> => {
    const registry = await start(ground)
    const proxy = ground.use(await startFaultProxy({ target: registry, host: ground.host, tls: ground.ca }))
    return { ...reachedAt(proxy.host, registry), proxy }
  }

/** As nodes reach it from far away. Its token server stays near. */
export const overFarLink =
  <Behind extends Registry & PrivateRegistry>(start: (ground: Ground) => Promise<Behind>, link: FarLink) =>
  async (ground: Ground): Promise<Behind> => {
    const registry = await start(ground)
    const to = { host: ground.host, port: registry.port }
    const far = ground.use(await startFarLink({ to, host: ground.host, ...link }))
    return reachedAt(`${far.host}:${far.port}`, registry)
  }

/** The same registry under another name; images are still pushed to it directly. */
function reachedAt<Behind extends PrivateRegistry>(host: string, registry: Behind): Behind {
  return {
    ...registry,
    host,
    async push(repository, image, options) {
      const pushed = await registry.push(repository, image, options)
      return { ...pushed, reference: pushed.reference.replace(registry.host, host) }
    },
  }
}

async function registryOf(
  { host, ca: tls, use }: Ground,
  auth: RegistryAuth,
  pusher: Login | null,
  alsoNamed: readonly string[] = [],
): Promise<Registry & PrivateRegistry> {
  const registry = use(await startRegistry({ host, tls, auth, alsoNamed }))
  return {
    ...registry,
    realm: null,
    async push(repository, image, { tag = '1', ...options } = {}) {
      const { digest } = await pushImage(registry, repository, tag, image, pusher, options)
      const layers = image.blobs.filter(({ mediaType }) => mediaType.includes('layer'))
      return {
        reference: `${registry.host}/${repository}:${tag}`,
        digest,
        bytes: image.blobs.reduce((sum, { size }) => sum + size, 0),
        async layerRequests() {
          const log = await readFile(registry.logFile, 'utf8')
          const asked = layers.map((layer) => log.split(`"GET /v2/${repository}/blobs/${layer.digest}`).length - 1)
          return asked.reduce((sum, count) => sum + count, 0)
        },
      }
    },
  }
}
