/** A test machine among the registries of all products: their names resolve there, and one real registry behind them has an image for each. */
import { makeImage } from '../../images/make-image.ts'
import type { LocalOciImage } from '../../images/local-image.ts'
import type { Machine } from '../../machines/machine.ts'
import type { TestNetwork } from '../../machines/network.ts'
import { pushImage } from '../../images/push-image.ts'
import { startRegistry } from '../registry.ts'
import { FormFinder } from '../../search/secret-scan/find-forms.ts'
import { secretForms } from '../../search/secret-scan/secret-forms.ts'
import type { TestCa } from '../test-ca.ts'
import { artifactories } from './artifactory.ts'
import { azureContainerRegistry } from './azure-container-registry.ts'
import { dockerHub, type DockerHub } from './docker-hub.ts'
import { elasticContainerRegistry } from './elastic-container-registry.ts'
import { githubContainerRegistry } from './github-container-registry.ts'
import { gitea } from './gitea.ts'
import { gitlabs } from './gitlab.ts'
import { googleArtifactRegistry } from './google-artifact-registry.ts'
import { harbor } from './harbor.ts'
import { placesOf, startLayoutServers, type LayoutRequest } from './layout-servers.ts'
import { nexuses } from './nexus.ts'
import type { Product } from './product.ts'
import { quay } from './quay.ts'
import { zot } from './zot.ts'

const hub = dockerHub()
export const layoutProducts: readonly Product[] = [
  ...artifactories,
  hub,
  ...gitlabs,
  harbor,
  githubContainerRegistry,
  elasticContainerRegistry,
  ...nexuses,
  googleArtifactRegistry,
  azureContainerRegistry,
  quay,
  gitea,
  zot,
]

export interface LayoutWorld extends AsyncDisposable {
  readonly dockerHub: DockerHub
  readonly requests: readonly LayoutRequest[]
  /** Forgets all requests so far. */
  readonly forget: () => void
  /** `host:port` of all servers that speak TLS here. */
  readonly places: readonly string[]
  /** The content of each product's image; its tag is `1`. */
  readonly imageOf: (product: Product) => LocalOciImage
  /** host[:port] of all servers that received this secret since then, in any form. */
  readonly whoHeard: (secret: string) => string[]
  readonly tokensOf: (product: Product) => readonly string[]
}

export interface LayoutWorldOptions {
  network: TestNetwork
  machine: Machine
  tls: TestCa
}

export async function startLayoutWorld({ network, machine, tls }: LayoutWorldOptions): Promise<LayoutWorld> {
  await using parts = new AsyncDisposableStack()
  const backend = parts.use(await startRegistry({ auth: { kind: 'none' } }))
  const images = new Map<Product, LocalOciImage>()
  for (const product of layoutProducts) {
    const image = await makeImage({
      base: 'none',
      files: { 'hello.txt': `hello from ${product.name}` },
      layers: [{ randomBytes: 40_000 }],
    })
    images.set(product, image)
    await pushImage(backend, `${product.name}/app`, '1', image, null)
  }
  const host = network.hostAddress
  const servers = parts.use(await startLayoutServers({ host, tls, products: layoutProducts, backend }))
  const places = [...new Set(layoutProducts.flatMap(placesOf))]
  await machine.writeHosts(Object.fromEntries(places.map((place) => [place.split(':')[0] ?? place, host])))

  const owned = parts.move()
  return {
    dockerHub: hub,
    requests: servers.requests,
    forget: servers.forget,
    places,
    imageOf: (product) => images.get(product) ?? noImage(product),
    whoHeard: (secret) => whoHeard(servers.requests, secret),
    tokensOf: servers.tokensOf,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

function whoHeard(requests: readonly LayoutRequest[], secret: string): string[] {
  const forms = secretForms(secret)
  const told = requests.filter(({ url, headers }) => {
    const finder = new FormFinder(forms)
    finder.push(Buffer.from(JSON.stringify([url, headers])))
    return finder.found.size > 0
  })
  return [...new Set(told.map(({ part, host }) => `${part} ${host}`))].toSorted()
}

function noImage({ name }: Product): never {
  throw new Error(`There is no image for ${name}`)
}
