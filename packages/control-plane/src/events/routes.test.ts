/** Which changes the stream reports, and to whom. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accessWorld, type AccessWorld } from '../testing/access-world.ts'
import { eventReader } from '../testing/event-reader.ts'

let world: AccessWorld
let onAws: string

beforeAll(async () => {
  world = await accessWorld()
  onAws = (await world.make('/clouds', { name: world.unique(), provider: 'aws', join: 'token' })).id
})
afterAll(() => world[Symbol.asyncDispose]())

const tokenFor = async (role: string, cloud_ids?: string[]) =>
  (await world.make('/api_tokens', { name: world.unique(), role, ...(cloud_ids && { cloud_ids }) })).token

const adminToken = () => world.running.plane.adminToken ?? ''

/** The events that a reader receives for a change; the id of a build created after it ends the wait. */
async function toldOf(token: string, change: () => Promise<string>): Promise<{ told: string[]; id: string }> {
  const stream = await eventReader(world.running.plane.origin, token)
  await stream.until('hello')
  const id = await change()
  const config_json = { docker_image: 'registry.example.com/team/app:1', ray_version: '2.55.1' }
  const config = { name: world.unique(), cloud_id: world.other.id, config_json }
  const { latest_build } = (await world.make('/cluster_environments', config)) as unknown as {
    latest_build: { id: string }
  }
  const text = await stream.until(latest_build.id)
  stream.close()
  const told = [...text.matchAll(/^event: (\w+)\ndata: \{"id":"(\w+)"\}$/gm)].filter(
    ([, , of]) => of !== latest_build.id,
  )
  return { told: told.map(([, kind, of]) => `${kind} ${of === id ? 'itself' : ''}`.trim()), id }
}

const changes: Record<string, { kinds: string[]; change: () => Promise<string> }> = {
  'a cloud that is made': {
    kinds: ['cloud itself', 'audit'],
    change: async () => (await world.make('/clouds', { name: world.unique(), provider: 'local' })).id,
  },
  'a grant that is given': {
    kinds: ['cloud itself', 'audit'],
    async change() {
      await world.make(`/clouds/${world.other.id}/grants`, { reference: `team-${world.unique()}` })
      return world.other.id
    },
  },
  'a grant that is taken back': {
    kinds: ['cloud itself', 'audit'],
    async change() {
      const { body } = await world.admin.get(`/clouds/${world.other.id}/grants`)
      await world.admin.remove(`/clouds/${world.other.id}/grants/${body.results[0].id}`)
      return world.other.id
    },
  },
  'a role that is forgotten': {
    kinds: ['cloud itself', 'audit'],
    async change() {
      await world.make(`/clouds/${onAws}/reset_role`)
      return onAws
    },
  },
  'an environment that is archived': {
    kinds: ['cluster_environment itself', 'audit'],
    async change() {
      await world.make(`/cluster_environments/${world.environment.id}/archive`)
      return world.environment.id
    },
  },
  'a token that is made': {
    kinds: ['token itself', 'audit'],
    change: async () => (await world.make('/api_tokens', { name: world.unique(), role: 'viewer' })).id,
  },
}

describe('a page that shows it is notified of', () => {
  test.each(Object.entries(changes))('%s', async (_, { kinds, change }) => {
    expect((await toldOf(adminToken(), change)).told.toSorted()).toEqual(kinds.toSorted())
  })

  test('a revoked token', async () => {
    const { id } = await world.make('/api_tokens', { name: world.unique(), role: 'viewer' })
    const { told } = await toldOf(adminToken(), async () => {
      await world.admin.remove(`/api_tokens/${id}`)
      return id
    })
    expect(told.toSorted()).toEqual(['audit', 'token itself'])
  })
})

const makeToken = async (role: string, cloud_ids?: string[]) =>
  (await world.make('/api_tokens', { name: world.unique(), role, ...(cloud_ids && { cloud_ids }) })).id

