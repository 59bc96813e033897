/** A pull and a check, from the order to the record. */
import { beforeEach, describe, expect, test } from 'vitest'
import { PullingEngine } from '../testing/pulling-engine.ts'
import { fakeTicket, inChunks } from '../testing/fake-ticket.ts'
import { openImagePuller } from './node-image-puller.ts'
import { layers, order, ScriptedPull } from '../testing/scripted-pull.ts'

let scripted: ScriptedPull
beforeEach(async () => {
  scripted = await ScriptedPull.open()
})

describe('a pull', () => {
  test('runs all steps, and returns the image that Docker made', async () => {
    const image = await scripted.pull()
    expect(image).toMatchObject({
      digest: scripted.ticket.digest,
      platform: 'linux/amd64',
      sizeBytes: scripted.ticket.totalBytes,
      imageId: scripted.ticket.config.digest,
    })
    expect(scripted.stepWords()).toEqual(
      ['secret', 'match', 'challenge', 'login', 'resolve', 'pull'].map((step) => `${step} done`),
    )
    expect(scripted.steps.at(-1)).toMatchObject({
      bytes: scripted.ticket.totalBytes,
      total_bytes: scripted.ticket.totalBytes,
    })
  })

  test('leaves the name that the user gave, and no gateway name', async () => {
    await scripted.pull()
    expect([...scripted.engine.names.keys()]).toEqual(['registry.example.com/team/app:1'])
  })

  test('leaves one record with the decision, the version and the bytes', async () => {
    const { record } = await scripted.pull()
    expect(scripted.records()).toEqual([record])
    expect(record).toMatchObject({
      decision: 'authenticated',
      code: null,
      registry: 'registry.example.com',
      repository: 'team/app',
      secret_reference: 'registry-login',
      secret_version: 'v1',
      bytes: scripted.ticket.totalBytes,
      total_bytes: scripted.ticket.totalBytes,
      sequence: 1,
    })
  })

  test('asks the registry again the second time, but downloads nothing', async () => {
    await scripted.pull()
    const fetched = scripted.ticket.fetches.length
    const { record, imageId } = await scripted.pull()
    expect(scripted.orders).toHaveLength(2)
    expect(scripted.ticket.fetches).toHaveLength(fetched)
    expect([record.bytes, imageId, record.sequence]).toEqual([0, scripted.ticket.config.digest, 2])
  })

  test('fetches an image again after it was removed from Docker', async () => {
    await scripted.pull()
    scripted.engine.images.clear()
    scripted.engine.names.clear()
    scripted.engine.layers.clear()
    expect((await scripted.pull()).record.bytes).toBe(scripted.ticket.totalBytes)
  })

  test('gives an image named only by digest a tag of ours', async () => {
    const image = `registry.example.com/team/app@${scripted.ticket.digest}`
    scripted.ticket = fakeTicket({ layers, image })
    await scripted.pull({ ...order, image })
    expect([...scripted.engine.names.keys()]).toEqual([
      expect.stringMatching(/^registry\.example\.com\/team\/app:fairlead-[0-9a-f]{12}$/),
    ])
  })

  test('is shared by two concurrent calls for the same order', async () => {
    const puller = openImagePuller(scripted.parts())
    const [one, two] = await Promise.all([puller.pull(order, scripted.watch()), puller.pull(order, scripted.watch())])
    expect(one.record).toEqual(two.record)
    expect(scripted.orders).toHaveLength(1)
  })

  test('continues when another waiter leaves', async () => {
    const puller = openImagePuller(scripted.parts())
    const leaving = new AbortController()
    const left = puller.pull(order, scripted.watch(leaving.signal))
    const stayed = puller.pull(order, scripted.watch())
    leaving.abort()
    await expect(left).rejects.toMatchObject({ code: 'INTERRUPTED' })
    expect((await stayed).imageId).toBe(scripted.ticket.config.digest)
  })

  test('is on record before it reports an abort', async () => {
    const stop = new AbortController()
    scripted.ticket = fakeTicket({ layers }, async (_blob, offset, signal) => ({
      offset,
      body: (async function* () {
        stop.abort()
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
        yield new Uint8Array()
      })(),
    }))
    await expect(openImagePuller(scripted.parts()).pull(order, scripted.watch(stop.signal))).rejects.toMatchObject({
      code: 'INTERRUPTED',
    })
    expect(scripted.records().map(({ code }) => code)).toEqual(['INTERRUPTED'])
  })
})

