/** What the record of a pull says about the path of its login, for each point at which a pull can end. */
import { problem, type Problem } from '@fairlead/contract/problems'
import type { LoginReach } from '@fairlead/contract/wire'
import { beforeEach, describe, expect, test } from 'vitest'
import { order, ScriptedPull } from '../testing/scripted-pull.ts'

let scripted: ScriptedPull
beforeEach(async () => {
  scripted = await ScriptedPull.open()
})

const registry = 'registry.example.com'
const reference = 'registry-login'

function refuse(refusal: Problem, reach?: LoginReach): void {
  scripted.answer = ({ login }) => {
    if (reach !== undefined) login?.onReach(reach)
    throw refusal
  }
}

/** From the newest record, with the code that it ended with. */
async function end(asked = order, policy: unknown = {}): Promise<readonly unknown[]> {
  await scripted.pull(asked, policy).catch(() => undefined)
  const record = scripted.records().at(-1)
  return [record?.login, record?.code]
}

describe('the record of a pull says that its login', () => {
  test('was not named', async () => {
    expect(await end({ ...order, secret: null })).toEqual(['none', null])
  })

  test.for([
    ['SECRET_NOT_ALLOWED_HERE', true, { allowed_secrets: [{ reference: 'another' }] }],
    ['REGISTRY_NOT_ALLOWED', true, { allowed_registries: ['another.example.com'] }],
    ['ENGINE_UNREACHABLE', false, {}],
  ] as const)('was not asked for (%s)', async ([code, isReachable, policy]) => {
    scripted.engine.isReachable = isReachable
    expect(await end(order, policy)).toEqual(['unasked', code])
    expect(scripted.reads).toEqual([])
  })

  test('was asked for, but not returned', async () => {
    scripted.secretProblem = problem('SECRET_ACCESS_DENIED', { reference })
    expect(await end()).toEqual(['asked', 'SECRET_ACCESS_DENIED'])
  })

  test.for([
    ['CREDENTIAL_SERVER_MISMATCH', 'other.example.com'],
    ['SECRET_SERVER_MALFORMED', 'no host'],
  ] as const)('was read, and went nowhere (%s)', async ([code, server]) => {
    scripted.server = server
    expect(await end()).toEqual(['parsed', code])
    expect(scripted.orders).toEqual([])
  })

  test('was read, but not used if the owner allows asking without it', async () => {
    scripted.server = 'other.example.com'
    expect(await end(order, { on_mismatch: 'anonymous' })).toEqual(['parsed', null])
  })

  test('was matched, but not sent', async () => {
    refuse(problem('TOKEN_REALM_NOT_TRUSTED', { registry }))
    expect(await end()).toEqual(['matched', 'TOKEN_REALM_NOT_TRUSTED'])
  })

  test('was sent', async () => {
    refuse(problem('TOKEN_REALM_UNREACHABLE', { registry }), 'sent')
    expect(await end()).toEqual(['sent', 'TOKEN_REALM_UNREACHABLE'])
  })

  test('was sent, even if its image starts without the registry', async () => {
    const pinned = { ...order, digest: scripted.ticket.digest }
    await scripted.pull(pinned)
    refuse(problem('TOKEN_REALM_UNREACHABLE', { registry }), 'sent')
    expect(await end(pinned)).toEqual(['sent', null])
    expect(scripted.records().at(-1)?.decision).toBe('offline_proved')
  })

  test('was answered like anyone’s', async () => {
    scripted.ticket = { ...scripted.ticket, loginUse: () => Promise.resolve('unproved') }
    expect(await end()).toEqual(['unproved', null])
  })

  test('was accepted', async () => {
    expect(await end()).toEqual(['accepted', null])
  })

  test('was accepted, even if a later one of the same pull is for another registry', async () => {
    scripted.answer = async (asked) => {
      asked.login?.onReach('accepted')
      scripted.version = 'v2'
      scripted.mendedServer = 'other.example.com'
      await asked.renewLogin?.(new AbortController().signal)
      throw new Error('it was renewed')
    }
    expect(await end()).toEqual(['accepted', 'CREDENTIAL_SERVER_MISMATCH'])
  })
})

test('the record of a check says the same as that of a pull', async () => {
  const { record } = await scripted.check({ ...order, purpose: 'check' })
  expect([record.purpose, record.login]).toEqual(['check', 'accepted'])
})
