/** A disk that fills up: an image that an idle node brought ahead is not why another pull of the machine fails. */
import {
  behindProxy,
  enginePrograms,
  eventually,
  fakeRay,
  secretFiles,
  startFairleadServe,
  startWhole,
  startWorld,
  tokenRegistry,
} from '@fairlead/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const mb = 1_000_000

const start = () =>
  startWhole(async (parts) => {
    const world = parts.use(
      await startWorld({
        registry: behindProxy(tokenRegistry('team/ray', 'team/other')),
        secrets: secretFiles,
        allow: 'login',
        image: fakeRay({ layers: [{ randomBytes: 100 * mb }] }),
        serve: startFairleadServe,
        nodes: [],
      }),
    )
    const engine = { binDir: await enginePrograms(), disk: { kind: 'ext4', bytes: 2000 * mb } } as const
    const node = await world.addNode('one', { engine, policy: { allowed_registries: [world.registry.host] } })
    return { ...world, ...node }
  })

let system: Awaited<ReturnType<typeof start>>
beforeAll(async () => {
  system = await start()
})
afterAll(() => system[Symbol.asyncDispose]())

const freeBytes = async (): Promise<number> =>
  Number(await system.machine.mustExec('stat', ['-f', '-c', '%f', '/var/lib/docker'])) * 4096

test('a plain `docker pull` through a door gets the room of an image that was prefetched', async () => {
  const { machine, registry, secretName } = system
  const built = await system.build('ahead', {}, '--wait-prefetch')
  expect(built.status, built.stdout + built.stderr).toBe(0)
  expect(await system.imageNames()).toEqual([expect.stringMatching(/^localhost\/fairlead-prefetched:bld_/)])
  const opened = await system.type('door', 'open', `${registry.host}=${secretName}`, '--engine', 'docker')
  expect(opened).toMatchObject({ status: 0, stderr: '' })

  // Packed and unpacked, it takes 120 MB.
  const other = await system.push('team/other', { layers: [{ randomBytes: 60 * mb }] })
  const { promise: until, resolve: release } = Promise.withResolvers<void>()
  using _held = registry.proxy.inject({ path: /team\/other\/blobs\//, fault: { kind: 'hold', until } })
  const pulling = machine.exec('docker', ['pull', '--quiet', other], { timeoutMs: 200_000 })
  const filling = (await freeBytes()) - 80 * mb
  await machine.mustExec('fallocate', ['--length', String(filling), '/var/lib/docker/filling'])
  await eventually(async () => (await system.imageNames()).length === 0 || undefined, {
    what: 'the node lets go of what it brought ahead',
    timeoutMs: 60_000,
    everyMs: 500,
  }).finally(release)
  expect(await pulling).toMatchObject({ status: 0, stderr: '' })
  expect(await system.imageNames()).toEqual([other])
})
