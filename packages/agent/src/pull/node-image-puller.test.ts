import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { problem, type Problem, type PullRecord, type StepReport } from '@fairlead/contract'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LocalImage } from '../engine/engine.ts'
import { PullingEngine } from '../engine/pulling-engine.ts'
import { fakeTicket, inChunks, type FakeTicket } from '../gateway/fake-ticket.ts'
import { Redacted } from '../login/redacted.ts'
import { NodePolicy } from '../policy/node-policy.ts'
import type { AdmitOrder, Rights } from '../registry/registry-client.ts'
import type { PullOrder } from './image-puller.ts'
import { singleFlight } from '../secrets/single-flight.ts'
import { Ledger } from './ledger.ts'
import { openImagePuller } from './node-image-puller.ts'
import type { PullParts } from './pull-parts.ts'
import { SpoolShelf } from './spool-shelf.ts'

const layers = [randomBytes(200_000), randomBytes(1000), Buffer.from('third')]
const order: PullOrder = {
  purpose: 'cluster',
  image: 'registry.example.com/team/app:1',
  digest: null,
  secret: 'registry-login',
  clusterId: null,
  buildId: null,
}

let engine: PullingEngine
let ledger: Ledger
let ticket: FakeTicket
let version: string
let server: string
/** What the secret manager has by now, while the cache has `server`. */
let mendedServer: string | null
let reads: boolean[]
/** Whether a secret is in the cache, where it was not asked past it. */
let isKept: boolean
let orders: AdmitOrder[]
let steps: readonly StepReport[]
/** What the login may do beyond pulling, and how many pulls are said to be left. */
let rights: Rights
let pullsLeft: string | null
/** What the registry does when it is asked. */
let answer: (order: AdmitOrder) => FakeTicket

beforeEach(async () => {
  engine = new PullingEngine()
  ledger = await Ledger.open(null)
  ticket = fakeTicket({ layers })
  version = 'v1'
  server = 'registry.example.com'
  mendedServer = null
  reads = []
  isKept = false
  orders = []
  steps = []
  rights = { push: null, withoutLogin: false }
  pullsLeft = null
  answer = () => ticket
})

function parts(policy: unknown = {}): PullParts {
  return {
    nodeId: null,
    provider: 'local',
    context: {},
    secrets: {
      read: async (_reference, { fresh = false }) => {
        reads.push(fresh)
        if (fresh) server = mendedServer ?? server
        const login = { username: new Redacted('u'), password: new Redacted('p'), server: new Redacted(server) }
        return { login, version, ...(!fresh && isKept && { kept: true }) }
      },
    },
    registry: {
      rights: async ({ login }) => {
        expect(login).not.toBeNull()
        return rights
      },
      admit: async (asked, { onStep, onManifest }) => {
        orders.push(asked)
        onStep('challenge')
        onStep('login')
        onStep('resolve')
        const header = (name: string) => (name === 'ratelimit-remaining' ? pullsLeft : null)
        onManifest?.({ status: 200, header, all: () => [] })
        return answer(asked)
      },
    },
    engine,
    policy: NodePolicy.parse(policy),
    ledger,
    spools: new SpoolShelf(null),
    patience: { stallMs: 100, retries: 1, pauseMs: 1 },
  }
}

const watch = (signal = new AbortController().signal) => ({ signal, onSteps: (told: typeof steps) => (steps = told) })
const pull = (asked: PullOrder = order, policy: unknown = {}) => openImagePuller(parts(policy)).pull(asked, watch())
const check = (asked: PullOrder = order, policy: unknown = {}) => openImagePuller(parts(policy)).check(asked, watch())
const story = () => steps.map(({ step, status }) => `${step} ${status}`)
const records = (): readonly PullRecord[] => ledger.unacknowledged(100)

