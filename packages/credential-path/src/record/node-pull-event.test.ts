/** One event per pull, whatever its outcome, in a closed format that contains no secret. */
import { randomBytes } from 'node:crypto'
import { problem } from '@fairlead/contract/problems'
import { NodePullEvent } from '@fairlead/contract/wire'
import { beforeEach, describe, expect, test } from 'vitest'
import { fakeTicket } from '../testing/fake-ticket.ts'
import type { OwnOrder } from '../image-puller.ts'
import { openImagePuller } from '../pull/node-image-puller.ts'
import { order, ScriptedPull } from '../testing/scripted-pull.ts'

const canary = 'canary-8d1f0c'
const layers = [randomBytes(200_000), randomBytes(1000)]

let scripted: ScriptedPull
beforeEach(async () => {
  scripted = await ScriptedPull.open()
  scripted.ticket = fakeTicket({ layers })
  scripted.username = canary
  scripted.password = canary
  scripted.retries = 1
})

const never = new AbortController().signal
const pull = (part: Partial<Pick<OwnOrder, 'image' | 'secret'>> = {}, signal = never) =>
  openImagePuller(scripted.parts()).pull({ ...order, ...part }, scripted.watch(signal))

function theEvent(): NodePullEvent {
  expect(scripted.events).toHaveLength(1)
  const text = JSON.stringify(scripted.events[0])
  expect(text).not.toContain(canary)
  // As a reader of the log finds it.
  const read = NodePullEvent.safeParse(JSON.parse(text))
  expect(read.error?.issues ?? []).toEqual([])
  return NodePullEvent.parse(read.data)
}

describe('a pull', () => {
  test('that succeeds reports where, how long each step took, and what it cost', async () => {
    const { record } = await pull()
    const event = theEvent()
    expect(event).toMatchObject({
      event: 'pull',
      pull_id: record.id,
      sequence: 1,
      registry: 'registry.example.com',
      repository: 'team/app',
      digest: scripted.ticket.digest,
      secret: 'named',
      secret_provider: 'local',
      secret_reads: 1,
      secret_kept: 0,
      decision: 'authenticated',
      outcome: 'done',
      code: null,
      failed_step: null,
      bytes: scripted.ticket.totalBytes,
      total_bytes: scripted.ticket.totalBytes,
      retries: 1,
      resumed_streams: 0,
      layers: 2,
      layers_fetched: 2,
      layers_here: 0,
      engine_version: '20.10.24',
      policy: { on_mismatch: 'fail', offline_start: 'allow', registries: 'all', secrets: 'all', proxy: 'none' },
    })
    expect(Object.keys(event.step_ms)).toEqual(['secret', 'match', 'challenge', 'login', 'resolve', 'pull'])
    expect(event.duration_ms).toBe(record.duration_ms)
  })

  test('of an image that is already present says so', async () => {
    await pull()
    scripted.events.length = 0
    await pull()
    expect(theEvent()).toMatchObject({ sequence: 2, bytes: 0, layers: 2, layers_fetched: 0, layers_here: 2 })
  })

  test('whose layer was cut counts the resumed stream', async () => {
    let cut = false
    scripted.ticket = fakeTicket({ layers }, async (_blob, offset, _signal, honest) => {
      const rest = honest.subarray(offset)
      const isCut = !cut && rest.length > 100_000
      cut ||= isCut
      return {
        offset,
        body: (async function* () {
          yield isCut ? rest.subarray(0, 70_000) : rest
          if (isCut) throw problem('REGISTRY_UNREACHABLE', { registry: 'registry.example.com' })
        })(),
      }
    })
    await pull()
    expect(theEvent()).toMatchObject({ outcome: 'done', resumed_streams: 1 })
  })

  test('that is rejected names the rule', async () => {
    scripted.server = 'other.example.com'
    await expect(pull()).rejects.toMatchObject({ code: 'CREDENTIAL_SERVER_MISMATCH' })
    expect(theEvent()).toMatchObject({
      outcome: 'refused',
      code: 'CREDENTIAL_SERVER_MISMATCH',
      decision: 'refused',
      failed_step: 'match',
      digest: null,
      layers: null,
      layers_here: null,
    })
  })

  test('that is no longer wanted is cancelled', async () => {
    const stop = new AbortController()
    scripted.engine.pull = async (_reference, signal) => {
      stop.abort()
      signal.throwIfAborted()
    }
    await expect(pull({}, stop.signal)).rejects.toMatchObject({ code: 'INTERRUPTED' })
    await expect.poll(() => scripted.events.length).toBe(1)
    expect(theEvent()).toMatchObject({ outcome: 'cancelled', code: 'INTERRUPTED', failed_step: 'pull' })
  })

  test('that fails in the engine says so, without the message of the engine', async () => {
    scripted.engine.pull = async () => {
      throw problem('ENGINE_FAILED', { http_status: 500, reason: canary })
    }
    await expect(pull()).rejects.toMatchObject({ code: 'ENGINE_CANNOT_REACH_GATEWAY' })
    expect(theEvent()).toMatchObject({ outcome: 'failed', code: 'ENGINE_CANNOT_REACH_GATEWAY' })
  })

  test('that meets an internal fault says INTERNAL, without the text of the fault', async () => {
    scripted.answer = () => {
      throw new RangeError(canary)
    }
    await expect(pull()).rejects.toMatchObject({ code: 'INTERNAL' })
    expect(theEvent()).toMatchObject({ outcome: 'failed', code: 'INTERNAL', failed_step: 'resolve' })
  })

  test('of a name that cannot be parsed contains nothing of it, as it may be a password', async () => {
    await expect(
      pull({ image: `https://user:${canary}@registry.example.com/app`, secret: canary }),
    ).rejects.toMatchObject({
      code: 'IMAGE_REF_INVALID',
    })
    expect(theEvent()).toMatchObject({ registry: null, repository: null, secret: 'none', secret_provider: null })
  })

  test('whose record cannot be written still has its event', async () => {
    scripted.ledger.append = async () => {
      throw problem('NODE_DISK_FULL')
    }
    await expect(pull()).rejects.toMatchObject({ code: 'NODE_DISK_FULL' })
    expect(theEvent()).toMatchObject({ sequence: null, outcome: 'failed', code: 'NODE_DISK_FULL' })
  })

  test('shared by two orders is one pull and one event', async () => {
    const puller = openImagePuller(scripted.parts())
    const watch = { signal: never, onSteps: () => {} }
    await Promise.all([puller.pull(order, watch), puller.pull(order, watch)])
    expect(theEvent()).toMatchObject({ outcome: 'done' })
  })
})

test('gives a check its event too, with the node owner’s rules as enums', async () => {
  const policy = { allowed_registries: ['registry.example.com'], allowed_secrets: [{ reference: 'registry-login' }] }
  const puller = openImagePuller({ ...scripted.parts(policy), engine: null })
  await puller.check({ ...order, purpose: 'check' }, { signal: never, onSteps: () => {} })
  expect(theEvent()).toMatchObject({
    purpose: 'check',
    outcome: 'done',
    layers: 2,
    layers_here: null,
    engine_version: null,
    policy: { registries: 'listed', secrets: 'listed' },
  })
})
