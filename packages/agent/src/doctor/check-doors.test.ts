/** What doctor says of the doors of a node. */
import { problem } from '@fairlead/contract/problems'
import { NodePolicy } from '@fairlead/credential-path/policy/node-policy'
import type { DoorState, SeenDoor } from '@fairlead/doors/upkeep/look-at-doors'
import { describe, expect, test } from 'vitest'
import { checkDoors, type DoorParts } from './check-doors.ts'
import { installationSteps } from './doctor-report.ts'
import { StepList } from './step-list.ts'

const host = 'r.example.com'
const withDoor = { allowed_registries: [host], doors: { [host]: 'login' } }
const door = (state: DoorState, name = 'Docker 29.1.3'): SeenDoor => ({
  registry: host,
  engine: { engine: 'docker', name, folder: '/etc/docker/certs.d', way: '', doubt: null },
  files: [{ path: '/etc/docker/certs.d/r.example.com/hosts.toml', state: 'missing' }],
  state,
  words: 'canary words of an engine',
})

async function check(policy: object, changed: Partial<DoorParts> = {}, ...seen: SeenDoor[]) {
  const steps = new StepList(installationSteps, () => {}, new AbortController().signal)
  const parts: DoorParts = {
    lookAtDoors: async () => ({ seen, unfit: [], advice: [] }),
    keptLogins: async () => [],
    ...changed,
  }
  const warnings = await checkDoors(NodePolicy.parse(policy), parts, steps, new AbortController().signal)
  const step = steps.steps.find((one) => one.step === 'doors')
  expect(JSON.stringify([warnings, step])).not.toContain('canary')
  return { warnings: warnings.map(({ code }) => code), step, code: step?.problem?.code ?? null }
}

describe('a node', () => {
  test('without doors needs none', async () => {
    expect((await check({})).step).toMatchObject({ status: 'skipped', skipped: 'not_needed' })
  })

  test('is in order if every engine asks the door', async () => {
    const { step } = await check(withDoor, {}, door('open'), door('open', 'containerd 2.1.9'))
    expect(step).toMatchObject({ status: 'done', findings: { doors: 2, tried: 2 } })
  })

  test('whose doors only root can try has their files checked', async () => {
    expect((await check(withDoor, {}, door('unchecked'))).step).toMatchObject({
      status: 'done',
      findings: { doors: 1, tried: 0 },
    })
  })

  test.each([
    ['bypassed', 'DOOR_BYPASSED'],
    ['missing', 'DOOR_FILES_CHANGED'],
    ['agent_down', 'DOOR_NOT_ANSWERING'],
    ['unanswered', 'DOOR_UNANSWERED'],
  ] as const)('with a door that is %s is not in order', async (state, code) => {
    expect(await check(withDoor, {}, door('open'), door(state))).toMatchObject({ code, warnings: [] })
  })

  test('with a second engine that has no door is in order, with a warning', async () => {
    const { step, warnings } = await check(withDoor, {}, door('open'), door('absent', 'podman'))
    expect(step).toMatchObject({ status: 'done', findings: { doors: 1, tried: 1 } })
    expect(warnings).toEqual(['DOOR_FILES_CHANGED'])
  })

  test('with several reports each', async () => {
    const { code, warnings } = await check(withDoor, {}, door('bypassed'), door('missing', 'containerd 2.1.9'))
    expect([code, warnings]).toEqual(['DOOR_BYPASSED', ['DOOR_FILES_CHANGED']])
  })

  test('says only once what is wrong for several engines', async () => {
    const { code, warnings } = await check(withDoor, {}, door('agent_down'), door('agent_down', 'podman'))
    expect([code, warnings]).toEqual(['DOOR_NOT_ANSWERING', []])
  })

  test('with doors but no list or no engine is not in order', async () => {
    const noList = { ...withDoor, allowed_registries: null }
    expect((await check(noList, {}, door('open'))).code).toBe('DOOR_NEEDS_ALLOWED_REGISTRIES')
    expect((await check(withDoor)).code).toBe('DOOR_NO_ENGINE')
  })
})

test('a login that another tool keeps for a door’s registry is reported', async () => {
  const left = { kind: 'rancher', path: '/etc/rancher/k3s/registries.yaml', name: host } as const
  expect((await check(withDoor, { keptLogins: async () => [left] }, door('open'))).warnings).toEqual([
    'DOOR_LOGIN_LEFT',
  ])
})

test.each([
  problem('DOOR_ENGINE_TOO_OLD', { version: '20.10.24', expected_version: '29.0' }),
  problem('DOOR_ENGINE_STORE'),
])('says what a newer engine buys, with or without doors: $code', async (unfit) => {
  const lookAtDoors = async () => ({ seen: [], unfit: [unfit], advice: [] })
  expect(await check({}, { lookAtDoors })).toMatchObject({ code: null, warnings: ['ENGINE_OUTDATED'] })
})