describe('a pull', () => {
  test('goes through all steps, and gives the image that Docker made', async () => {
    const image = await pull()
    expect(image).toMatchObject({
      digest: ticket.digest,
      platform: 'linux/amd64',
      sizeBytes: ticket.totalBytes,
      imageId: ticket.config.digest,
    })
    expect(story()).toEqual(['secret', 'match', 'challenge', 'login', 'resolve', 'pull'].map((step) => `${step} done`))
    expect(steps.at(-1)).toMatchObject({ bytes: ticket.totalBytes, total_bytes: ticket.totalBytes })
  })

  test('leaves the name that the user gave, and no name of the gateway', async () => {
    await pull()
    expect([...engine.names.keys()]).toEqual(['registry.example.com/team/app:1'])
  })

  test('leaves one record with the decision, the version and the bytes', async () => {
    const { record } = await pull()
    expect(records()).toEqual([record])
    expect(record).toMatchObject({
      decision: 'authenticated',
      code: null,
      registry: 'registry.example.com',
      repository: 'team/app',
      secret_reference: 'registry-login',
      secret_version: 'v1',
      bytes: ticket.totalBytes,
      total_bytes: ticket.totalBytes,
      sequence: 1,
    })
  })

  test('a second pull asks the registry again and downloads nothing', async () => {
    await pull()
    const fetched = ticket.fetches.length
    const { record, imageId } = await pull()
    expect(orders).toHaveLength(2)
    expect(ticket.fetches).toHaveLength(fetched)
    expect([record.bytes, imageId, record.sequence]).toEqual([0, ticket.config.digest, 2])
  })

  test('an image that was removed from Docker is pulled again', async () => {
    await pull()
    engine.images.clear()
    engine.names.clear()
    engine.layers.clear()
    expect((await pull()).record.bytes).toBe(ticket.totalBytes)
  })

  test('an image named by digest alone gets a tag of ours', async () => {
    const image = `registry.example.com/team/app@${ticket.digest}`
    ticket = fakeTicket({ layers, image })
    await pull({ ...order, image })
    expect([...engine.names.keys()]).toEqual([
      expect.stringMatching(/^registry\.example\.com\/team\/app:fairlead-[0-9a-f]{12}$/),
    ])
  })

  test('two of the same order at once are one', async () => {
    const puller = openImagePuller(parts())
    const [one, two] = await Promise.all([puller.pull(order, watch()), puller.pull(order, watch())])
    expect(one.record).toEqual(two.record)
    expect(orders).toHaveLength(1)
  })

  test('who leaves does not end the pull of another', async () => {
    const puller = openImagePuller(parts())
    const leaving = new AbortController()
    const left = puller.pull(order, watch(leaving.signal))
    const stayed = puller.pull(order, watch())
    leaving.abort()
    await expect(left).rejects.toMatchObject({ code: 'INTERRUPTED' })
    expect((await stayed).imageId).toBe(ticket.config.digest)
  })

  test('an aborted pull is on record before it is told', async () => {
    const stop = new AbortController()
    ticket = fakeTicket({ layers }, async (_blob, offset, signal) => ({
      offset,
      body: (async function* () {
        stop.abort()
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
        yield new Uint8Array()
      })(),
    }))
    await expect(openImagePuller(parts()).pull(order, watch(stop.signal))).rejects.toMatchObject({
      code: 'INTERRUPTED',
    })
    expect(records().map(({ code }) => code)).toEqual(['INTERRUPTED'])
  })
})

