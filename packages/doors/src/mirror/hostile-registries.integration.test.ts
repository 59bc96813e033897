/**
 * Every way a registry may misbehave, behind a door: what an engine gets through the mirror, that the login reaches no other host, and what
 * the record says of it.
 */
import type { PullRecord } from '@fairlead/contract/wire'
import { keepSecret, writeOwnerFiles } from '@fairlead/credential-path/testing/owner-files'
import {
  borrowedLayerCases,
  createCa,
  createNetwork,
  layerCases,
  honestRegistry,
  registryCases,
  secretForms,
  startRogueWorld,
  type RogueCase,
  type RogueWorld,
} from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Outcome } from '../testing/engine-client.ts'
import { startMirrorProcess, type MirrorProcess } from '../testing/mirror-process.ts'

const tables = { ...registryCases, layers: [...layerCases, ...borrowedLayerCases] }

/** Where a door says something else than our own pull, and why. Null: the engine gets everything, and all of it is right. */
const otherwise: Readonly<Record<string, readonly [code: string | null, because: string]>> = {
  'index-as-image': [null, 'the engine reads what an entry names by the type that comes with it'],
  'index-nested': [null, 'the engine decides how deep it follows indexes'],
  'index-vast': [null, 'the engine chooses from an index of any length'],
  'layers-128': [null, 'the engine has its own limit of layers'],
  'a-chart': [null, 'an engine may pull what it does not run'],
  'layer-unpackable': [null, 'the engine unpacks; the bytes are those that were pushed'],
  'layer-other-content': [null, 'the engine compares the unpacked layer with its config'],
  'layer-bomb': [null, 'the engine unpacks, on its own disk'],
  'size-zero': ['IMAGE_CORRUPT', 'an artifact may be empty; the registry has another size'],
  'config-vast': ['REGISTRY_UNREACHABLE', 'the engine limits configs; the registry sends fewer bytes'],
}
const codeOf = ({ name, code }: RogueCase): string | null => (otherwise[name] ?? [code])[0]

const mib = 1024 * 1024
const port = 7464
const patienceMs = 12_000
const waits = {
  timing: { connectMs: 3000, silenceMs: 1000, wholeMs: 2000 },
  retry: { tries: 3, pauseMs: 50, patienceMs: 5000 },
  patience: { stallMs: 1500, retries: 2, pauseMs: 50 },
}

interface Found {
  readonly outcome: Outcome
  readonly leaks: readonly string[]
}

const parts = new AsyncDisposableStack()
let world: RogueWorld
let ended: Awaited<ReturnType<MirrorProcess['end']>>
const found = new Map<string, Found>()
let last: readonly Outcome[]

/** One mirror for all, many pulls at once; what they came to is below. */
beforeAll(async () => {
  const network = parts.use(await createNetwork())
  const tls = await createCa()
  const machine = await network.machine('mirror')
  const misbehaving = Object.values(tables).flat()
  const cases = [honestRegistry, ...misbehaving]
  world = parts.use(await startRogueWorld({ network, machine, tls, cases }))
  const doors = Object.fromEntries(cases.map(({ name }) => [world.registry.hostOf(name), name]))
  const policy = { max_image_bytes: 1024 * mib, allowed_registries: Object.keys(doors), doors, door_port: port }
  await writeOwnerFiles(machine, { caPem: tls.caPem, trusted: world.tlsHosts, policy })
  for (const [server, name] of Object.entries(doors)) await keepSecret(machine, name, { ...world.login, server })
  const mirror = await startMirrorProcess(machine, { port, waits, patienceMs, atOnce: 24 })

  const pullAll = async (asked: readonly RogueCase[]): Promise<void> => {
    world.forget()
    const outcomes = await mirror.pull(asked.map(({ name }) => world.registry.hostOf(name)))
    for (const [index, entry] of asked.entries()) {
      found.set(entry.name, { outcome: outcomes[index]!, leaks: world.leaks(entry) })
    }
  }
  // While these run, nobody may connect to the villain; a case that does spoils all of them.
  await pullAll([honestRegistry, ...misbehaving.filter(({ visitsVillain }) => visitsVillain !== true)])
  await pullAll(misbehaving.filter(({ visitsVillain }) => visitsVillain === true))
  last = await mirror.pull([world.registry.hostOf(honestRegistry.name)])
  // Only now are the records of all pulls written.
  ended = await mirror.end()
})
afterAll(() => parts.disposeAsync())

