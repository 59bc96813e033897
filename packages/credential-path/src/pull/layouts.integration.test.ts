/** Whole pulls from registries of common products, as their public documentation describes them, and what was sent to each host on the way. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  createCa,
  createNetwork,
  layoutProducts,
  pairOf,
  startLayoutWorld,
  type LayoutWorld,
  type Login,
  type Machine,
  type Product,
} from '@fairlead/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { keepSecret } from '../testing/owner-files.ts'
import { startPullProcess, type Outcome, type PullProcess } from '../testing/pull-process.ts'

const parts = new AsyncDisposableStack()
let machine: Machine
let world: LayoutWorld
let bare: PullProcess
let pairs: PullProcess

beforeAll(async () => {
  const network = parts.use(await createNetwork())
  const tls = await createCa()
  machine = await network.machine('puller')
  world = parts.use(await startLayoutWorld({ network, machine, tls }))
  await machine.startEngine()
  await mkdir(join(machine.etcDir, 'secrets'), { mode: 0o700 })
  await writeFile(join(machine.etcDir, 'ca.pem'), tls.caPem)
  for (const product of layoutProducts) {
    const { reader, outsider, expired = reader } = product.logins
    const wrong = { ...reader, password: wrongPassword }
    for (const [role, login] of Object.entries({ reader, outsider, expired, wrong })) await keep(product, role, login)
  }
  bare = await startPuller('bare', '')
  pairs = await startPuller('pairs', `trusted_realms: ${JSON.stringify(inNeed.map(pairOf))}`)
})
afterAll(() => parts.disposeAsync())
beforeEach(() => world.forget())

const wrongPassword = 'canary-wrong-Pz81kVw03'
const inNeed = layoutProducts.filter(({ needsPair }) => needsPair)
const imageOf = ({ registry, repository }: Product, rest: string): string => `${registry}/${repository}${rest}`

/** As a user would store it: `server` is the part before the first slash of the image's name. */
const keep = (product: Product, role: string, login: Login): Promise<void> =>
  keepSecret(machine, `${product.name}.${role}`, { ...login, server: product.registry })

/** A process with a separate policy: a policy lasts for the life of an agent. */
async function startPuller(name: string, policy: string): Promise<PullProcess> {
  const registry_ca = Object.fromEntries(world.places.map((place) => [place, '/etc/fairlead/ca.pem']))
  const lines = [`registry_ca: ${JSON.stringify(registry_ca)}`, 'disk_reserve_bytes: 0', policy]
  await writeFile(join(machine.etcDir, `${name}.yaml`), lines.join('\n'))
  return startPullProcess(machine, {
    policyFile: `/etc/fairlead/${name}.yaml`,
    ledgerDir: `/var/lib/fairlead/${name}`,
    waits: { retry: { tries: 2, pauseMs: 20, patienceMs: 1000 } },
  })
}

/** With a policy that lists a pair only for the products that need one. */
function pull(
  product: Product,
  role: string | null,
  image: string,
  puller = product.needsPair ? pairs : bare,
): Promise<Outcome> {
  return puller.pull(image, role === null ? null : `${product.name}.${role}`)
}

/** Where the login may be sent: to the realm, or to a registry that uses Basic, and nowhere else. */
const hearsLogin = ({ realm, contact }: Product): string[] => [realm ? `realm ${realm.host}` : `registry ${contact}`]