describe('the login', () => {
  test('is not asked for where no secret is named', async () => {
    const { record } = await pull({ ...order, secret: null })
    expect([record.decision, reads.length, orders[0]?.login]).toEqual(['anonymous_no_secret', 0, null])
    expect(story().slice(0, 2)).toEqual(['secret skipped', 'match skipped'])
  })

  test('for another registry stops the pull before the registry is asked (S24)', async () => {
    server = 'other.example.com'
    const facts = { registry: 'registry.example.com', reference: order.secret, provider: 'local' }
    await expect(pull()).rejects.toMatchObject({ code: 'CREDENTIAL_SERVER_MISMATCH', facts })
    expect(orders).toEqual([])
    expect(records()[0]).toMatchObject({ decision: 'refused', code: 'CREDENTIAL_SERVER_MISMATCH' })
    expect(story()).toEqual(['secret done', 'match failed'])
    // It was read for this pull, so that another read would find the same.
    expect(reads).toEqual([false])
  })

  test('that was for another registry when it was cached is read anew, and fits once it was mended', async () => {
    isKept = true
    server = 'other.example.com'
    mendedServer = 'registry.example.com'
    const { record } = await pull()
    expect([record.decision, reads]).toEqual(['authenticated', [false, true]])
  })

  test("for another registry is left out where the node's file says so, and the record says so, too", async () => {
    server = 'other.example.com'
    const { record } = await pull(order, { on_mismatch: 'anonymous' })
    expect([record.decision, orders[0]?.login]).toEqual(['anonymous_mismatch_allowed', null])
  })

  test("that the node's file does not list is not read (S13)", async () => {
    await expect(pull(order, { allowed_secrets: [{ reference: 'another' }] })).rejects.toMatchObject({
      code: 'SECRET_NOT_ALLOWED_HERE',
    })
    expect(reads).toEqual([])
  })

  test('that looks like a password is refused and not on record (S22)', async () => {
    await expect(pull({ ...order, secret: 'dckr_pat_abcdefghijklmnopqrstuvwxyz01' })).rejects.toMatchObject({
      code: 'REFERENCE_LOOKS_LIKE_A_SECRET',
    })
    expect(JSON.stringify(records())).not.toContain('dckr_pat_')
  })

  test('that was rejected is read anew, and a rotated one is used', async () => {
    const rejected = problem('REGISTRY_LOGIN_REJECTED', { registry: 'registry.example.com' })
    answer = () => {
      if (orders.length > 1) return ticket
      version = 'v2'
      throw rejected
    }
    const { record } = await pull()
    expect([record.secret_version, reads.includes(true)]).toEqual(['v2', true])
  })

  test('that was rejected and has no newer version is rejected', async () => {
    answer = () => {
      throw problem('REGISTRY_LOGIN_REJECTED', { registry: 'registry.example.com' })
    }
    await expect(pull()).rejects.toMatchObject({ code: 'REGISTRY_LOGIN_REJECTED' })
    expect(orders).toHaveLength(1)
    expect(records()[0]).toMatchObject({ decision: 'authenticated', code: 'REGISTRY_LOGIN_REJECTED' })
  })

  test('is not used for a realm that is not trusted, and the record says refused', async () => {
    answer = () => {
      throw problem('TOKEN_REALM_NOT_TRUSTED', { registry: 'registry.example.com' })
    }
    await expect(pull()).rejects.toMatchObject({ code: 'TOKEN_REALM_NOT_TRUSTED' })
    expect(records()[0]).toMatchObject({ decision: 'refused' })
  })
})

describe('a password that is changed while the layers come', () => {
  test('is the one on record, and what came before is not fetched again', async () => {
    ticket = fakeTicket({ layers }, async (blob, offset, _signal, honest) => {
      if (blob.digest === ticket.layers[1]!.digest) {
        version = 'v2'
        await orders[0]?.renewLogin?.(new AbortController().signal)
      }
      return { offset, body: inChunks(honest.subarray(offset), 50_000) }
    })
    const { record } = await pull()
    expect([record.secret_version, record.bytes, orders.length]).toEqual(['v2', ticket.totalBytes, 1])
    const where = { registry: 'registry.example.com', repository: 'team/app' }
    expect(ledger.proofOf(where, ticket.digest)?.secretVersion).toBe('v2')
  })

  test('S4: is not used where the secret is for another registry by now', async () => {
    ticket = fakeTicket({ layers }, async () => {
      version = 'v2'
      mendedServer = 'other.example.com'
      await orders[0]?.renewLogin?.(new AbortController().signal)
      throw new Error('it was renewed')
    })
    await expect(pull()).rejects.toMatchObject({ code: 'CREDENTIAL_SERVER_MISMATCH' })
  })

  test('is no other where the version is the same', async () => {
    await pull()
    expect(await orders[0]?.renewLogin?.(new AbortController().signal)).toBeNull()
  })
})