const requestsOf = (entry: RogueCase) => world.registry.requests.filter((request) => request.case === entry.name)
const recordsOf = ({ name }: RogueCase): readonly PullRecord[] =>
  ended.records.filter(({ registry }) => registry === world.registry.hostOf(name))

const whole: unknown = expect.objectContaining({ kind: 'whole' })
/** Never a 5xx: engines repeat what that refuses for minutes. */
const refusedFor = (code: string): unknown =>
  expect.objectContaining({ kind: 'refused', code, status: code === 'REGISTRY_RATE_LIMITED' ? 429 : 403 })
/** After its first bytes a blob can only be cut off: why is in the record alone. */
const cut = { kind: 'cut', at: 'blob' }

test('the control: an engine gets an image of an honest registry, before all that and after it', () => {
  expect(found.get('honest')).toEqual({ outcome: { kind: 'whole', blobs: 3 }, leaks: [] })
  expect(last).toEqual([{ kind: 'whole', blobs: 3 }])
  expect(recordsOf(honestRegistry)[0]).toMatchObject({
    purpose: 'door',
    engine: 'docker',
    decision: 'authenticated',
    code: null,
  })
})

test('the table of differences names only those that differ', () => {
  const cases = Object.values(tables).flat()
  const same = cases.filter(({ name, code }) => otherwise[name] !== undefined && otherwise[name][0] === code)
  expect(same.map(({ name }) => name)).toEqual([])
  expect(Object.keys(otherwise).filter((name) => !cases.some((entry) => entry.name === name))).toEqual([])
})

describe.each(Object.entries(tables))('behind a door: %s', (_, cases) => {
  test.each(cases)('$rule: a registry that $what ($name)', (entry) => {
    const { outcome, leaks } = found.get(entry.name)!
    expect(leaks).toEqual([])
    const code = codeOf(entry)
    expect(outcome).toBeOneOf(code === null ? [whole] : [refusedFor(code), cut])

    const [record, ...others] = recordsOf(entry)
    expect(others).toEqual([])
    const proved = code === null ? { decision: 'authenticated', login: 'accepted' } : {}
    expect(record).toMatchObject({ purpose: 'door', engine: 'docker', code, secret_reference: entry.name, ...proved })
    // The record says that the password was sent where it was, and only there (ADR 50).
    const sent = requestsOf(entry).some(({ headers }) => headers.authorization?.startsWith('Basic ') === true)
    expect(['sent', 'unproved', 'accepted'].includes(record?.login ?? 'none')).toBe(sent)
  })
})

test('S24: nothing but the challenge and a token was asked for without the login, of a registry that asks for it', () => {
  const bare = world.registry.requests.filter(
    ({ stage, headers }) => headers.authorization === undefined && stage !== 'ping' && stage !== 'token',
  )
  // It lets everybody into `/v2/`: that it asks for a login can only be seen at the manifest.
  expect(new Set(bare.map(({ case: name, stage, method }) => `${name}: ${method} of the ${stage}`))).toEqual(
    new Set(['foreign-realm-at-manifest: HEAD of the manifest']),
  )
})

test('S15: nothing that listens on the node’s own loopback and link-local addresses was ever connected to', () => {
  expect(world.trapped()).toBe('')
})

test('S6: no password and no token is in what engines were told, in the records or in the log', () => {
  const shown = JSON.stringify([[...found.values()], ended.records]) + ended.logged
  const forms = [world.login.password, world.token].flatMap((secret) => secretForms(secret))
  expect(forms.filter(({ bytes }) => shown.includes(bytes.toString('latin1')))).toEqual([])
})

test('S9: all of it together costs the node little memory', () => {
  expect(ended.peakBytes).toBeLessThan(512 * mib)
})