describe('events about tokens and audited acts', () => {
  test.each(['viewer', 'developer'])('are sent to no %s', async (role) => {
    expect((await toldOf(await tokenFor(role), () => makeToken('viewer'))).told).toEqual([])
  })

  test('an administrator of some clouds receives token events only for those clouds', async () => {
    const limited = await tokenFor('admin', [world.other.id])
    expect((await toldOf(limited, () => makeToken('viewer'))).told).toEqual([])
    expect((await toldOf(limited, () => makeToken('viewer', [world.other.id]))).told).toEqual(['token itself'])
  })

  test('an administrator of some clouds receives no events about other clouds', async () => {
    const limited = await tokenFor('admin', [world.other.id])
    const grantIn = (id: string) => async () => {
      await world.make(`/clouds/${id}/grants`, { reference: `team-${world.unique()}` })
      return id
    }
    expect((await toldOf(limited, grantIn(world.home.id))).told).toEqual([])
    expect((await toldOf(limited, grantIn(world.other.id))).told.toSorted()).toEqual(['audit', 'cloud itself'])
  })
})

describe('a reader that reconnects', () => {
  const changeCloud = async () => (await world.make('/clouds', { name: world.unique(), provider: 'local' })).id

  /** What the reader receives from there on, up to a change made meanwhile. */
  async function toldAfter(lastEventId: string): Promise<string> {
    const stream = await eventReader(world.running.plane.origin, adminToken(), { 'last-event-id': lastEventId })
    await stream.until('hello')
    const told = await stream.until(await changeCloud())
    stream.close()
    return told
  }

  async function lastIdOf(change: () => Promise<string>): Promise<string> {
    const stream = await eventReader(world.running.plane.origin, adminToken())
    await stream.until('hello')
    const told = await stream.until(await change())
    stream.close()
    return told.match(/(?<=^id: )\d+-\d+$/gm)?.at(-1) ?? ''
  }

  test('with the id of an existing event misses nothing and is sent nothing else', async () => {
    const id = await lastIdOf(changeCloud)
    const missed = await changeCloud()
    const told = await toldAfter(id)
    expect(told).toContain(missed)
    expect(told).not.toContain('reset')
    // In the format of earlier versions.
    expect(await toldAfter(id.split('-')[0] ?? '')).not.toContain('reset')
  })

  test.each([
    ['beyond the end', (sequence: number, at: number) => `${sequence + 1000}-${at}`],
    ['beyond the end, as earlier versions gave it', (sequence: number) => `${sequence + 1000}`],
    ['of another event that bore this number', (sequence: number, at: number) => `${sequence}-${at - 1}`],
  ])('with an id %s has to start over, and receives changes from there on', async (_, idFrom) => {
    const [sequence, at] = (await lastIdOf(changeCloud)).split('-').map(Number)
    const told = await toldAfter(idFrom(sequence ?? 0, at ?? 0))
    expect(told.match(/^event: reset$/gm)).toHaveLength(1)
    const reset = /^id: (\S+)\nevent: reset\ndata: \{\}$/m.exec(told)?.[1] ?? ''
    expect(await toldAfter(reset)).not.toContain('reset')
  })

  test.each(['', 'abc', '-1', '1.5', '1-', '1'.repeat(16)])(
    'with %j, which is not an event id, is rejected',
    async (id) => {
      const headers = { authorization: `Bearer ${adminToken()}`, 'last-event-id': id }
      const answer = await fetch(`${world.running.plane.origin}/api/v1/events`, { headers })
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([422, 'REQUEST_INVALID'])
    },
  )
})

test('S10: the stream of a token ends when it expires, even if nothing else happens', async () => {
  const expires_at = new Date(Date.now() + 3000).toISOString()
  const { token } = await world.make('/api_tokens', { name: world.unique(), role: 'viewer', expires_at })
  const stream = await eventReader(world.running.plane.origin, token)
  await stream.until('never told')
  expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expires_at))
  expect(Date.now()).toBeLessThan(Date.parse(expires_at) + 10_000)
})

test('S10: the stream of a revoked token ends at once, even if nothing else happens', async () => {
  const { id, token } = await world.make('/api_tokens', { name: world.unique(), role: 'viewer' })
  const stream = await eventReader(world.running.plane.origin, token)
  await stream.until('hello')
  const started = performance.now()
  await world.admin.remove(`/api_tokens/${id}`)
  await stream.until('never told')
  expect(performance.now() - started).toBeLessThan(10_000)
})
