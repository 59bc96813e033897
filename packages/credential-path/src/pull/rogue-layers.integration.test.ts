/** Registries that misbehave with layers, and a real engine that pulls: what the user sees, what remains in Docker, where the login is sent. */
import {
  borrowedLayerCases,
  createCa,
  createNetwork,
  fairleadProgram,
  layerCases,
  secretForms,
  startRogueWorld,
  type Machine,
  type RogueCase,
  type RogueWorld,
} from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keepSecret, writeOwnerFiles } from '../testing/owner-files.ts'
import { startPullProcess, type Outcome, type PullProcess } from '../testing/pull-process.ts'

const honest: RogueCase = { name: 'honest', rule: 'S12', what: 'does what it should', code: null }
const mib = 1024 * 1024
const waits = {
  timing: { connectMs: 3000, silenceMs: 1000, wholeMs: 3000 },
  retry: { tries: 3, pauseMs: 50, patienceMs: 5000 },
  patience: { stallMs: 1500, retries: 2, pauseMs: 50 },
}

const parts = new AsyncDisposableStack()
let machine: Machine
let world: RogueWorld
let puller: PullProcess

beforeAll(async () => {
  const network = parts.use(await createNetwork())
  const tls = await createCa()
  machine = await network.machine('puller')
  const cases = [honest, ...layerCases, ...borrowedLayerCases]
  world = parts.use(await startRogueWorld({ network, machine, tls, cases }))
  await machine.startEngine({ disk: { kind: 'tmpfs', bytes: 160 * mib } })

  await writeOwnerFiles(machine, { caPem: tls.caPem, trusted: world.tlsHosts })
  for (const { name } of cases) {
    await keepSecret(machine, name, { ...world.login, server: world.registry.hostOf(name) })
  }
  puller = await startPullProcess(machine, { waits })
})
afterAll(() => parts.disposeAsync())

const nameOf = (name: string): string => `${world.registry.hostOf(name)}/team/app:1`
const pull = (name: string): Promise<Outcome> => puller.pull(nameOf(name), name)
const images = (): Promise<string> =>
  machine.mustExec('docker', [
    'images',
    '--all',
    '--no-trunc',
    '--digests',
    '--format',
    '{{.Repository}}:{{.Tag}} {{.ID}}',
  ])

test('the control: an image from an honest registry is pulled', async () => {
  expect(await pull('honest')).toMatchObject({ code: null, record: { decision: 'authenticated' } })
  expect(await images()).toContain(nameOf('honest'))
})

test.each(layerCases)('$rule: a registry that $what ($name): $code', async (entry) => {
  await misbehaves(entry)
})

describe('if the engine has the layers of a private image from another registry', () => {
  test.each(borrowedLayerCases)('$rule: a registry that $what ($name): $code', async (entry) => {
    expect((await pull('honest')).code).toBeNull()
    await misbehaves(entry)
  })
})

test('S15: nothing that listens on the node’s own loopback and link-local addresses was ever connected to', () => {
  expect(world.trapped()).toBe('')
})

test('the control: after all that, `fairlead pull` pulls the image, and reports the same for a rogue registry', async () => {
  const fairleadPull = (name: string) =>
    machine.exec(
      process.execPath,
      [fairleadProgram, 'pull', nameOf(name), '--registry-login-secret', name].concat('--provider', 'local', '--json'),
    )
  expect(await fairleadPull('honest')).toMatchObject({ status: 0 })
  const corrupt = await fairleadPull('layer-corrupt')
  expect(corrupt.status).not.toBe(0)
  expect(corrupt.stdout + corrupt.stderr).toContain('IMAGE_CORRUPT')
})

async function misbehaves(entry: RogueCase): Promise<void> {
  world.forget()
  const before = await images()
  const outcome = await pull(entry.name)
  expect(outcome.code).toBe(entry.code)
  expect(outcome.durationMs).toBeLessThan(20_000)
  expect(outcome.peakBytes).toBeLessThan(400 * mib)
  expect(world.leaks(entry)).toEqual([])
  // A failed pull leaves nothing, neither named nor unnamed.
  const added = (await images()).split('\n').filter((line) => !before.includes(line))
  expect(added.map((line) => line.split(' ')[0])).toEqual(entry.code === null ? [nameOf(entry.name)] : [])
  const shown = outcome.shown + JSON.stringify(outcome.record)
  const forms = [world.login.password, world.token].flatMap((secret) => secretForms(secret))
  expect(forms.filter(({ bytes }) => shown.includes(bytes.toString('latin1')))).toEqual([])
}
