/** The system's authorities are read from root's file, whatever the environment says, and are what every TLS client here trusts from then on. */
import { execFile } from 'node:child_process'
import { chmod, truncate, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createCa, listen, newFolder, type HttpService, type TestCa } from '@fairlead/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSystemStore, useSystemStore } from './system-authorities.ts'

/** A test need not run as root. */
const own = process.getuid?.() ?? 0

describe('readSystemStore', () => {
  test('takes the first existing file, and finds none on a system without one', async () => {
    const folder = newFolder('store')
    const at = (name: string) => join(folder, name)
    const places = [at('missing.pem'), at('second.pem'), at('third.pem')]
    expect(readSystemStore(places, own)).toBeNull()
    await writeFile(at('second.pem'), 'second', { mode: 0o644 })
    await writeFile(at('third.pem'), 'third', { mode: 0o644 })
    expect(readSystemStore(places, own)).toEqual({ path: at('second.pem'), pem: 'second' })
  })

  test.each([0o664, 0o646, 0o666])('S15: rejects one of mode 0%o, and takes no other instead', async (mode) => {
    const folder = newFolder('store')
    const [unsafe, safe] = [join(folder, 'unsafe.pem'), join(folder, 'safe.pem')]
    await writeFile(unsafe, 'x')
    await chmod(unsafe, mode)
    await writeFile(safe, 'x', { mode: 0o644 })
    expect(() => readSystemStore([unsafe, safe], own)).toThrow(
      expect.objectContaining({
        code: 'SYSTEM_AUTHORITIES_UNUSABLE',
        facts: expect.objectContaining({ path: unsafe }),
      }),
    )
  })

  test('S9: rejects one that is larger than 16 MiB', async () => {
    const path = join(newFolder('store'), 'store.pem')
    await writeFile(path, 'x', { mode: 0o644 })
    await truncate(path, 16 * 1024 * 1024)
    expect(readSystemStore([path], own)?.path).toBe(path)
    await truncate(path, 16 * 1024 * 1024 + 1)
    expect(() => readSystemStore([path], own)).toThrow(
      expect.objectContaining({ facts: { path, reason: 'it is too large' } }),
    )
  })

  test('S15: rejects one of a user other than root', async () => {
    const path = join(newFolder('store'), 'store.pem')
    await writeFile(path, 'x', { mode: 0o644 })
    expect(() => readSystemStore([path], own + 1)).toThrow(
      expect.objectContaining({ code: 'SYSTEM_AUTHORITIES_UNUSABLE' }),
    )
  })
})

describe('the trust of a process on a system with a store', () => {
  let ours: TestCa
  let hostile: TestCa
  const parts = new AsyncDisposableStack()
  const hello = (_: IncomingMessage, answer: ServerResponse) => void answer.end('hello')
  const services: Record<'ours' | 'hostile', HttpService | null> = { ours: null, hostile: null }
  beforeAll(async () => {
    ;[ours, hostile] = await Promise.all([createCa(), createCa()])
    services.ours = parts.use(await listen(hello, { tls: ours }))
    services.hostile = parts.use(await listen(hello, { tls: hostile }))
  })
  afterAll(() => parts.disposeAsync())

  /** The outcome of a request by Node's own client, which represents clients that are given no list of authorities. */
  async function ask(who: 'ours' | 'hostile', env: Record<string, string> = {}): Promise<string> {
    const module = new URL('system-authorities.ts', import.meta.url).href
    const program = `
      const { readSystemStore, useSystemStore } = await import(${JSON.stringify(module)})
      const path = useSystemStore(readSystemStore([${JSON.stringify(ours.caFile)}], ${own}))
      const answer = await fetch(process.env.ORIGIN).then((it) => it.text(), (error) => error.cause.code)
      console.log(path === ${JSON.stringify(ours.caFile)}, answer)`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
      env: { ...env, ORIGIN: services[who]?.origin ?? '' },
    })
    return stdout.trim()
  }

  test('is what the store holds', async () => {
    expect(await ask('ours')).toBe('true hello')
  })

  test.each([
    ['NODE_EXTRA_CA_CERTS', (file: string) => ({ NODE_EXTRA_CA_CERTS: file })],
    ['SSL_CERT_FILE', (file: string) => ({ SSL_CERT_FILE: file })],
    ['SSL_CERT_FILE with NODE_USE_SYSTEM_CA', (file: string) => ({ SSL_CERT_FILE: file, NODE_USE_SYSTEM_CA: '1' })],
  ])('S15: does not include what %s names', async (_, env) => {
    expect(await ask('hostile', env(hostile.caFile))).toMatch(/^true (?:SELF_SIGNED_|UNABLE_TO_)/)
  })
})

test('names the path of a store without a certificate', () => {
  const path = '/etc/ssl/certs/ca-certificates.crt'
  expect(() => useSystemStore({ path, pem: 'not one' })).toThrow(
    expect.objectContaining({
      code: 'SYSTEM_AUTHORITIES_UNUSABLE',
      facts: { path, reason: 'it holds no list of certificates in PEM' },
    }),
  )
})
