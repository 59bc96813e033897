/** The watch over a real socket: outages, refusals, revocation, sessions, hostile answers. */
import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '@fairlead/contract/names'
import { type Problem } from '@fairlead/contract/problems'
import { version } from '@fairlead/contract/release'
import { returnSpreadHeader, versionHeader, type DesiredState } from '@fairlead/contract/wire'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connectTo, type Connection } from './connection.ts'
import { parseControlPlaneAddress } from './control-plane-address.ts'
import { openChannel } from './node-channel.ts'
import type { NodeIdentity } from './node-identity.ts'
import { makeNodeKey } from './node-key.ts'
import { eventually } from '../testing/eventually.ts'
import { problemAnswer, ScriptedControlPlane } from '../testing/scripted-control-plane.ts'
import { readDesiredState, spreadOver, watchDesiredState } from './watch-desired-state.ts'

// A busy machine is slow, not broken.
let plane: ScriptedControlPlane
let connection: Connection
let identity: NodeIdentity
let stop: AbortController
let states: DesiredState[]
let refusals: Problem[]
let watching: Promise<void>

const stateOf = (over: object = {}, cloud: object = {}): unknown => ({
  node_id: plane.nodeId,
  cloud: {
    id: plane.cloudId,
    provider: 'aws',
    partition: 'aws',
    region: 'eu-west-1',
    account_id: '111122223333',
    project_id: null,
    ...cloud,
  },
  workload: null,
  checks: [],
  ...over,
})

beforeEach(async () => {
  plane = await ScriptedControlPlane.start()
  const key = makeNodeKey()
  plane.publicKey = key.publicKey
  identity = {
    nodeId: plane.nodeId,
    cloudId: plane.cloudId,
    name: 'node-1',
    provider: 'aws',
    checker: false,
    cloud: null,
    podToken: null,
    host: plane.origin,
    origin: plane.origin,
    caPem: null,
    hostUser: null,
    key,
  }
  connection = connectTo(parseControlPlaneAddress(plane.origin), null)
  stop = new AbortController()
  states = []
  refusals = []
  plane.state = stateOf()
})

afterEach(async () => {
  stop.abort()
  await watching?.catch(() => undefined)
  await connection[Symbol.asyncDispose]()
  await plane.stop()
})

function watch(clock?: Parameters<typeof openChannel>[2]): void {
  watching = watchDesiredState(
    {
      channel: openChannel(identity, connection, clock),
      host: plane.origin,
      own: () => ({
        nodeId: identity.nodeId,
        cloudId: identity.cloudId,
        provider: 'aws',
        partition: 'aws',
        accountId: '111122223333',
        projectId: null,
      }),
      onState: (state) => states.push(state),
      onRefused: (_, refusal) => refusals.push(refusal),
      // The double answers at once where a real control plane waits.
      onIdle: () => sleep(20),
      log: { info: () => undefined, warn: () => undefined },
      backoff: { baseMs: 10, capMs: 40 },
    },
    stop.signal,
  )
  watching.catch(() => undefined)
}

