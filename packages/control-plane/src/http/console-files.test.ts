import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { isProblem } from '@fairlead/contract/problems'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tempDir } from '../testing/temp-dir.ts'
import { testControlPlane, type TestControlPlane } from '../testing/test-control-plane.ts'
import { readConsoleFiles } from './console-files.ts'

const folder = tempDir()
let running: TestControlPlane

beforeAll(async () => {
  mkdirSync(join(folder.path, 'assets'))
  writeFileSync(join(folder.path, 'index.html'), '<!doctype html><title>Fairlead</title>')
  const script = `console.info('${'x'.repeat(2000)}')`
  writeFileSync(join(folder.path, 'assets', 'index-AbCd.js'), script)
  writeFileSync(join(folder.path, 'assets', 'index-AbCd.js.gz'), gzipSync(script))
  running = await testControlPlane({ console: folder.path })
})
afterAll(async () => {
  await running[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

const ask = (path: string, init: RequestInit = {}) => fetch(`${running.plane.origin}${path}`, init)

describe('the console', () => {
  test.each(['/', '/clusters', '/cluster-environments/cenv_1', '/problems/SECRET_NOT_FOUND'])(
    'serves its page at %s, which may neither load nor request anything from elsewhere',
    async (path) => {
      const answer = await ask(path)
      expect(answer.status).toBe(200)
      expect(await answer.text()).toContain('<title>Fairlead')
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(answer.headers.get('cache-control')).toBe('no-cache')
      const policy = answer.headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'self'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toMatch(/unsafe|data:|https?:|\*/)
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    },
  )

  test('a file named by its content hash is cached forever, and is sent compressed', async () => {
    const answer = await ask('/assets/index-AbCd.js', { headers: { 'accept-encoding': 'gzip' } })
    expect(answer.headers.get('cache-control')).toContain('immutable')
    expect(answer.headers.get('content-encoding')).toBe('gzip')
    expect(Number(answer.headers.get('content-length'))).toBeLessThan(200)
    expect(await answer.text()).toContain('xxx')
    const files = await readConsoleFiles(folder.path)
    const plain = files.answer({ method: 'GET', path: '/assets/index-AbCd.js', header: () => undefined })
    const zipped = files.answer({ method: 'GET', path: '/assets/index-AbCd.js', header: () => 'gzip' })
    expect(gunzipSync(Buffer.from((await zipped?.arrayBuffer()) ?? new ArrayBuffer()))).toEqual(
      Buffer.from((await plain?.arrayBuffer()) ?? new ArrayBuffer()),
    )
  })

  test('sends what the build compressed to a client that takes Brotli, and serves that under no other name', async () => {
    const script = Buffer.from(`console.info('${'y'.repeat(2000)}')`)
    const files = await readConsoleFiles(
      new Map([
        ['index.html', Buffer.from('<!doctype html>')],
        ['assets/a.js', script],
        ['assets/a.js.br', brotliCompressSync(script)],
        ['assets/a.js.gz', gzipSync(script)],
      ]),
    )
    const ask = (path: string, accepts?: string) => files.answer({ method: 'GET', path, header: () => accepts })
    const small = ask('/assets/a.js', 'gzip, deflate, br, zstd')
    expect(small?.headers.get('content-encoding')).toBe('br')
    expect(brotliDecompressSync(Buffer.from((await small?.arrayBuffer()) ?? new ArrayBuffer()))).toEqual(script)
    expect(ask('/assets/a.js', 'gzip')?.headers.get('content-encoding')).toBe('gzip')
    expect(ask('/assets/a.js')?.headers.get('content-encoding')).toBeNull()
    expect(ask('/assets/a.js', 'br;q=0, gzip')?.headers.get('content-encoding')).toBe('gzip')
    expect(ask('/assets/a.js.br', 'br')).toBeNull()
    expect(ask('/assets/a.js.gz', 'gzip')).toBeNull()
  })

  test('does not send again what the client already has', async () => {
    const etag = (await ask('/')).headers.get('etag') ?? ''
    expect((await ask('/', { headers: { 'if-none-match': etag } })).status).toBe(304)
  })

  test('does not answer for metrics served elsewhere', async () => {
    const files = await readConsoleFiles(folder.path)
    expect(files.answer({ method: 'GET', path: '/metrics', header: () => undefined })).toBeNull()
  })

  test.each(['/assets/missing.js', '/api/v1/nothing', '/api/', '/../etc/passwd.txt', '/favicon.ico'])(
    'has nothing at %s, and says so',
    async (path) => {
      const answer = await ask(path)
      expect(answer.status).toBe(404)
      expect(answer.headers.get('content-type')).toContain('problem+json')
    },
  )

  test('accepts only GET and HEAD', async () => {
    expect((await ask('/', { method: 'POST' })).status).toBe(404)
    const head = await ask('/', { method: 'HEAD' })
    expect(head.status).toBe(200)
    expect(await head.text()).toBe('')
  })

  test('is served only under the control plane’s own name', async () => {
    const { request } = await import('node:http')
    const { hostname, port } = new URL(running.plane.origin)
    const status = await new Promise((resolve) => {
      request({ hostname, port, path: '/', headers: { host: 'evil.example.com' } }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      }).end()
    })
    expect(status).toBe(421)
  })
})

test('reports a folder without a built console', async () => {
  using empty = tempDir()
  await expect(readConsoleFiles(empty.path)).rejects.toSatisfy((error) => isProblem(error, 'CONFIG_FILE_UNREADABLE'))
})

test('also takes its files directly by path, without a folder', async () => {
  const page = Buffer.from('<!doctype html><title>Fairlead in memory</title>')
  const script = Buffer.from('console.info(1)')
  await using other = await testControlPlane({
    console: new Map([
      ['index.html', page],
      ['assets/index-AbCd.js', script],
    ]),
  })
  const answer = await fetch(`${other.plane.origin}/clusters`)
  expect(await answer.text()).toContain('Fairlead in memory')
  const asset = await fetch(`${other.plane.origin}/assets/index-AbCd.js`)
  expect(asset.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect(await asset.text()).toBe('console.info(1)')
})
