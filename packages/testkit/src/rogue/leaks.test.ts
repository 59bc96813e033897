/** The control for the hostile registry: a real leak is found. */
import { request } from 'undici'
import { expect, test } from 'vitest'
import { basicHeader } from '../basic-login.ts'
import { startRecorder } from '../servers/recorder.ts'
import { leaksOf } from './leaks.ts'
import type { RogueCase } from './rogue-case.ts'

const login = { username: 'robot', password: 'canary-Wq7/p+Zk93' }
const secrets = { password: login.password, token: 'canary.token-5fGh8' }
const entry: RogueCase = { name: 'any', rule: 'S2', what: 'does anything', code: null, visitsVillain: true }

test.each([
  ['a Basic login', '/', { authorization: basicHeader(login) }, ['the password, base64', 'an Authorization']],
  ['a token', '/', { authorization: `Bearer ${secrets.token}` }, ['the token, as it is', 'an Authorization']],
  ['a password in a path', `/${encodeURIComponent(login.password)}`, {}, ['the password, URL-encoded']],
  ['a password in hex', `/?x=${Buffer.from(login.password).toString('hex')}`, {}, ['the password, hex']],
  ['a cookie', '/', { cookie: 'a=b' }, ['a cookie']],
  ['nothing', '/', {}, []],
])('%s that a stranger receives is a leak', async (_, path, headers, found) => {
  await using stranger = await startRecorder()
  await (await request(`${stranger.origin}${path}`, { headers })).body.dump()
  const leaks = leaksOf(entry, { strangers: [stranger], requests: [], secrets })
  expect(leaks).toHaveLength(found.length)
  found.forEach((words, at) => expect(leaks[at]).toContain(words))
  const uninvited = leaksOf({ ...entry, visitsVillain: false }, { strangers: [stranger], requests: [], secrets })
  expect(uninvited).toContain(`${stranger.host} was connected to`)
})

test('a password that the registry itself receives too early, or as Basic next to its tokens, is a leak', () => {
  const asked = {
    case: 'any',
    stage: 'ping',
    method: 'GET',
    url: '/v2/',
    headers: { authorization: 'Basic x' },
  } as const
  const leaks = (change: Partial<RogueCase>) =>
    leaksOf({ ...entry, ...change }, { strangers: [], requests: [asked], secrets })
  expect(leaks({ beforeLogin: true, challenge: 'basic' })).toEqual(['the registry got Basic for /v2/'])
  expect(leaks({})).toEqual(['the registry got the password for /v2/'])
  expect(leaks({ challenge: 'basic' })).toEqual([])
})
