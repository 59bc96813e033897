/** Signing in on another device: how often it asks, and how it ends. */
import { isProblem, problem } from '@fairlead/contract/problems'
import { expect, test } from 'vitest'
import { scriptedServer, type ScriptedAnswer } from './scripted-server.ts'

const session = {
  id: `tok_${'0'.repeat(26)}`,
  name: 'jane@example.com',
  role: 'developer',
  cloud_ids: null,
  created_at: '2026-11-30T08:00:00.000Z',
  last_used_at: null,
  expires_at: '2026-11-30T16:00:00.000Z',
  revoked_at: null,
  identity: { issuer: 'https://login.example.com', subject: 'jane' },
  token: `flt_${'A'.repeat(43)}`,
}
const told = (status: string, done: object | null = null): ScriptedAnswer => ({
  json: { result: { status, session: done } },
})
const begun = { device_code: 'code', interval: 5 }

test('asks in the interval of the provider, five seconds less often whenever that is too often, until it is done', async () => {
  const answers = [told('pending'), told('slow_down'), told('pending'), told('signed_in', session)]
  const { client, sent, waits } = scriptedServer(answers)
  expect(await client.signIn.awaitDevice(begun)).toEqual(session)
  expect(waits).toEqual([5000, 5000, 10_000, 10_000])
  expect(sent.map(({ body }) => body)).toEqual(Array.from({ length: 4 }, () => '{"device_code":"code"}'))
})

test('ends with the problem if the user declines, and when its caller stops', async () => {
  const declined = problem('SIGN_IN_DENIED')
  const { client } = scriptedServer([told('pending'), { status: 403, json: declined.toDocument() }])
  await expect(client.signIn.awaitDevice(begun)).rejects.toSatisfy((error) => isProblem(error, 'SIGN_IN_DENIED'))
  const stopped = AbortSignal.abort(new Error('stopped'))
  await expect(client.signIn.awaitDevice(begun, { signal: stopped })).rejects.toThrow('stopped')
})
