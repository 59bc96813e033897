/** What an identity provider, or whoever answers in its place, can make a request do. */
import { createCa, listen, type HttpService } from '@fairlead/testkit'
import { answerWithoutEnd } from '@fairlead/testkit/endless-answer'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { fetchFromProvider } from './provider-fetch.ts'

let provider: HttpService
let elsewhere: HttpService
const asked: string[] = []

beforeAll(async () => {
  elsewhere = await listen(({ url }, response) => {
    asked.push(url ?? '')
    response.end('{}')
  })
  provider = await listen(({ url }, response) => {
    const answers: Readonly<Record<string, () => void>> = {
      '/': () => response.end('{"fine":true}'),
      '/moved': () => response.writeHead(307, { location: `${elsewhere.origin}/token` }).end(),
      '/cut': () => response.writeHead(200, { 'content-length': '9' }).end('1', () => response.destroy()),
      '/endless': () => answerWithoutEnd(response),
    }
    answers[url ?? '']?.()
  })
})
afterAll(async () => {
  await provider.stop()
  await elsewhere.stop()
})

const unreachable = { code: 'IDENTITY_PROVIDER_UNREACHABLE' }

test('a redirect is answered as it came: the secret of the client goes nowhere else', async () => {
  const answer = await fetchFromProvider(`${provider.origin}/moved`, { method: 'POST', body: 'client_secret=canary' })
  expect(answer.status).toBe(307)
  expect(asked).toEqual([])
})

test('an answer that never ends, or ends too early, is none', async () => {
  const reasons = { '/endless': 'its answer is longer than 524288 bytes', '/cut': 'the connection breaks' }
  for (const [path, reason] of Object.entries(reasons)) {
    const refused = { ...unreachable, facts: { host: provider.host, reason } }
    await expect(fetchFromProvider(provider.origin + path, {})).rejects.toMatchObject(refused)
  }
  expect(await (await fetchFromProvider(`${provider.origin}/`, {})).json()).toEqual({ fine: true })
})

test('S9: a provider has 10 s for its answer', async () => {
  const over = new AbortController()
  using limits = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(over.signal)
  const asking = fetchFromProvider(`${provider.origin}/silent`, {})
  expect(limits.mock.calls).toEqual([[10_000]])
  over.abort(new DOMException('over', 'TimeoutError'))
  const refused = { ...unreachable, facts: { host: provider.host, reason: 'it takes longer than 10 seconds' } }
  await expect(asking).rejects.toMatchObject(refused)
})

test.each([
  'http://login.example.com/token',
  'http://127.0.0.1.example.com/',
  'ftp://127.0.0.1/',
  'https://a:b@127.0.0.1/',
])('nothing is sent to %s', async (url) => {
  await expect(fetchFromProvider(url, {})).rejects.toMatchObject(unreachable)
})

test('a server with a certificate of an unknown authority is not asked, and where nothing listens, that is said', async () => {
  const tls = await listen(({ url }, response) => void response.end(asked.push(url ?? '')), { tls: await createCa() })
  const reason = 'its certificate is not of an authority that this system trusts'
  await expect(fetchFromProvider(tls.origin, {})).rejects.toMatchObject({ facts: { reason } })
  await tls.stop()
  await expect(fetchFromProvider(tls.origin, {})).rejects.toMatchObject({ facts: { reason: 'nothing listens there' } })
  expect(asked).toEqual([])
})