describe('watchDesiredState', () => {
  test('passes on each new state once', async () => {
    watch()
    await eventually(() => expect(states).toHaveLength(1))
    await sleep(60)
    expect(states).toHaveLength(1)
    plane.state = stateOf({ checks: [check()] })
    await eventually(() => expect(states).toHaveLength(2))
  })

  test('recovers after a control plane outage and misses nothing', async () => {
    watch()
    await eventually(() => expect(states).toHaveLength(1))
    await plane.stop()
    plane.state = stateOf({ checks: [check()] })
    await sleep(150)
    await plane.listen()
    await eventually(() => expect(states).toHaveLength(2))
  })

  test('asks for an answer at once after an outage, and waits for news again after that', async () => {
    const waits = (from: number): string[] =>
      plane.received.slice(from).flatMap(({ path }) => /wait=(\d+)/.exec(path)?.[1] ?? [])
    watch()
    await eventually(() => expect(states).toHaveLength(1))
    expect(waits(0).every((wait) => Number(wait) >= 40 && Number(wait) < 50)).toBe(true)
    await plane.stop()
    const before = plane.received.length
    await sleep(50)
    await plane.listen()
    await eventually(() => expect(waits(before).length).toBeGreaterThan(1))
    expect(waits(before)[0]).toBe('0')
    expect(Number(waits(before).at(-1))).toBeGreaterThanOrEqual(40)
  })

  test('opens a new session if the control plane has forgotten the old one', async () => {
    watch()
    await eventually(() => expect(states).toHaveLength(1))
    const before = plane.sessions
    let refused = 0
    plane.script = (request) =>
      request.path.includes('desired_state') && refused++ === 0 ? problemAnswer('NODE_SESSION_EXPIRED') : undefined
    await eventually(() => expect(plane.sessions).toBe(before + 1))
    plane.state = stateOf({ checks: [check()] })
    await eventually(() => expect(states).toHaveLength(2))
  })

  test('corrects a clock that is hours off by the control plane’s, once a signature was refused', async () => {
    plane.script = (request) => {
      const skewed = request.path.endsWith('/session') && plane.received.length === 1
      return skewed ? problemAnswer('NODE_SIGNATURE_INVALID') : undefined
    }
    watch({ now: () => Date.now() - 7_200_000, random: Math.random })
    await eventually(() => expect(states).toHaveLength(1))
    expect(plane.received.filter((request) => request.path.endsWith('/session'))).toHaveLength(2)
  })

  test('R7: follows a clock that jumps by an hour, the control plane’s or its own, within its session', async () => {
    const hour = 3_600_000
    const ahead = { plane: 0, node: 0 }
    const dateOfPlane = () => Date.now() + ahead.plane
    plane.script = ({ timestamp }) =>
      Math.abs(dateOfPlane() - (timestamp ?? 0)) > 300_000
        ? {
            ...problemAnswer('NODE_SIGNATURE_INVALID'),
            headers: { date: new Date(dateOfPlane()).toUTCString() },
          }
        : undefined
    const offsets: number[] = []
    watch({ now: () => Date.now() + ahead.node, onClockOff: (seconds) => offsets.push(seconds) })
    await eventually(() => expect(states).toHaveLength(1))
    for (const jump of [{ plane: -hour }, { plane: hour }, { plane: 0 }, { node: -hour }]) {
      Object.assign(ahead, jump)
      plane.state = stateOf({ checks: [check()] })
      const before = states.length
      await eventually(() => expect(states).toHaveLength(before + 1))
    }
    expect(offsets.map((seconds) => Math.round(seconds / 10) * 10)).toEqual([3600, -3600, 0, -3600])
    expect(plane.sessions).toBe(1)
  })

  test('stops and says so if the node is revoked', async () => {
    watch()
    await eventually(() => expect(states).toHaveLength(1))
    plane.script = () => problemAnswer('NODE_REVOKED')
    await expect(watching).rejects.toMatchObject({ code: 'NODE_REVOKED' })
  })

  test('obeys Retry-After', async () => {
    let answered = 0
    plane.script = (request) =>
      request.path.includes('desired_state') && answered++ === 0
        ? { status: 503, headers: { 'retry-after': '1' }, json: {} }
        : undefined
    const began = performance.now()
    watch()
    await eventually(() => expect(states).toHaveLength(1))
    expect(performance.now() - began).toBeGreaterThanOrEqual(990)
  })

  test.each([
    ['another account', {}, { account_id: '999900001111' }],
    ['another partition', {}, { partition: 'aws-cn' }],
    ['another provider', {}, { provider: 'local' }],
    ['another cloud', {}, { id: newId('cld') }],
    ['another node', { node_id: newId('node') }, {}],
  ])('S21: refuses a state for %s and does not act on it', async (_, over, cloud) => {
    plane.state = stateOf(over, cloud)
    watch()
    await eventually(() => expect(refusals).toHaveLength(1))
    expect(refusals[0]?.code).toBe('DESIRED_STATE_REFUSED')
    expect(states).toEqual([])
  })

  test.each([
    ['an unknown field', () => ({ ...(stateOf() as object), privileged: true })],
    ['an unknown field of the workload', () => stateOf({ workload: { mounts: ['/'] } })],
  ])('%s is not a desired state', async (_, state) => {
    plane.state = state()
    watch()
    await eventually(() => expect(plane.received.length).toBeGreaterThan(3))
    expect(states).toEqual([])
    plane.state = stateOf()
    await eventually(() => expect(states).toHaveLength(1))
  })

  test('S9: more than a mebibyte is not a desired state', async () => {
    const state = JSON.stringify({ result: stateOf() })
    let bytes = 1024 * 1024 + 1
    plane.script = ({ path }) =>
      path.includes('desired_state') ? { status: 200, bytes: Buffer.from(state.padEnd(bytes)) } : undefined
    watch()
    await eventually(() => expect(plane.received.length).toBeGreaterThan(3))
    expect(states).toEqual([])
    bytes -= 1
    await eventually(() => expect(states.length).toBeGreaterThan(0))
  })

  test('refuses a compressed answer, since its size would be unknown', async () => {
    plane.script = (request) =>
      request.path.includes('desired_state') && plane.received.length < 4
        ? { status: 200, headers: { 'content-encoding': 'gzip' }, json: { result: stateOf() } }
        : undefined
    watch()
    await eventually(() => expect(states).toHaveLength(1))
    expect(plane.received.length).toBeGreaterThanOrEqual(4)
  })
})

