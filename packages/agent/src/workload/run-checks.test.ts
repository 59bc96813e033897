/** Checks of builds: live, a few at a time, and echoing the request. */
import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '@fairlead/contract/names'
import { problem } from '@fairlead/contract/problems'
import { type BuildCheck, type BuildCheckReport } from '@fairlead/contract/wire'
import { beforeEach, describe, expect, test } from 'vitest'
import { eventually } from '../testing/eventually.ts'
import { InMemoryPuller, someDigest } from '../testing/in-memory-puller.ts'
import { CheckRunner } from './run-checks.ts'

// A busy machine is slow, not broken.
let puller: InMemoryPuller
let reports: BuildCheckReport[]
let dropped: string[]
let runner: CheckRunner

beforeEach(() => {
  puller = new InMemoryPuller(null)
  reports = []
  dropped = []
  const parts = {
    puller,
    onReport: (report: BuildCheckReport) => reports.push(report),
    onDropped: (check: BuildCheck) => dropped.push(check.build_id),
    log: { info: () => undefined, error: () => undefined },
  }
  runner = new CheckRunner(parts, new AbortController().signal)
})

const check = (over: Partial<BuildCheck> = {}): BuildCheck => ({
  build_id: newId('bld'),
  attempt: 1,
  docker_image: 'registry.example.com/team/trainer:1',
  ray_version: '2.55.1',
  registry_login_secret: 'trainer-login',
  ...over,
})

describe('CheckRunner', () => {
  test('reports the check in progress with its steps, then its result', async () => {
    const wanted = check({ attempt: 3 })
    runner.want([wanted])
    await eventually(() => expect(reports.at(-1)?.status).toBe('succeeded'))
    expect(reports[0]).toMatchObject({ build_id: wanted.build_id, attempt: 3, status: 'in_progress' })
    expect(reports.some((report) => report.status === 'in_progress' && report.steps[0]?.status === 'running')).toBe(
      true,
    )
    expect(reports.at(-1)).toMatchObject({
      attempt: 3,
      digest: someDigest,
      platform: 'linux/amd64',
      size_bytes: 1000,
      problem: null,
      steps: [{ step: 'secret', status: 'done' }],
    })
    expect(puller.checked).toEqual([
      {
        purpose: 'check',
        image: wanted.docker_image,
        digest: null,
        secret: 'trainer-login',
        clusterId: null,
        buildId: wanted.build_id,
        askedAt: expect.any(Number) as number,
      },
    ])
  })

  test('reports a failure as one code with its facts', async () => {
    puller.failures.push(problem('CREDENTIAL_SERVER_MISMATCH', { registry: 'registry.example.com' }))
    runner.want([check()])
    await eventually(() => expect(reports.at(-1)?.status).toBe('failed'))
    expect(reports.at(-1)?.problem).toEqual({
      code: 'CREDENTIAL_SERVER_MISMATCH',
      facts: { registry: 'registry.example.com' },
    })
  })

  test('does not repeat a check that is asked for again, but runs a new attempt', async () => {
    const wanted = check()
    runner.want([wanted])
    await eventually(() => expect(reports.at(-1)?.status).toBe('succeeded'))
    runner.want([wanted])
    runner.want([{ ...wanted, attempt: 2 }])
    await eventually(() => expect(reports.at(-1)).toMatchObject({ attempt: 2, status: 'succeeded' }))
    expect(puller.checked).toHaveLength(2)
    expect(dropped).toEqual([])
  })

  test('R5: checks received together have the same request time, however long they wait; later ones have a later time', async () => {
    runner.want(Array.from({ length: 5 }, () => check()))
    await eventually(() => expect(puller.checked).toHaveLength(5))
    runner.want([check()])
    await eventually(() => expect(puller.checked).toHaveLength(6))
    const [first = NaN, ...others] = puller.checked.map(({ askedAt = NaN }) => askedAt)
    expect(others.slice(0, 4)).toEqual([first, first, first, first])
    expect(others[4]).toBeGreaterThan(first)
  })

  test('runs two at a time, and gives every check its turn', async () => {
    const gate = Promise.withResolvers<void>()
    puller.gate = gate.promise
    runner.want(Array.from({ length: 5 }, () => check()))
    await eventually(() => expect(puller.checked).toHaveLength(2))
    gate.resolve()
    await eventually(() => expect(reports.filter((report) => report.status === 'succeeded')).toHaveLength(5))
    expect(puller.most).toBe(2)
  })

  test('cancels a check that is no longer wanted, and stops reporting it', async () => {
    puller.gate = new Promise(() => undefined)
    const wanted = check()
    runner.want([wanted])
    await eventually(() => expect(reports.length).toBeGreaterThan(0))
    runner.want([])
    const told = reports.length
    await sleep(20)
    expect(dropped).toEqual([wanted.build_id])
    expect(reports).toHaveLength(told)
  })
})
