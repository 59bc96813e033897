/** S15: where a blob may be fetched from. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { problem } from '@fairlead/contract/problems'
import { fetchBlob, redirectTarget } from './blob.ts'

const registry = { scheme: 'https', host: 'registry.example.com', port: 443 } as const
const loopback = { scheme: 'http', host: '127.0.0.1', port: 5000 } as const
const store = { place: { scheme: 'https', host: 'store.example.net', port: 443 }, path: '/a' } as const

describe('a blob redirect', () => {
  test.each([
    ['https://store.example.net/x?sig=a%2Fb', { place: store.place, path: '/x?sig=a%2Fb' }],
    ['https://store.example.net', { place: store.place, path: '/' }],
    ['/v2/other?x=1', { place: registry, path: '/v2/other?x=1' }],
    ['http://registry.example.com/x', null],
    ['http://127.0.0.1:5000/x', null],
    ['//store.example.net/x', null],
    ['/\\store.example.net/x', null],
    ['blobs/x', null],
    ['https://user@store.example.net/x', null],
    ['https://store.example.net/x#y', null],
    ['https://store.example.net/x y', null],
    ['ftp://store.example.net/x', null],
    ['', null],
  ])('from an https registry to %j', (location, target) => {
    expect(redirectTarget(location, { place: registry, path: '/v2/x' }, registry)).toEqual(target)
  })

  test('over plain http stays on the same loopback registry', () => {
    const from = { place: loopback, path: '/v2/x' }
    expect(redirectTarget('http://127.0.0.1:5000/y', from, loopback)).toEqual({ place: loopback, path: '/y' })
    expect(redirectTarget('http://127.0.0.1:5001/y', from, loopback)).toBeNull()
    expect(redirectTarget('http://localhost:5000/y', from, loopback)).toBeNull()
  })

  test('to a path of the store stays with the store, not with the registry', () => {
    expect(redirectTarget('/b', store, registry)).toEqual({ place: store.place, path: '/b' })
  })

  test('S9: is rejected or leads to https for any Location', () => {
    const piece = fc.constantFrom(
      'https://',
      'http://',
      '/',
      'a.test',
      ':',
      '@',
      '\\',
      '#',
      '?',
      ' ',
      '\r\n',
      '..',
      '127.0.0.1',
    )
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: piece })), (location) => {
        const target = redirectTarget(location, { place: registry, path: '/v2/x' }, registry)
        expect(target?.place.scheme ?? 'https').toBe('https')
        expect(target?.path ?? '/').toMatch(/^\/[!-~]*$/)
      }),
    )
  })
})

describe('a span of a blob', () => {
  const blob = { mediaType: 'x', digest: `sha256:${'a'.repeat(64)}`, size: 100 }
  const span = { start: 10, end: 40 }
  const signal = new AbortController().signal

  /** The registry's answer to one request, and the Range that was sent. */
  function answers(status: number, contentRange: string | null) {
    const sent: unknown[] = []
    const answer = {
      status,
      header: (name: string) => (name === 'content-range' ? contentRange : null),
      body: (async function* () {
        yield new Uint8Array(status === 200 ? 100 : 30)
      })(),
      discard: async () => {},
    }
    const session = {
      endpoint: registry,
      registry: 'registry.example.com',
      repository: 'team/app',
      open: async ({ headers }: { headers: unknown }) => {
        sent.push(headers)
        return answer
      },
      refusalOf: async () => problem('REGISTRY_PROTOCOL', { registry: 'registry.example.com' }),
    }
    return { sent, session: session as never }
  }

  test.for([
    [span, { range: 'bytes=10-39' }],
    [{ start: 10, end: 100 }, { range: 'bytes=10-' }],
    [null, {}],
  ] as const)('%j is asked for by its first and last byte', async ([asked, headers]) => {
    const { sent, session } = answers(200, null)
    expect((await fetchBlob(session, blob, asked, signal)).span).toEqual({ start: 0, end: 100 })
    expect(sent).toEqual([headers])
  })

  test.for(['bytes 10-39/100', 'bytes 10-39/*'])('is taken from a 206 that says %s', async (contentRange) => {
    expect((await fetchBlob(answers(206, contentRange).session, blob, span, signal)).span).toEqual(span)
  })

  test.for([
    'bytes 11-40/100',
    'bytes 10-38/100',
    'bytes 10-99/100',
    'bytes 0-99/100',
    'bytes 10-39/101',
    'bytes 10-39/100, 40-41/100',
    'bytes=10-39/100',
    'bytes */100',
    '10-39/100',
    '',
    null,
  ])('S12: is not taken from a 206 that says %j', async (contentRange) => {
    const fetching = fetchBlob(answers(206, contentRange).session, blob, span, signal)
    await expect(fetching).rejects.toMatchObject({ code: 'REGISTRY_PROTOCOL' })
  })

  test('S9: of any Content-Range, only the two that name this span are taken', async () => {
    const piece = fc.constantFrom(
      'bytes ',
      'bytes 10-39/',
      '10',
      '-',
      '39',
      '/',
      '100',
      '*',
      ' ',
      ',',
      '0',
      '+',
      '\u0661',
    )
    const said = fc.oneof(fc.string(), fc.string({ unit: piece, maxLength: 6 }), fc.constant('bytes 10-39/100'))
    await fc.assert(
      fc.asyncProperty(said, async (contentRange) => {
        const fetching = fetchBlob(answers(206, contentRange).session, blob, span, signal)
        const outcome = await fetching.then(
          () => 'taken',
          (error: unknown) => (error as { code?: string }).code,
        )
        const isExact = ['bytes 10-39/100', 'bytes 10-39/*'].includes(contentRange)
        expect(outcome).toBe(isExact ? 'taken' : 'REGISTRY_PROTOCOL')
      }),
    )
  })

  test('that was not asked for is not taken', async () => {
    const fetching = fetchBlob(answers(206, 'bytes 0-99/100').session, blob, null, signal)
    await expect(fetching).rejects.toMatchObject({ code: 'REGISTRY_PROTOCOL' })
  })
})

test('S15: does not send the login to a store that redirects back to the registry', async () => {
  const asked: string[] = []
  const leadsTo = (location: string) => ({ status: 307, header: () => location, discard: async () => {} })
  const session = {
    endpoint: registry,
    registry: 'registry.example.com',
    repository: 'team/app',
    open: async ({ path }: { path: string }) => {
      asked.push(`with login: ${path}`)
      return leadsTo('https://store.example.net/a')
    },
    openElsewhere: async ({ host }: { host: string }, { path }: { path: string }) => {
      asked.push(`without: ${host}${path}`)
      return leadsTo('https://registry.example.com/admin?do=x')
    },
  }
  const blob = { mediaType: 'x', digest: `sha256:${'a'.repeat(64)}`, size: 1 }
  await expect(fetchBlob(session as never, blob, null, new AbortController().signal)).rejects.toMatchObject({
    code: 'REGISTRY_REDIRECT_REFUSED',
  })
  expect(asked).toEqual([
    `with login: /v2/team/app/blobs/${blob.digest}`,
    'without: store.example.net/a',
    'without: registry.example.com/admin?do=x',
    'without: registry.example.com/admin?do=x',
  ])
})
