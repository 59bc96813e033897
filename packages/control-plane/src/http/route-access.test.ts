/** Every route, called by every kind of caller. */
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { problems } from '@fairlead/contract/problems'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  accessPage,
  callers,
  expectedOutcome,
  routeKey,
  routesOfThisVersion,
  type CallerKind,
} from '../testing/access-page.ts'
import { accessTable, type Outcome } from '../testing/access-table.ts'
import { accessWorld, type AccessWorld } from '../testing/access-world.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const routes = routesOfThisVersion()
let world: AccessWorld
let atHome = ''
const tokens = new Map<CallerKind, string | null>()

beforeAll(async () => {
  world = await accessWorld()
  const make = async (body: object) => world.make('/api_tokens', { name: world.unique(), ...body })
  const revoked = await make({ role: 'admin' })
  await world.admin.remove(`/api_tokens/${revoked.id}`)
  tokens.set('no token', null)
  tokens.set('wrong token', `flt_${'A'.repeat(43)}`)
  tokens.set('revoked token', revoked.token)
  tokens.set('admin', world.running.plane.adminToken)
  for (const role of ['viewer', 'developer'] as const) tokens.set(role, (await make({ role })).token)
  atHome = (await make({ role: 'admin', cloud_ids: [world.home.id] })).token
  tokens.set('limited', (await make({ role: 'admin', cloud_ids: [world.other.id] })).token)
})
afterAll(() => world[Symbol.asyncDispose]())

test('every route has a row, and every row has a route', () => {
  expect(Object.keys(accessTable).sort()).toEqual(routes.map(routeKey).sort())
})

test('admin-only changes are audited', () => {
  const writes = routes.filter((route) => route.access === 'admin' && route.method !== 'get')
  expect(writes.filter((route) => route.audit === null).map(routeKey)).toEqual([])
  expect(writes.length).toBeGreaterThan(5)
})

test('docs/api-access.md is up to date; regenerate it with: npx node scripts/api-access.ts', () => {
  const page = readFileSync(new URL('../../../../docs/api-access.md', import.meta.url), 'utf8')
  expect(page).toBe(accessPage())
})

interface Answered {
  readonly status: number
  readonly text: string
}

function statusAndCode(outcome: Outcome): unknown[] {
  return typeof outcome === 'number' ? [outcome, null] : [problems[outcome].status, outcome]
}

function codeOf({ status, text }: Answered): unknown {
  return status < 400 ? null : (JSON.parse(text) as { code: unknown }).code
}

let networks = 0

/** Each request uses a separate address, so that wrong tokens do not hit the limit. Streams are cut at their start. */
function send(method: string, path: string, token: string | null, body: object | undefined): Promise<Answered> {
  const { origin } = world.running.plane
  return new Promise((resolve, reject) => {
    const sent = request(
      origin + path,
      {
        method,
        agent: false,
        localAddress: `127.1.${networks >> 8}.${(networks++ % 254) + 1}`,
        headers: {
          ...(token !== null && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
      },
      (answer) => {
        const status = answer.statusCode ?? 0
        if (answer.headers['content-type'] === 'text/event-stream') {
          answer.destroy()
          resolve({ status, text: '' })
          return
        }
        let text = ''
        answer.setEncoding('utf8').on('data', (part: string) => (text += part))
        answer.on('end', () => resolve({ status, text }))
        answer.on('error', reject)
      },
    )
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

async function ask(route: (typeof routes)[number], caller: CallerKind): Promise<Answered> {
  const row = accessTable[routeKey(route)]
  const { path, body } = (await row?.ask(world)) ?? { path: '' }
  const method = route.method.toUpperCase()
  if (caller !== 'node') return send(method, path, tokens.get(caller) ?? null, body)
  const node = (await row?.node?.(world)) ?? world.node
  return node.send(method, path, { ...(body && { body }), ...(route.access === 'node-key' && { session: '-' }) })
}

describe.each(routes.map((route) => [routeKey(route), route] as const))('%s', (_key, route) => {
  test.each(callers)('%s', async (caller) => {
    const outcome = expectedOutcome(route, caller)
    const answered = await ask(route, caller)
    expect([answered.status, codeOf(answered)], answered.text).toEqual(statusAndCode(outcome))
  })
})

describe('a token limited to another cloud', () => {
  const limited = routes.filter((route) => accessTable[routeKey(route)]?.limited !== undefined)
  const ofHome = () => [
    world.home,
    world.environment,
    world.node,
    { id: world.buildId },
    { id: world.clusterId },
    { id: world.pullId },
  ]

  test.each(limited.filter(({ path }) => !path.includes('{')).map((route) => [routeKey(route), route] as const))(
    '%s contains nothing of a cloud out of reach',
    async (_key, route) => {
      const { path, body } = (await accessTable[routeKey(route)]?.ask(world)) ?? { path: '' }
      const { text } = await send(route.method.toUpperCase(), path, tokens.get('limited') ?? null, body)
      // The answer may repeat what was requested.
      const untold = ofHome().filter(({ id }) => !JSON.stringify([path, body]).includes(id))
      for (const { id } of untold) expect(text).not.toContain(id)
      expect(untold.length).toBeGreaterThan(3)
    },
  )

  test.each(limited.filter(({ path }) => path.includes('{')).map((route) => [routeKey(route), route] as const))(
    '%s answers the same for a resource out of reach as for one that does not exist',
    async (_key, route) => {
      const { path, body } = (await accessTable[routeKey(route)]?.ask(world)) ?? { path: '' }
      const invented = path.replaceAll(/([a-z]{3,5}_)[0-9a-z]{26}/g, `$1${'0'.repeat(26)}`)
      expect(invented).not.toBe(path)
      const sendAs = (to: string) => send(route.method.toUpperCase(), to, tokens.get('limited') ?? null, body)
      const [real, none] = [await sendAs(path), await sendAs(invented)]
      const bare = ({ status, text }: Answered) => [
        status,
        text.replaceAll(/[a-z]{3,5}_[0-9a-z]{26}/g, 'ID').replace(/"request_id":"[^"]*"/, ''),
      ]
      expect(bare(real)).toEqual(bare(none))
    },
  )
})

describe('a token limited to the cloud in question', () => {
  const ofToken = routes.filter((route) => accessTable[routeKey(route)]?.limited !== undefined)
  const refused = new Map<string, Outcome>([
    ['POST /api/v1/api_tokens', 'TOKEN_LIMITED_TO_CLOUDS'],
    ['DELETE /api/v1/api_tokens/{token_id}', 'TOKEN_NOT_FOUND'],
    // Of a cloud that is not its own, since this one is in use.
    ['DELETE /api/v1/clouds/{cloud_id}', 'CLOUD_NOT_FOUND'],
  ])

  test.each(ofToken.map((route) => [routeKey(route), route] as const))('%s', async (key, route) => {
    const outcome =
      route.reach === 'all clouds' ? 'TOKEN_LIMITED_TO_CLOUDS' : (refused.get(key) ?? expectedOutcome(route, 'admin'))
    const { path, body } = (await accessTable[key]?.ask(world)) ?? { path: '' }
    const answered = await send(route.method.toUpperCase(), path, atHome, body)
    expect([answered.status, codeOf(answered)], answered.text).toEqual(statusAndCode(outcome))
  })
})
