/** Every way a registry may misbehave before an image is admitted: what the user sees, and that the login reaches no other host. */
import {
  createCa,
  createNetwork,
  honestRegistry,
  registryCases,
  secretForms,
  startRogueWorld,
  type Machine,
  type RogueCase,
  type RogueWorld,
} from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keepSecret, writeOwnerFiles } from '../testing/owner-files.ts'
import { startPullProcess, type Outcome, type PullProcess } from '../testing/pull-process.ts'

const mib = 1024 * 1024
const waits = {
  timing: { connectMs: 3000, silenceMs: 1000, wholeMs: 2000 },
  retry: { tries: 3, pauseMs: 50, patienceMs: 5000 },
}

const parts = new AsyncDisposableStack()
let machine: Machine
let world: RogueWorld
let checker: PullProcess

beforeAll(async () => {
  const network = parts.use(await createNetwork())
  const tls = await createCa()
  machine = await network.machine('checker')
  const cases = [...Object.values(registryCases).flat(), honestRegistry]
  world = parts.use(await startRogueWorld({ network, machine, tls, cases }))

  const policy = { max_image_bytes: 1024 * mib }
  await writeOwnerFiles(machine, { caPem: tls.caPem, trusted: world.tlsHosts, policy })
  for (const { name } of cases) {
    await keepSecret(machine, name, { ...world.login, server: world.registry.hostOf(name) })
  }
  checker = await startPullProcess(machine, { dockerSocket: null, waits })
})
afterAll(() => parts.disposeAsync())

async function check(name: string): Promise<Outcome> {
  const outcome = await checker.check(`${world.registry.hostOf(name)}/team/app:1`, name)
  peakBytes = outcome.peakBytes
  return outcome
}

/** The peak memory of the process up to the last answer. */
let peakBytes: number | undefined

test('the control: an honest registry admits the image', async () => {
  const outcome = await check('honest')
  expect(outcome).toMatchObject({ code: null, record: { decision: 'authenticated' } })
  const asked = world.registry.requests.filter((request) => request.case === 'honest')
  const schemes = asked.map(({ stage, headers }) => `${stage} ${headers.authorization?.split(' ', 1)[0] ?? 'nothing'}`)
  const admission = ['ping nothing', 'token Basic', 'manifest Bearer', 'manifest Bearer', 'config Bearer']
  expect(schemes.slice(0, admission.length)).toEqual(admission)
  // What is asked once the image is admitted: whether the registry knows the login of its token, and for a check whether the login may push
  // and whether the image is public.
  const after = schemes.slice(admission.length)
  expect(after.filter((scheme) => scheme === 'ping Bearer')).toHaveLength(1)
  expect([...new Set(after)].toSorted()).toEqual(['ping Bearer', 'ping nothing', 'token Basic', 'token nothing'])
})

describe.each(Object.entries(registryCases))('%s', (_, cases) => {
  test.each(cases)('$rule: a registry that $what ($name): $code', async (entry) => {
    await misbehaves(entry)
  })
})

test('S15: nothing that listens on the node’s own loopback and link-local addresses was ever connected to', () => {
  expect(world.trapped()).toBe('')
})

test('the control: after all that, an honest registry still admits the image', async () => {
  expect((await check('honest')).code).toBeNull()
})

const heardAt = (record: Outcome['record']): boolean =>
  record?.login === 'sent' || record?.login === 'unproved' || record?.login === 'accepted'

async function misbehaves(entry: RogueCase): Promise<void> {
  world.forget()
  const before = peakBytes ?? (await check('honest')).peakBytes
  const outcome = await check(entry.name)
  expect(outcome.code).toBe(entry.code)
  // Bounded: in time by the waits above and four attempts, together five seconds on a machine with nothing else to do, in memory by what a check needs anyway.
  expect(outcome.durationMs).toBeLessThan(30_000)
  expect(outcome.peakBytes - before).toBeLessThan(96 * mib)
  expect(world.leaks(entry)).toEqual([])
  // The record says that the password was sent where it was, and only there (ADR 50).
  const heard = world.registry.requests.some(
    (request) => request.case === entry.name && request.headers.authorization?.startsWith('Basic ') === true,
  )
  expect([entry.name, heardAt(outcome.record)]).toEqual([entry.name, heard])
  const shown = outcome.shown + JSON.stringify(outcome.record)
  const forms = [world.login.password, world.token].flatMap((secret) => secretForms(secret))
  expect(forms.filter(({ bytes }) => shown.includes(bytes.toString('latin1')))).toEqual([])
}