describe('an engine that goes away in the middle (R7)', () => {
  let folder: string
  let spools: SpoolShelf
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairlead-spools-'))
    spools = new SpoolShelf({ folder, reserveBytes: 0 })
  })
  afterEach(async () => {
    await spools[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  /** Ends when the pull is nearly done, and has forgotten all of it. */
  function stops({ back, failing = problem('ENGINE_UNREACHABLE') }: { back: boolean; failing?: Problem }): void {
    const real = engine.pull.bind(engine)
    engine.pull = async (reference, signal) => {
      engine.pull = real
      await real(reference, signal).catch(() => undefined)
      engine.images.clear()
      engine.layers.clear()
      engine.names.clear()
      engine.isReachable = back
      throw failing
    }
  }

  test('pulls again when it is back, and nothing is fetched twice', async () => {
    stops({ back: true })
    const image = await openImagePuller({ ...parts(), spools }).pull(order, watch())
    expect(image.imageId).toBe(ticket.config.digest)
    expect(image.record.bytes).toBe(ticket.totalBytes)
    for (const layer of ticket.layers) {
      expect(ticket.fetches.filter((fetch) => fetch.startsWith(layer.digest))).toEqual([`${layer.digest}@0`])
    }
  })

  test('and stays away is told; the next order fetches nothing twice', async () => {
    stops({ back: false })
    const puller = openImagePuller({ ...parts(), spools, engineBackWithinMs: 20 })
    await expect(puller.pull(order, watch())).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' })
    engine.isReachable = true
    const { record } = await puller.pull(order, watch())
    expect([record.bytes, record.code]).toEqual([0, null])
    expect(orders).toHaveLength(2)
  })

  /** Whoever looked for it in vain finds it the next time. */
  const comesBackOnceMissed = (): void => {
    const own = engine.version.bind(engine)
    engine.version = async () => {
      try {
        return await own()
      } catch (error) {
        engine.isReachable = true
        throw error
      }
    }
  }

  test('in words of its own is waited for as well', async () => {
    stops({ back: false, failing: problem('ENGINE_FAILED', { http_status: 500, reason: 'context canceled' }) })
    comesBackOnceMissed()
    const { record } = await openImagePuller({ ...parts(), spools, engineBackWithinMs: 5000 }).pull(order, watch())
    expect(record).toMatchObject({ code: null, bytes: ticket.totalBytes })
  })

  test('that failed and is still there has failed', async () => {
    stops({ back: true, failing: problem('ENGINE_FAILED', { http_status: 500, reason: 'no such device' }) })
    const puller = openImagePuller({ ...parts(), spools, engineBackWithinMs: 20 })
    await expect(puller.pull(order, watch())).rejects.toMatchObject({ code: 'ENGINE_FAILED' })
    expect(orders).toHaveLength(1)
  })

  test('a pull that ended leaves nothing for the next', async () => {
    const puller = openImagePuller({ ...parts(), spools })
    await puller.pull(order, watch())
    engine.images.clear()
    engine.names.clear()
    engine.layers.clear()
    const again = fakeTicket({ layers })
    answer = () => again
    expect((await puller.pull(order, watch())).record.bytes).toBe(ticket.totalBytes)
  })

  test('S11: what is kept is no right: who may not pull the image gets nothing of it', async () => {
    stops({ back: false })
    const puller = openImagePuller({ ...parts(), spools, engineBackWithinMs: 20 })
    await expect(puller.pull(order, watch())).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' })
    engine.isReachable = true
    answer = () => {
      throw problem('REGISTRY_ACCESS_DENIED', { registry: 'registry.example.com', repository: 'team/app' })
    }
    await expect(puller.pull(order, watch())).rejects.toMatchObject({ code: 'REGISTRY_ACCESS_DENIED' })
    expect(engine.images.size).toBe(0)
  })
})

describe('a cached layer (S16)', () => {
  test('that Docker did not fetch is fetched and verified here', async () => {
    engine.layers.add(ticket.layers[0]!.digest)
    const { record } = await pull()
    expect(engine.requests.some((path) => path.endsWith(ticket.layers[0]!.digest))).toBe(false)
    expect(ticket.fetches).toContain(`${ticket.layers[0]!.digest}@0`)
    expect(record.bytes).toBe(ticket.totalBytes)
  })

  test('that the registry does not have is not given to the image', async () => {
    engine.layers.add(ticket.layers[0]!.digest)
    const honest = ticket
    ticket = fakeTicket({ layers }, async (blob, offset, signal) => {
      if (blob.digest !== honest.layers[0]!.digest) return honest.fetchBlob(blob, offset, signal)
      throw problem('IMAGE_INCOMPLETE', { registry: 'registry.example.com', repository: 'team/app' })
    })
    await expect(pull()).rejects.toMatchObject({ code: 'IMAGE_INCOMPLETE' })
    expect([...engine.names.keys()]).toEqual([])
  })

  test('that unpacks to something other than the config says is refused', async () => {
    const stolen = randomBytes(100)
    const crafted = fakeTicket({ layers: [Buffer.from('honest bytes')] })
    const lies = fakeTicket({ layers: [stolen] })
    // The manifest names a layer of the attacker's own, the config that of someone else.
    ticket = { ...lies, layers: crafted.layers, fetchBlob: fetchFrom(lies, crafted) }
    const diffIds = lies.layers.map(({ digest }) => digest)
    engine.images.set(lies.config.digest, {
      id: lies.config.digest,
      os: 'linux',
      arch: 'amd64',
      variant: null,
      diffIds,
    })
    await expect(pull()).rejects.toMatchObject({ code: 'IMAGE_CORRUPT' })
  })

  test('that was verified from the same repository is not fetched again', async () => {
    await pull()
    const other = fakeTicket({ layers: [...layers, Buffer.from('one more')] })
    ticket = other
    const { record } = await pull()
    expect(record.bytes).toBe(other.config.size + 'one more'.length)
  })

  test('that was verified from another repository is fetched again', async () => {
    await pull()
    ticket = fakeTicket({ layers, image: 'registry.example.com/evil/app:1' })
    const { record } = await pull({ ...order, image: 'registry.example.com/evil/app:1' })
    expect(record.bytes).toBe(ticket.totalBytes - ticket.config.size)
  })
})

describe('an index (S16)', () => {
  const index = `sha256:${'6'.repeat(64)}`
  const manifest = (): string => ticket.manifests.at(-1)!.digest
  beforeEach(() => {
    ticket = { ...ticket, digest: index, manifests: [{ ...ticket.manifests[0]!, digest: index }, ...ticket.manifests] }
  })
  /** The containerd store: an image's id is the digest that was pulled. */
  const holds = (id: string, part: Partial<LocalImage> = {}): void => {
    engine.image = async (name) => {
      const found = await PullingEngine.prototype.image.call(engine, name === id ? ticket.config.digest : name)
      return found && { ...found, id, ...part }
    }
    engine.tag = async () => undefined
  }

  test('is not shown to the engine, which could choose of it: it pulls the one image that was admitted', async () => {
    await expect(pull()).resolves.toMatchObject({
      imageId: ticket.config.digest,
      digest: index,
      record: { digest: index },
    })
    expect(
      engine.requests.filter((path) => path.includes('/manifests/')).map((path) => path.split('/').at(-1)),
    ).toEqual([manifest()])
  })

  test('that the engine made an image of, all the same, is refused', async () => {
    holds(index)
    await expect(pull()).rejects.toMatchObject({ code: 'ENGINE_FAILED' })
  })

  test('that is the image of an earlier pull is not started by: what was admitted is pulled', async () => {
    const where = { registry: 'registry.example.com', repository: 'team/app' }
    await ledger.prove(where, [], {
      ...where,
      digest: index,
      platform: 'linux/amd64',
      sizeBytes: 1,
      imageId: index,
      secret: null,
      secretVersion: null,
      at: new Date().toISOString(),
    })
    engine.images.set(index, { id: index, os: 'linux', arch: 'amd64', variant: null, diffIds: [] })
    expect((await pull()).imageId).toBe(ticket.config.digest)
  })

  test('whose image has other layers than were admitted, as the engine says, is refused, and nothing keeps a name', async () => {
    holds(manifest(), { diffIds: [`sha256:${'5'.repeat(64)}`] })
    await expect(pull()).rejects.toMatchObject({ code: 'IMAGE_CORRUPT' })
    expect([...engine.names.keys()]).toEqual([])
  })
})

describe('a registry that is away (S11)', () => {
  const unreachable = problem('REGISTRY_UNREACHABLE', { registry: 'registry.example.com' })
  const away = () => {
    throw unreachable
  }
  const pinned = () => ({ ...order, digest: ticket.digest })

  test('does not stop an image that the same secret version proved', async () => {
    await pull(pinned())
    answer = away
    const { imageId, record } = await pull(pinned())
    expect([imageId, record.decision, record.code]).toEqual([ticket.config.digest, 'offline_proved', null])
    expect(story().slice(-2)).toEqual(['resolve failed', 'pull skipped'])
  })

  const inTheWay: readonly (readonly [string, () => void, unknown])[] = [
    ['the secret has another version', () => void (version = 'v2'), {}],
    ["the node's file forbids it", () => undefined, { offline_start: 'forbid' }],
    ['the image is gone', () => engine.images.clear(), {}],
  ]
  test.for(inTheWay)('stops it when %s', async ([, change, policy]) => {
    await pull(pinned())
    answer = away
    change()
    await expect(pull(pinned(), policy)).rejects.toBe(unreachable)
  })

  test('stops what is asked for by tag: only the registry knows what that is now', async () => {
    await pull()
    answer = away
    await expect(pull()).rejects.toBe(unreachable)
  })

  test('that refuses is not away', async () => {
    await pull(pinned())
    const denied = problem('REGISTRY_ACCESS_DENIED', { registry: 'registry.example.com', repository: 'team/app' })
    answer = () => {
      throw denied
    }
    await expect(pull(pinned())).rejects.toBe(denied)
  })
})

describe('a failure', () => {
  test('of the registry in the middle is told in its own code, and nothing is left', async () => {
    ticket = fakeTicket({ layers }, async (_blob, offset, _signal, honest) => ({
      offset,
      body: inChunks(Buffer.alloc(honest.length), 1000),
    }))
    await expect(pull()).rejects.toMatchObject({ code: 'IMAGE_CORRUPT', facts: { repository: 'team/app' } })
    expect([engine.names.size, engine.images.size]).toEqual([0, 0])
  })

  test('of Docker to come to the gateway has its own code', async () => {
    engine.seesLoopback = false
    await expect(pull()).rejects.toMatchObject({ code: 'ENGINE_CANNOT_REACH_GATEWAY' })
  })

  test('of Docker to answer comes before the secret is read', async () => {
    engine.isReachable = false
    await expect(pull()).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' })
    expect(reads).toEqual([])
  })

  test('of the disk reserve hangs up', async () => {
    await expect(
      openImagePuller({ ...parts({ disk_reserve_bytes: 2 ** 52 }), engine: withDataRoot() }).pull(order, watch()),
    ).rejects.toMatchObject({ code: 'NODE_DISK_FULL' })
  })

  test('of our own is told without its text', async () => {
    answer = () => {
      throw new Error('hunter2\n    at hunter2')
    }
    const error: unknown = await pull().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'INTERNAL' })
    expect(JSON.stringify(error) + String((error as Error).cause)).not.toContain('hunter2')
  })

  test.for([
    ['UPPER/Case', 'IMAGE_REF_INVALID'],
    ['', 'IMAGE_REF_INVALID'],
    ['\ud800', 'IMAGE_REF_INVALID'],
  ] as const)('of the name %j is on record', async ([image, code]) => {
    await expect(pull({ ...order, image })).rejects.toMatchObject({ code })
    expect(records()).toMatchObject([{ code, decision: 'refused', registry: '', repository: '' }])
  })

  test('S5: a name that cannot be read is on no record, since it may hold a password', async () => {
    const image = 'robot:hunter2@registry.example.com/team/app'
    await expect(pull({ ...order, image })).rejects.toMatchObject({ code: 'IMAGE_REF_INVALID' })
    expect(JSON.stringify(records())).not.toContain('hunter2')
  })

  test("of an image on a registry that the node's file does not allow comes before the secret is read", async () => {
    await expect(pull(order, { allowed_registries: ['other.example.com'] })).rejects.toMatchObject({
      code: 'REGISTRY_NOT_ALLOWED',
    })
    expect(reads).toEqual([])
  })
})

