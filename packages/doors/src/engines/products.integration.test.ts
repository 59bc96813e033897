/** Registries of common products through a door, Docker Hub by all its names among them: what engines get, and who hears the login. */
import { createCa, createNetwork, layoutProducts, pairOf, startLayoutWorld, type LayoutWorld } from '@fairlead/testkit'
import { keepSecret, writeOwnerFiles } from '@fairlead/credential-path/testing/owner-files'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { doorPort, openDoor, startAgent } from '../testing/door-world.ts'
import { containerdOn, podmanOn, type TestedEngine } from '../testing/tested-engine.ts'

const parts = new AsyncDisposableStack()
let world: LayoutWorld
const engines: TestedEngine[] = []

beforeAll(async () => {
  const network = parts.use(await createNetwork())
  const tls = await createCa()
  const machine = await network.machine('node')
  world = parts.use(await startLayoutWorld({ network, machine, tls }))
  const doors = layoutProducts.map(({ name, registry, repository }) => [`${registry}/${repository}`, name])
  await writeOwnerFiles(machine, {
    caPem: tls.caPem,
    trusted: world.places,
    policy: {
      allowed_registries: layoutProducts.map(({ registry }) => registry),
      trusted_realms: layoutProducts.filter(({ needsPair }) => needsPair).map(pairOf),
      doors: Object.fromEntries(doors) as object,
      door_port: doorPort,
    },
  })
  for (const { name, registry, logins } of layoutProducts) {
    // As `docker login` writes it for Docker Hub.
    const server = registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry
    await keepSecret(machine, name, { ...logins.reader, server })
  }
  parts.use(await startAgent(machine))
  for (const start of [podmanOn, (on: typeof machine) => containerdOn(on, { binDir: null })]) {
    const engine = await start(machine)
    engines.push(engine)
    for (const registry of new Set(layoutProducts.map((product) => product.registry))) {
      await openDoor(machine, engine, registry)
    }
  }
})
afterAll(() => parts.disposeAsync())
beforeEach(() => world.forget())

describe.each(layoutProducts.map((product) => [product.name, product] as const))('%s', (_, product) => {
  test('S2: gives an engine its image through a door; only its realm, or itself by Basic, hears the login', async () => {
    const { digest } = world.imageOf(product)
    const image = `${product.registry}/${product.repository}:1`
    for (const engine of engines) {
      expect(await engine.pull(image)).toEqual({ ok: true, text: '' })
      expect(await engine.digestOf(image)).toBe(digest)
    }
    const { realm, contact } = product
    expect(world.whoHeard(product.logins.reader.password)).toEqual([
      realm ? `realm ${realm.host}` : `registry ${contact}`,
    ])
    const stored = world.requests.filter(({ part }) => part === 'store')
    expect(stored.flatMap(({ headers: { authorization } }) => authorization ?? [])).toEqual([])
    expect(new Set(world.requests.map(({ headers }) => headers['user-agent']))).toEqual(new Set(['fairlead']))
  })
})

describe('Docker Hub', () => {
  test.each(['docker.io', 'index.docker.io', 'registry-1.docker.io'])(
    'is behind its door by the name %s, too',
    async (name) => {
      for (const engine of engines) {
        expect(await engine.pull(`${name}/example/app:1`)).toEqual({ ok: true, text: '' })
      }
      expect(new Set(world.requests.map(({ headers }) => headers['user-agent']))).toEqual(new Set(['fairlead']))
    },
  )

  test('has a door only for what the owner named: an official image has its folder in its name', async () => {
    for (const engine of engines) {
      const { ok, text } = await engine.pull('docker.io/library/busybox:1')
      expect({ ok, text }).toEqual({
        ok: false,
        text: expect.stringContaining('library/busybox on docker.io (DOOR_NOT_OPEN)'),
      })
    }
    expect(world.requests).toEqual([])
  })
})