describe.each(layoutProducts.map((product) => [product.name, product] as const))('%s', (_, product) => {
  test('S2: is pulled by tag; the login goes only to its realm, or to itself by Basic, and blobs are fetched without one', async () => {
    const { digest, blobs } = world.imageOf(product)
    const outcome = await pull(product, 'reader', imageOf(product, ':1'))
    expect(outcome).toMatchObject({ code: null, record: { digest, decision: 'authenticated', login: 'accepted' } })
    expect(outcome.record?.bytes).toBeGreaterThan(40_000)

    expect(world.whoHeard(product.logins.reader.password)).toEqual(hearsLogin(product))
    const heardTokens = new Set(world.tokensOf(product).flatMap((token) => world.whoHeard(token)))
    expect([...heardTokens]).toEqual(product.realm ? [`registry ${product.contact}`] : [])
    const parts = new Set(world.requests.map(({ part }) => part))
    const asked = ['registry', ...(product.realm ? ['realm'] : []), ...(product.store ? ['store'] : [])]
    expect([...parts].toSorted()).toEqual(asked.toSorted())
    const stored = world.requests.filter(({ part }) => part === 'store')
    expect(stored.flatMap(({ headers: { authorization, cookie } }) => [authorization, cookie].filter(Boolean))).toEqual(
      [],
    )
    // If there is a store, every blob came from it.
    expect(stored.length).toBeGreaterThanOrEqual(product.store ? blobs.length : 0)

    // The engine has it under the name the user gave.
    const names = await machine.mustExec('docker', ['images', '--format', '{{.Repository}}:{{.Tag}}'])
    expect(names.split('\n')).toContain(imageOf(product, ':1').replace(/^docker\.io\//, ''))
  })

  test('is pulled by digest', async () => {
    const { digest } = world.imageOf(product)
    expect(await pull(product, 'reader', imageOf(product, `@${digest}`))).toMatchObject({
      code: null,
      record: { digest },
    })
  })

  test('reports a wrong password as REGISTRY_LOGIN_REJECTED', async () => {
    const outcome = await pull(product, 'wrong', imageOf(product, ':1'))
    expect(outcome.code).toBe('REGISTRY_LOGIN_REJECTED')
    expect(outcome.shown).not.toContain(wrongPassword)
    expect(world.whoHeard(wrongPassword)).toEqual(hearsLogin(product))
  })

  test('reports a login without pull access as REGISTRY_ACCESS_DENIED', async () => {
    expect(await pull(product, 'outsider', imageOf(product, ':1'))).toMatchObject({ code: 'REGISTRY_ACCESS_DENIED' })
    expect(world.whoHeard(product.logins.outsider.password)).toEqual(hearsLogin(product))
  })

  test('reports a missing tag as IMAGE_NOT_FOUND', async () => {
    expect(await pull(product, 'reader', imageOf(product, ':2'))).toMatchObject({ code: 'IMAGE_NOT_FOUND' })
  })

  test('reports a missing secret as REGISTRY_AUTH_MISSING', async () => {
    expect(await pull(product, null, imageOf(product, ':1'))).toMatchObject({ code: 'REGISTRY_AUTH_MISSING' })
  })
})

const productOf = (name: string): Product => {
  const found = layoutProducts.find((product) => product.name === name)
  if (!found) throw new Error(`There is no product ${name}`)
  return found
}

test.each(inNeed.map((product) => [product.name, product] as const))(
  'S2: the realm of %s is another host: nothing is sent, and with the line from the problem it is pulled',
  async (name, product) => {
    const refused = await pull(product, 'reader', imageOf(product, ':1'), bare)
    expect(refused.code).toBe('TOKEN_REALM_NOT_TRUSTED')
    expect(world.requests.map(({ part, headers }) => [part, headers.authorization])).toEqual([['registry', undefined]])

    const [, line = ''] = /policy\.yaml: (trusted_realms: .*)$/.exec(refused.fix ?? '') ?? []
    expect(line).toBe(`trusted_realms: [${JSON.stringify(pairOf(product))}]`)
    const told = await startPuller(`line-of-${name}`, line)
    expect((await pull(product, 'reader', imageOf(product, ':1'), told)).code).toBeNull()
  },
)

test('reports an expired Amazon ECR token as REGISTRY_LOGIN_REJECTED', async () => {
  const ecr = productOf('ecr')
  expect((await pull(ecr, 'expired', imageOf(ecr, ':1'))).code).toBe('REGISTRY_LOGIN_REJECTED')
})

describe('Docker Hub counts pulls', () => {
  const hub = productOf('docker-hub')

  test('and a pull costs one, while a tag lookup costs none', async () => {
    const before = world.dockerHub.pulls()
    expect((await pull(hub, 'reader', 'example/app:1')).code).toBeNull()
    expect(world.dockerHub.pulls() - before).toBe(1)
    const asked = world.requests.filter(({ url }) => url.includes('/manifests/')).map(({ method }) => method)
    expect(asked).toEqual(['HEAD', 'GET'])
  })

  test('and answers 429 when none are left: REGISTRY_RATE_LIMITED', async () => {
    world.dockerHub.allow(0)
    expect((await pull(hub, 'reader', 'docker.io/example/app:1')).code).toBe('REGISTRY_RATE_LIMITED')
    world.dockerHub.allow(100)
  })

  test('and answers for a missing repository as it does for a hidden one', async () => {
    expect((await pull(hub, 'reader', 'docker.io/example/other:1')).code).toBe('REGISTRY_ACCESS_DENIED')
  })
})

describe('the lists of the node’s own file', () => {
  const [byPath, bySubdomain, byPort] = ['path', 'subdomain', 'port'].map((method) =>
    productOf(`artifactory-${method}`),
  )
  const allowedPairs = [byPath, bySubdomain, byPort].flatMap((product) =>
    product ? [{ reference: `${product.name}.reader`, registries: [product.registry] }] : [],
  )
  const allowed = [
    'artifactory.example.com/docker-local',
    'docker-local.artifactory.example.com',
    'artifactory.example.com:5001/team',
  ]
  let narrow: PullProcess
  beforeAll(async () => {
    const lines = { allowed_registries: allowed, allowed_secrets: allowedPairs }
    narrow = await startPuller(
      'narrow',
      Object.entries(lines)
        .map(([key, list]) => `${key}: ${JSON.stringify(list)}`)
        .join('\n'),
    )
  })

  test.each([
    ['artifactory-path', 'artifactory.example.com/docker-local/team/app:1', null],
    ['artifactory-path', 'artifactory.example.com/docker-local-2/team/app:1', 'REGISTRY_NOT_ALLOWED'],
    ['artifactory-path', 'artifactory.example.com/team/app:1', 'REGISTRY_NOT_ALLOWED'],
    ['artifactory-subdomain', 'docker-local.artifactory.example.com/team/app:1', null],
    ['artifactory-subdomain', 'docker-remote.artifactory.example.com/team/app:1', 'REGISTRY_NOT_ALLOWED'],
    ['artifactory-port', 'artifactory.example.com:5001/team/app:1', null],
    ['artifactory-port', 'artifactory.example.com:5001/other/app:1', 'REGISTRY_NOT_ALLOWED'],
    ['artifactory-port', 'artifactory.example.com:5002/team/app:1', 'REGISTRY_NOT_ALLOWED'],
    // A secret for one access path is not valid for another, whatever its content says.
    ['artifactory-path', 'artifactory.example.com:5001/team/app:1', 'SECRET_NOT_ALLOWED_HERE'],
    ['artifactory-port', 'docker-local.artifactory.example.com/team/app:1', 'SECRET_NOT_ALLOWED_HERE'],
    ['nexus-path', 'artifactory.example.com/docker-local/team/app:1', 'SECRET_NOT_ALLOWED_HERE'],
  ])('S13: the secret of %s, and %s: %s', async (name, image, code) => {
    const outcome = await pull(productOf(name), 'reader', image, narrow)
    expect(outcome.code).toBe(code)
    expect(world.requests.length > 0).toBe(code === null)
  })
})
