/** What Docker says is what we read of it, or ENGINE_FAILED, whatever it is. */
import { isProblem } from '@fairlead/contract/problems'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as answers from './docker-answers.ts'

/** Null if it is no answer of Docker's. */
function readBy<Found>(read: (body: unknown) => Found, body: unknown): Found | null {
  try {
    return read(body)
  } catch (error) {
    if (isProblem(error, 'ENGINE_FAILED')) return null
    throw error
  }
}

const strings = fc.array(fc.string())
const labels = fc.dictionary(fc.stringMatching(/^[a-z][a-z.-]{0,12}$/), fc.string())
const state = fc.record({
  Status: fc.constantFrom('created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead', 'new'),
  ExitCode: fc.integer({ min: 0, max: 255 }),
  Pid: fc.nat(),
})
const container = fc.record({
  Id: fc.string(),
  Name: fc.string(),
  Config: fc.record({ Labels: fc.option(labels) }),
  State: state,
  HostConfig: fc.record({ CgroupParent: fc.option(fc.string()) }, { requiredKeys: [] }),
})
const digest = fc.stringMatching(/^sha256:[0-9a-f]{64}$/)
const image = fc.record(
  {
    Id: digest,
    Os: fc.string(),
    Architecture: fc.string(),
    Variant: fc.string(),
    RootFS: fc.record({ Layers: fc.option(strings) }),
  },
  { requiredKeys: ['Id'] },
)
const network = fc.record({
  Id: fc.stringMatching(/^[0-9a-f]{12,64}$/),
  Driver: fc.constantFrom('bridge', 'host', 'overlay'),
  Options: fc.option(
    fc.record({ 'com.docker.network.bridge.name': fc.oneof(fc.stringMatching(/^[a-z0-9.-]{10,20}$/), fc.string()) }),
  ),
})

test('S9: any answer is read, or is ENGINE_FAILED', () => {
  const readers = [
    answers.id,
    answers.ids,
    answers.dataRoot,
    answers.cgroups,
    answers.containerdStore,
    answers.network,
    answers.execStatus,
    answers.localImage,
    (body: unknown) => answers.tagsIn('a', body),
    answers.container,
  ]
  const keys = [
    'Id',
    'Name',
    'Config',
    'Labels',
    'State',
    'Status',
    'ExitCode',
    'Pid',
    'HostConfig',
    'RootFS',
    'Driver',
  ]
  const near = fc.dictionary(fc.constantFrom(...keys, 'DriverStatus', 'Containerd', 'RepoTags'), fc.jsonValue())
  fc.assert(
    fc.property(fc.constantFrom(...readers), fc.oneof(fc.jsonValue(), near, fc.array(near)), (read, body) => {
      expect(() => readBy<unknown>(read, body)).not.toThrow()
    }),
    { numRuns: 500 },
  )
})

describe('what Docker says', () => {
  test('of a container is what it is and whose, in states that we know', () => {
    fc.assert(
      fc.property(container, (body) => {
        const { Status, ExitCode, Pid } = body.State
        const found = answers.container(body)
        expect(found).toMatchObject({ id: body.Id, labels: body.Config.Labels ?? {}, pid: Pid || null })
        expect(found.state).toBe(
          Status === 'dead' ? 'exited' : ['created', 'running', 'exited'].includes(Status) ? Status : 'other',
        )
        expect(found.exitStatus).toBe(
          found.state === 'exited' || (Status === 'created' && ExitCode > 0) ? ExitCode : null,
        )
      }),
    )
  })

  test('of an image is its id, its platform and its layers', () => {
    fc.assert(
      fc.property(image, (body) => {
        expect(answers.localImage(body)).toEqual({
          id: body.Id,
          os: body.Os ?? '',
          arch: body.Architecture ?? '',
          variant: body.Variant || null,
          diffIds: body.RootFS?.Layers ?? [],
        })
      }),
    )
  })

  test('of a network names the interface of a bridge only if a rule of the firewall may name it', () => {
    fc.assert(
      fc.property(network, (body) => {
        const found = readBy(answers.network, body)
        fc.pre(found !== null)
        expect(found.driver).toBe(body.Driver)
        expect(found.bridge ?? 'none').toMatch(/^[A-Za-z0-9_.-]{1,15}$/)
        expect(found.bridge === null).toBe(body.Driver !== 'bridge')
      }),
    )
  })

  test('of the tags of an image is what follows the name of its repository', () => {
    const tag = fc.stringMatching(/^[A-Za-z0-9_.-]{1,9}$/)
    fc.assert(
      fc.property(fc.array(tag), strings, (tags, others) => {
        const near = ['r.example.com/app', 'r.example.com/app2:v1', 'example.com/app:v1']
        const RepoTags = [
          ...near,
          ...others.filter((name) => !name.startsWith('r.example.com/app:')),
          ...tags.map((name) => `r.example.com/app:${name}`),
        ]
        expect(answers.tagsIn('r.example.com/app', [{ RepoTags }, { RepoTags: null }, {}])).toEqual(tags)
      }),
    )
  })
})