describe('a failure', () => {
  test('of the registry midway is reported with its own code, and leaves nothing behind', async () => {
    scripted.ticket = fakeTicket({ layers }, async (_blob, offset, _signal, honest) => ({
      offset,
      body: inChunks(Buffer.alloc(honest.length), 1000),
    }))
    await expect(scripted.pull()).rejects.toMatchObject({ code: 'IMAGE_CORRUPT', facts: { repository: 'team/app' } })
    expect([scripted.engine.names.size, scripted.engine.images.size]).toEqual([0, 0])
  })

  test('of Docker to reach the gateway has its own code', async () => {
    scripted.engine.seesLoopback = false
    await expect(scripted.pull()).rejects.toMatchObject({ code: 'ENGINE_CANNOT_REACH_GATEWAY' })
  })

  test('of Docker to answer is reported before the secret is read', async () => {
    scripted.engine.isReachable = false
    await expect(scripted.pull()).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' })
    expect(scripted.reads).toEqual([])
  })

  test('of the disk reserve aborts the pull', async () => {
    await expect(
      openImagePuller({ ...scripted.parts({ disk_reserve_bytes: 2 ** 52 }), engine: withDataRoot() }).pull(
        order,
        scripted.watch(),
      ),
    ).rejects.toMatchObject({ code: 'NODE_DISK_FULL' })
  })

  test('of our own is reported without its text', async () => {
    scripted.answer = () => {
      throw new Error('hunter2\n    at hunter2')
    }
    const error: unknown = await scripted.pull().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'INTERNAL' })
    expect(JSON.stringify(error) + String((error as Error).cause)).not.toContain('hunter2')
  })

  test.for([
    ['UPPER/Case', 'IMAGE_REF_INVALID'],
    ['', 'IMAGE_REF_INVALID'],
    ['\ud800', 'IMAGE_REF_INVALID'],
  ] as const)('of the name %j is on record', async ([image, code]) => {
    await expect(scripted.pull({ ...order, image })).rejects.toMatchObject({ code })
    expect(scripted.records()).toMatchObject([{ code, decision: 'refused', registry: '', repository: '' }])
  })

  test('S5: of a name that cannot be parsed leaves it off the record, since it may hold a password', async () => {
    const image = 'robot:hunter2@registry.example.com/team/app'
    await expect(scripted.pull({ ...order, image })).rejects.toMatchObject({ code: 'IMAGE_REF_INVALID' })
    expect(JSON.stringify(scripted.records())).not.toContain('hunter2')
  })

  test("of an image on a registry that the node's file does not allow is reported before the secret is read", async () => {
    await expect(scripted.pull(order, { allowed_registries: ['other.example.com'] })).rejects.toMatchObject({
      code: 'REGISTRY_NOT_ALLOWED',
    })
    expect(scripted.reads).toEqual([])
  })
})

describe('a check', () => {
  test('runs all steps but the pull, and needs no engine', async () => {
    const image = await openImagePuller({ ...scripted.parts(), engine: null }).check(
      { ...order, purpose: 'check' },
      scripted.watch(),
    )
    expect(image).toMatchObject({
      digest: scripted.ticket.digest,
      platform: 'linux/amd64',
      sizeBytes: scripted.ticket.totalBytes,
    })
    expect(scripted.stepWords()).toEqual(
      ['secret', 'match', 'challenge', 'login', 'resolve'].map((step) => `${step} done`),
    )
    expect(scripted.ticket.fetches).toEqual([])
  })

  test('reports what could be better: a login that may push or is not needed, and that few pulls are left', async () => {
    const asCheck = { ...order, purpose: 'check' as const }
    expect((await scripted.check(asCheck)).advice).toEqual([])
    scripted.rights = { push: true, withoutLogin: true }
    scripted.pullsLeft = '3;w=21600'
    expect((await scripted.check(asCheck)).advice).toEqual(['RATE_LIMIT_LOW', 'LOGIN_MAY_PUSH', 'LOGIN_NOT_NEEDED'])
  })

  test('without a secret does not ask for rights', async () => {
    scripted.rights = { push: true, withoutLogin: true }
    expect((await scripted.check({ ...order, purpose: 'check', secret: null })).advice).toEqual([])
  })

  test('is recorded as a check', async () => {
    const { record } = await scripted.check({ ...order, purpose: 'check' })
    expect(record).toMatchObject({ purpose: 'check', bytes: 0, total_bytes: scripted.ticket.totalBytes })
  })
})

function withDataRoot(): PullingEngine {
  const real = new PullingEngine()
  real.dataRoot = async () => '/'
  return real
}