describe('readDesiredState', () => {
  test.each([
    ['99.0.0', 'AGENT_TOO_OLD'],
    ['0.0.1', 'AGENT_TOO_NEW'],
    [version, 'CONTROL_PLANE_ANSWER_INVALID'],
    [null, 'CONTROL_PLANE_ANSWER_INVALID'],
  ])('an answer of version %s that is not understood is %s', (sender, code) => {
    const body = Buffer.from(JSON.stringify({ result: { ...(stateOf() as object), news: true } }))
    const header = (name: string) => (name === versionHeader ? sender : null)
    expect(() => readDesiredState({ status: 200, body, header }, 'host')).toThrow(expect.objectContaining({ code }))
  })

  test('throws nothing but a problem for any bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => new TextEncoder().encode(text)),
        ),
        fc.integer({ min: 200, max: 599 }),
        fc.option(fc.string()),
        (body, status, etag) => {
          const read = () => readDesiredState({ status, body, header: () => etag }, 'host')
          expect(outcome(read)).toBe(status === 304 ? 'unchanged' : 'Problem')
        },
      ),
    )
  })
})

function outcome(read: () => { readonly kind: string }): string {
  try {
    return read().kind
  } catch (error) {
    return (error as Error).name
  }
}

const check = () => ({
  build_id: newId('bld'),
  attempt: 1,
  docker_image: 'registry.example.com/team/trainer:1',
  ray_version: '2.55.1',
  registry_login_secret: null,
})

describe('the time over which a fleet returns', () => {
  const own = { baseMs: 500, capMs: 10_000 }

  test.each([
    ['0', own],
    ['3000', { baseMs: 3000, capMs: 10_000 }],
    ['20000', { baseMs: 20_000, capMs: 20_000 }],
    ['99999', { baseMs: 60_000, capMs: 60_000 }],
    ['100000', own],
    ['-1', own],
    ['1e4', own],
    [null, own],
  ])('the header %s makes it at least what the control plane asks for, within a minute', (header, expected) => {
    expect(spreadOver(header, own)).toEqual(expected)
  })

  test('any header makes it at least its own, and at most a minute', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const { baseMs, capMs } = spreadOver(header, own)
        expect(baseMs >= own.baseMs && capMs >= own.capMs && capMs <= 60_000).toBe(true)
      }),
    )
  })

  test('is what the last answer before the outage asked for', async () => {
    const ending = new AbortController()
    let answers = 0
    const waits: unknown[] = []
    await watchDesiredState(
      {
        channel: {
          desiredState: () => {
            answers += 1
            if (answers > 1) return Promise.reject(new Error('gone'))
            const header = (name: string) => (name === returnSpreadHeader ? '30000' : null)
            return Promise.resolve({ status: 304, body: new Uint8Array(), header })
          },
        },
        host: 'x',
        own: () => ({
          nodeId: plane.nodeId,
          cloudId: plane.cloudId,
          provider: 'aws',
          partition: null,
          accountId: null,
          projectId: null,
        }),
        onState: () => undefined,
        onRefused: () => undefined,
        onIdle: () => Promise.resolve(),
        log: {
          info: () => undefined,
          warn: (fields) => {
            waits.push((fields as { wait_ms: number }).wait_ms)
            ending.abort()
          },
        },
        random: () => 1,
      },
      ending.signal,
    )
    expect(waits).toEqual([30_000])
  })
})
