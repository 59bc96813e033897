/** Which login a pull uses: read, matched, read again if that may help, and never one for another registry. */
import { problem, type Problem } from '@fairlead/contract/problems'
import { beforeEach, describe, expect, test } from 'vitest'
import { fakeTicket, inChunks } from '../testing/fake-ticket.ts'
import { singleFlight } from '../secret/single-flight.ts'
import { openImagePuller } from './node-image-puller.ts'
import { layers, order, ScriptedPull } from '../testing/scripted-pull.ts'

let scripted: ScriptedPull
beforeEach(async () => {
  scripted = await ScriptedPull.open()
})

describe('the login', () => {
  test('is not requested if no secret is named', async () => {
    const { record } = await scripted.pull({ ...order, secret: null })
    expect([record.decision, scripted.reads.length, scripted.orders[0]?.login]).toEqual([
      'anonymous_no_secret',
      0,
      null,
    ])
    expect(scripted.stepWords().slice(0, 2)).toEqual(['secret skipped', 'match skipped'])
  })

  test('for another registry stops the pull before the registry is sent a login (S24)', async () => {
    scripted.server = 'other.example.com'
    const facts = { registry: 'registry.example.com', reference: order.secret, provider: 'local' }
    await expect(scripted.pull()).rejects.toMatchObject({ code: 'CREDENTIAL_SERVER_MISMATCH', facts })
    expect(scripted.orders).toEqual([])
    expect(scripted.records()[0]).toMatchObject({ decision: 'refused', code: 'CREDENTIAL_SERVER_MISMATCH' })
    expect(scripted.stepWords()).toEqual(['secret done', 'match failed'])
    // It was read for this pull, so another read would return the same.
    expect(scripted.reads).toEqual([false])
  })

  test('that was for another registry when it was cached is read again, and matches once it was fixed', async () => {
    scripted.isKept = true
    scripted.server = 'other.example.com'
    scripted.mendedServer = 'registry.example.com'
    const { record } = await scripted.pull()
    expect([record.decision, scripted.reads]).toEqual(['authenticated', [false, true]])
  })

  test("for another registry is left out if the node's file says so, and the record says so, too", async () => {
    scripted.server = 'other.example.com'
    const { record } = await scripted.pull(order, { on_mismatch: 'anonymous' })
    expect([record.decision, scripted.orders[0]?.login]).toEqual(['anonymous_mismatch_allowed', null])
  })

  test("that the node's file does not list is not read (S13)", async () => {
    await expect(scripted.pull(order, { allowed_secrets: [{ reference: 'another' }] })).rejects.toMatchObject({
      code: 'SECRET_NOT_ALLOWED_HERE',
    })
    expect(scripted.reads).toEqual([])
  })

  test('that looks like a password is rejected and not recorded (S22)', async () => {
    await expect(scripted.pull({ ...order, secret: 'dckr_pat_abcdefghijklmnopqrstuvwxyz01' })).rejects.toMatchObject({
      code: 'REFERENCE_LOOKS_LIKE_A_SECRET',
    })
    expect(JSON.stringify(scripted.records())).not.toContain('dckr_pat_')
  })

  test('that the registry rejects is read again past the cache, and the rotated one is recorded', async () => {
    scripted.answer = async (asked) => {
      scripted.version = 'v2'
      expect(await asked.renewLogin?.(new AbortController().signal)).not.toBeNull()
      return scripted.ticket
    }
    const { record } = await scripted.pull()
    expect([record.secret_version, scripted.reads]).toEqual(['v2', [false, true]])
  })

  test('that the registry rejects and that has no newer version stays rejected', async () => {
    scripted.answer = async (asked) => {
      expect(await asked.renewLogin?.(new AbortController().signal)).toBeNull()
      throw problem('REGISTRY_LOGIN_REJECTED', { registry: 'registry.example.com' })
    }
    await expect(scripted.pull()).rejects.toMatchObject({ code: 'REGISTRY_LOGIN_REJECTED' })
    expect(scripted.orders).toHaveLength(1)
    expect(scripted.records()[0]).toMatchObject({ decision: 'authenticated', code: 'REGISTRY_LOGIN_REJECTED' })
  })

  test('is not used for an untrusted realm, and the record says refused', async () => {
    scripted.answer = () => {
      throw problem('TOKEN_REALM_NOT_TRUSTED', { registry: 'registry.example.com' })
    }
    await expect(scripted.pull()).rejects.toMatchObject({ code: 'TOKEN_REALM_NOT_TRUSTED' })
    expect(scripted.records()[0]).toMatchObject({ decision: 'refused' })
  })
})