test.each(['check', 'pull'] as const)(
  'a %s that is asked for after what refused the secret was mended reads it anew; others have the answer that is there',
  async (verb) => {
    const refusals = [problem('SECRET_ACCESS_DENIED', { reference: 'registry-login' })]
    const made = parts()
    const secrets = singleFlight({
      read: async (...asked) => {
        const refusal = refusals.shift()
        if (refusal !== undefined) throw refusal
        return made.secrets.read(...asked)
      },
    })
    const puller = openImagePuller({ ...made, secrets })
    const ask = (askedAt?: number) =>
      puller[verb]({ ...order, ...(askedAt !== undefined && { askedAt }) }, watch()).then(
        () => 'done',
        (error: unknown) => (error as Problem).code,
      )
    const before = performance.now()
    expect(await ask()).toBe('SECRET_ACCESS_DENIED')
    expect(await ask(before)).toBe('SECRET_ACCESS_DENIED')
    expect(await ask()).toBe('SECRET_ACCESS_DENIED')
    expect(await ask(performance.now())).toBe('done')
  },
)

describe('a check', () => {
  test('takes all steps but the pull, and needs no engine', async () => {
    const image = await openImagePuller({ ...parts(), engine: null }).check({ ...order, purpose: 'check' }, watch())
    expect(image).toMatchObject({ digest: ticket.digest, platform: 'linux/amd64', sizeBytes: ticket.totalBytes })
    expect(story()).toEqual(['secret', 'match', 'challenge', 'login', 'resolve'].map((step) => `${step} done`))
    expect(ticket.fetches).toEqual([])
  })

  test('tells what could be better: a login that may push, or is not needed, and that few pulls are left', async () => {
    const asCheck = { ...order, purpose: 'check' as const }
    expect((await check(asCheck)).advice).toEqual([])
    rights = { push: true, withoutLogin: true }
    pullsLeft = '3;w=21600'
    expect((await check(asCheck)).advice).toEqual(['RATE_LIMIT_LOW', 'LOGIN_MAY_PUSH', 'LOGIN_NOT_NEEDED'])
  })

  test('without a secret asks for no rights', async () => {
    rights = { push: true, withoutLogin: true }
    expect((await check({ ...order, purpose: 'check', secret: null })).advice).toEqual([])
  })

  test('is on record as one', async () => {
    const { record } = await check({ ...order, purpose: 'check' })
    expect(record).toMatchObject({ purpose: 'check', bytes: 0, total_bytes: ticket.totalBytes })
  })
})

const fetchFrom =
  (...tickets: readonly FakeTicket[]): FakeTicket['fetchBlob'] =>
  (blob, offset, signal) => {
    const owner = tickets.find(({ contents }) => contents.has(blob.digest))
    if (owner === undefined) throw new Error('no such blob')
    return owner.fetchBlob(blob, offset, signal)
  }

function withDataRoot(): PullingEngine {
  const real = new PullingEngine()
  real.dataRoot = async () => '/'
  return real
}
