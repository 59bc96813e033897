/** A token that ends while a request of its own is still arriving: the body of a request may take half a minute. */
import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { testClock } from '../testing/test-clock.ts'
import { testControlPlane } from '../testing/test-control-plane.ts'

/** A control plane that has read the head of a request to make another admin token, and waits for its body. */
async function halfwayTo() {
  const clock = testClock()
  const running = await testControlPlane({}, clock.now)
  const expires_at = new Date(clock.now() + 60_000).toISOString()
  const { id, token } = (await running.admin.post('/api_tokens', { name: 'stolen', role: 'admin', expires_at })).body
    .result
  const body = JSON.stringify({ name: 'another', role: 'admin' })
  const sent = request(`${running.plane.origin}/api/v1/api_tokens`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': body.length,
      // Answered before the head is looked at, and so before what a test does next.
      expect: '100-continue',
    },
  })
  sent.flushHeaders()
  await once(sent, 'continue')
  return {
    clock,
    running,
    id,
    async finish() {
      sent.end(body)
      const [answer] = (await once(sent, 'response')) as [IncomingMessage]
      return JSON.parse(await text(answer)) as { readonly code?: string }
    },
    names: async () =>
      (await running.admin.get('/api_tokens')).body.results.map(({ name }: { readonly name: string }) => name),
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  }
}

test('S10: a token that is revoked while its request arrives changes nothing', async () => {
  await using halfway = await halfwayTo()
  expect((await halfway.running.admin.remove(`/api_tokens/${halfway.id}`)).status).toBe(204)
  expect(await halfway.finish()).toMatchObject({ code: 'TOKEN_INVALID' })
  expect(await halfway.names()).not.toContain('another')
})

test('S10: nor does one that expires meanwhile', async () => {
  await using halfway = await halfwayTo()
  halfway.clock.advance(60_000)
  expect(await halfway.finish()).toMatchObject({ code: 'TOKEN_EXPIRED' })
  expect(await halfway.names()).not.toContain('another')
})