describe('the registry is asked how to log in', () => {
  const answer = { status: 401, header: () => null, all: () => [] }

  test('while the secret is being read, and its answer is used for the login', async () => {
    const asked = Promise.withResolvers<void>()
    scripted.ask = async () => {
      asked.resolve()
      return answer
    }
    scripted.duringRead = () => asked.promise
    await scripted.pull()
    expect(await scripted.orders[0]?.asked).toBe(answer)
  })

  test('without effect on what is reported: if the secret cannot be read either, that is the problem', async () => {
    let signal: AbortSignal | undefined
    scripted.ask = (_image, _hooks, asking) => {
      signal = asking
      const refused = Promise.reject(problem('REGISTRY_DNS', { registry: 'registry.example.com' }))
      refused.catch(() => 'thrown where it is awaited')
      return refused
    }
    scripted.secretProblem = problem('SECRET_NOT_FOUND', { reference: order.secret ?? '' })
    await expect(scripted.pull()).rejects.toMatchObject({ code: 'SECRET_NOT_FOUND' })
    expect(scripted.stepWords()).toEqual(['secret failed'])
    expect(signal?.aborted).toBe(true)
  })

  test('and no longer, once the login turns out to be for another registry', async () => {
    let signal: AbortSignal | undefined
    scripted.ask = (_image, _hooks, asking) => {
      signal = asking
      return Promise.resolve(answer)
    }
    scripted.server = 'other.example.com'
    await expect(scripted.pull()).rejects.toMatchObject({ code: 'CREDENTIAL_SERVER_MISMATCH' })
    expect([signal?.aborted, scripted.orders]).toEqual([true, []])
  })

  test("not for a secret that the node's file does not list (S13)", async () => {
    let times = 0
    scripted.ask = () => {
      times++
      return Promise.resolve(answer)
    }
    await scripted.pull(order, { allowed_secrets: [{ reference: 'another' }] }).catch(() => undefined)
    expect(times).toBe(0)
  })
})

describe('a password that changes while the layers are fetched', () => {
  test('is the one on record, and earlier layers are not fetched again', async () => {
    scripted.ticket = fakeTicket({ layers }, async (blob, offset, _signal, honest) => {
      if (blob.digest === scripted.ticket.layers[1]!.digest) {
        scripted.version = 'v2'
        await scripted.orders[0]?.renewLogin?.(new AbortController().signal)
      }
      return { offset, body: inChunks(honest.subarray(offset), 50_000) }
    })
    const { record } = await scripted.pull()
    expect([record.secret_version, record.bytes, scripted.orders.length]).toEqual(['v2', scripted.ticket.totalBytes, 1])
    const where = { registry: 'registry.example.com', repository: 'team/app' }
    expect(scripted.ledger.proofOf(where, scripted.ticket.digest)?.secretVersion).toBe('v2')
  })

  test('S4: is not used if the secret is for another registry by now', async () => {
    scripted.ticket = fakeTicket({ layers }, async () => {
      scripted.version = 'v2'
      scripted.mendedServer = 'other.example.com'
      await scripted.orders[0]?.renewLogin?.(new AbortController().signal)
      throw new Error('it was renewed')
    })
    await expect(scripted.pull()).rejects.toMatchObject({ code: 'CREDENTIAL_SERVER_MISMATCH' })
  })

  test('counts as unchanged if the version is the same', async () => {
    await scripted.pull()
    expect(await scripted.orders[0]?.renewLogin?.(new AbortController().signal)).toBeNull()
  })
})

test.each(['check', 'pull'] as const)(
  'reads the secret again for a %s requested after the cause of its refusal was fixed; others get the existing answer',
  async (verb) => {
    const refusals = [problem('SECRET_ACCESS_DENIED', { reference: 'registry-login' })]
    const made = scripted.parts()
    const secrets = singleFlight({
      read: async (...asked) => {
        const refusal = refusals.shift()
        if (refusal !== undefined) throw refusal
        return made.secrets.read(...asked)
      },
    })
    const puller = openImagePuller({ ...made, secrets })
    const ask = (askedAt?: number) =>
      puller[verb]({ ...order, ...(askedAt !== undefined && { askedAt }) }, scripted.watch()).then(
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
