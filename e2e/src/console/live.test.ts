/** A page stays current without a reload: it shows changes made elsewhere, and says when the connection hides some. */
import { request } from 'node:http'
import { freePort, startFairleadServe, startTcpProxy, type FairleadServe, type TcpProxy } from '@fairlead/testkit'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openBrowser, openConsole, type ConsolePage } from './browser.ts'

let proxy: TcpProxy
let serve: FairleadServe
let port: number
let browser: Browser
let lab: string
let environments = 0

const lost = 'The connection to the control plane is lost'

beforeAll(async () => {
  port = await freePort()
  proxy = await startTcpProxy({ to: { host: '127.0.0.1', port } })
  const origin = `http://127.0.0.1:${proxy.port}`
  ;[serve, browser] = await Promise.all([startFairleadServe({ listen: `127.0.0.1:${port}`, origin }), openBrowser()])
  lab = (await direct('POST', '/clouds', { name: 'lab', provider: 'local', allow_any_secret: true }))['id'] ?? ''
})
beforeEach(() => proxy.setMode('pass'))
afterAll(async () => {
  await browser.close()
  await serve.stop()
  await proxy.stop()
})

/** Bypasses the proxy in any state. */
function direct(method: string, path: string, body?: object): Promise<Record<string, string>> {
  const headers = {
    host: `127.0.0.1:${proxy.port}`,
    authorization: `Bearer ${serve.adminToken}`,
    'content-type': 'application/json',
  }
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', method, path: `/api/v1${path}`, headers }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
      answer.on('end', () => {
        if ((answer.statusCode ?? 500) >= 300) reject(new Error(text))
        else resolve(text === '' ? {} : (JSON.parse(text) as { result: Record<string, string> }).result)
      })
    })
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

async function makeEnvironment(): Promise<{ name: string; id: string }> {
  const name = `env-${++environments}`
  const config_json = { docker_image: 'registry.example.com/team/app:1', ray_version: '2.55.1' }
  const { id = '' } = await direct('POST', '/cluster_environments', { name, cloud_id: lab, config_json })
  return { name, id }
}

async function open(path: string, token = serve.adminToken): Promise<ConsolePage> {
  const opened = await openConsole(browser, { origin: serve.origin, token })
  const stream = opened.page.waitForResponse((answer) => answer.url().endsWith('/api/v1/events'))
  await opened.goto(path)
  await stream
  return opened
}

const shows = (page: Page, text: string) => page.getByText(text, { exact: true }).first().waitFor()
const isGone = (page: Page, text: string) => page.getByText(text).first().waitFor({ state: 'detached' })

describe('changes made elsewhere show without a reload', () => {
  test('a created environment, and an archived one', async () => {
    const { page, faults, close } = await open('/cluster-environments')
    const { name, id } = await makeEnvironment()
    await shows(page, name)
    await direct('POST', `/cluster_environments/${id}/archive`)
    await isGone(page, name)
    expect(faults).toEqual([])
    await close()
  })

  test('a cloud, and what may be named in it', async () => {
    const { page, faults, close } = await open('/clouds')
    const { id } = await direct('POST', '/clouds', { name: 'second', provider: 'local' })
    await page.getByRole('link', { name: 'second' }).click()
    await page.getByRole('heading', { name: 'second' }).waitFor()
    await direct('POST', `/clouds/${id}/grants`, { reference: 'granted-later' })
    await shows(page, 'granted-later')
    expect(faults).toEqual([])
    await close()
  })

  test('a token that is created and revoked, with its revocation shown', async () => {
    const tokens = await open('/tokens')
    const audit = await open('/audit')
    const { id } = await direct('POST', '/api_tokens', { name: 'passing', role: 'viewer' })
    await shows(tokens.page, 'passing')
    await direct('DELETE', `/api_tokens/${id}`)
    await tokens.page
      .getByRole('row', { name: /passing/ })
      .getByText(/revoked/i)
      .waitFor()
    await audit.page.getByRole('row', { name: /revoked an API token/ }).waitFor()
    expect([...tokens.faults, ...audit.faults]).toEqual([])
    await Promise.all([tokens.close(), audit.close()])
  })
})

test('the stream is read with the token in a header, and no address ever contains a token', async () => {
  const { page, goto, close } = await openConsole(browser, { origin: serve.origin, token: serve.adminToken })
  const asked: string[] = []
  page.on('request', (sent) => asked.push(sent.url()))
  const stream = page.waitForRequest((sent) => sent.url().endsWith('/api/v1/events'))
  await goto('/cluster-environments')
  expect((await stream).headers()['authorization']).toBe(`Bearer ${serve.adminToken}`)
  await page.getByRole('link', { name: 'Clusters' }).click()
  await page.getByRole('heading', { name: 'Clusters', level: 1 }).waitFor()
  expect(asked.length).toBeGreaterThan(5)
  expect(asked.filter((url) => url.includes('flt_'))).toEqual([])
  await close()
})

describe('when the connection is lost, the page says so, and shows what it missed once it is back', () => {
  test('because the control plane was killed and started again', async () => {
    const { page, close } = await open('/cluster-environments')
    serve.kill('SIGKILL')
    await page.getByText(lost).waitFor()
    await serve.restart()
    await isGone(page, lost)
    const { name } = await makeEnvironment()
    await shows(page, name)
    await close()
  })

  test('because the route to it was cut', async () => {
    const { page, close } = await open('/cluster-environments')
    await proxy.setMode('refuse')
    proxy.cut()
    await page.getByText(lost).waitFor()
    const { name } = await makeEnvironment()
    expect(await page.getByText(name, { exact: true }).count()).toBe(0)
    await proxy.setMode('pass')
    await shows(page, name)
    await isGone(page, lost)
    await close()
  })

  test('because nothing arrives over it any more, without a close: within 45 s', async () => {
    const { page, close } = await open('/cluster-environments')
    await proxy.setMode('silence')
    const { name } = await makeEnvironment()
    await page.getByText(lost).waitFor({ timeout: 45_000 })
    await proxy.setMode('pass')
    proxy.cut()
    await page.getByText(name, { exact: true }).waitFor({ timeout: 60_000 })
    await isGone(page, lost)
    await close()
  })
})

test('a revoked token leads to the sign-in, with the reason', async () => {
  const { id = '', token = '' } = await direct('POST', '/api_tokens', { name: 'leaver', role: 'viewer' })
  const { page, close } = await open('/cluster-environments', token)
  await page.getByRole('heading', { name: 'Cluster environments' }).waitFor()
  await direct('DELETE', `/api_tokens/${id}`)
  await page.getByText('The token was revoked or is no longer valid').waitFor()
  expect(await page.getByLabel('API token').inputValue()).toBe('')
  expect(await page.evaluate('sessionStorage.getItem("fairlead.token")')).toBeNull()
  await close()
})
