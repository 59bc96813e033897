/** Several tabs of one browser, over plain http on loopback: they share one stream and one sign-in. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { cli, cliJson, startFairleadServe, type FairleadAccess, type FairleadServe } from '@fairlead/testkit'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { expectAccessible, openBrowser, openConsole, type ConsolePage } from './browser.ts'
import { changeScheme, contentWidth, keptByBrowser } from './page-state.ts'

/** How long the tab that reads the stream may say nothing, in `live.tsx`. */
const patienceMs = 45_000

let serve: FairleadServe
let browser: Browser
let access: FairleadAccess
let clouds = 0

beforeAll(async () => {
  ;[serve, browser] = await Promise.all([startFairleadServe(), openBrowser()])
  access = { host: serve.origin, token: serve.adminToken }
  expect(serve.origin).toMatch(/^http:\/\/127\.0\.0\.1:/)
})
afterAll(async () => {
  await browser.close()
  await serve.stop()
})

interface Tabs extends ConsolePage {
  /** A tab with that address, as a link opens it: without a token. */
  readonly openTab: (path: string) => Promise<Page>
  /** How many streams have been requested so far. */
  readonly streams: () => number
}

async function signedIn(token = serve.adminToken): Promise<Tabs> {
  const opened = await openConsole(browser, { origin: serve.origin })
  let streams = 0
  opened.page.context().on('request', (sent) => {
    if (sent.url().endsWith('/api/v1/events')) streams++
  })
  const openTab = async (path: string) => {
    const tab = await opened.newTab()
    await tab.goto(`${serve.origin}${path}`)
    return tab
  }
  await opened.goto('/clouds')
  await signIn(opened.page, token)
  await heading(opened.page, 'Clouds')
  return { ...opened, openTab, streams: () => streams }
}

async function signIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('API token').fill(token)
  await page.keyboard.press('Enter')
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /Signed in as/ }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
}

/** In the page: how often it stopped listening to the other tabs. */
function countClosedChannels(): void {
  let closed = 0
  const noted = () => sessionStorage.setItem('closed-channels', String(closed))
  noted()
  globalThis.BroadcastChannel = class extends BroadcastChannel {
    override close() {
      closed += 1
      noted()
      super.close()
    }
  }
}

const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 1, exact: true }).waitFor()
const signInOf = (page: Page) => page.getByLabel('API token').waitFor()
const shows = (page: Page, text: string) => page.getByText(text, { exact: true }).first().waitFor()

async function makeCloud(): Promise<string> {
  const name = `cloud-${++clouds}`
  await cliJson(['cloud', 'create', '-n', name, '--provider', 'local'], access)
  return name
}

function makeToken(name: string): Promise<{ id: string; token: string }> {
  return cliJson(['token', 'create', '-n', name, '--role', 'viewer'], access)
}

async function revoke(id: string): Promise<void> {
  expect(await cli(['token', 'revoke', id], access)).toMatchObject({ status: 0 })
}

describe('eight tabs', () => {
  let tabs: Tabs
  let eight: Page[]

  beforeEach(async () => {
    tabs = await signedIn()
    eight = [tabs.page]
    while (eight.length < 8) {
      const tab = await tabs.openTab('/clouds')
      await heading(tab, 'Clouds')
      eight.push(tab)
    }
    return () => tabs.close()
  })

  test('all load, share one stream, and each receives changes', async () => {
    const name = await makeCloud()
    await Promise.all(eight.map((tab) => shows(tab, name)))
    await eight[0]?.getByRole('link', { name: 'Audit' }).click()
    await heading(eight[0] as Page, 'Audit')
    expect(tabs.streams()).toBe(1)
    expect(tabs.faults).toEqual([])
  })

  test('when the one that reads the stream is closed, another takes over', async () => {
    await eight.shift()?.close()
    await expect.poll(() => tabs.streams()).toBe(2)
    const name = await makeCloud()
    await Promise.all(eight.map((tab) => shows(tab, name)))
    expect(tabs.streams()).toBe(2)
    expect(tabs.faults).toEqual([])
  })

  test('a sign-out in one signs out all, and a reload brings none of them back', async () => {
    await signOut(eight[3] as Page)
    await Promise.all(eight.map(signInOf))
    await eight[0]?.reload()
    await signInOf(eight[0] as Page)
    await signInOf(await tabs.openTab('/clouds'))
    for (const tab of eight) expect(await keptByBrowser(tab)).not.toContain(serve.adminToken)
    // A sign-in in one also signs in all.
    await signIn(eight[5] as Page, serve.adminToken)
    await Promise.all(eight.map((tab) => heading(tab, 'Clouds')))
    expect(tabs.faults).toEqual([])
  })
})

test('a revoked token signs out all tabs that have it, with the reason', async () => {
  const { id, token } = await makeToken('leaver')
  const { page, openTab, close } = await signedIn(token)
  const others = await Promise.all([openTab('/clouds'), openTab('/nodes'), openTab('/clusters')])
  await Promise.all(others.map((tab) => tab.getByRole('heading', { level: 1 }).waitFor()))
  await revoke(id)
  for (const tab of [page, ...others]) await tab.getByText('The token was revoked or is no longer valid').waitFor()
  await close()
})

test('tabs with different tokens share neither a stream nor a sign-in', async () => {
  const { id, token } = await makeToken('other')
  const { page, newTab, streams, close } = await signedIn()
  const other = await newTab()
  await other.addInitScript((kept) => sessionStorage.setItem('fairlead.token', kept), token)
  await other.goto(`${serve.origin}/clouds`)
  await other.getByRole('button', { name: 'Signed in as other' }).waitFor()
  await expect.poll(() => streams()).toBe(2)
  const name = await makeCloud()
  await Promise.all([page, other].map((tab) => shows(tab, name)))
  await revoke(id)
  await other.getByText('The token was revoked or is no longer valid').waitFor()
  await heading(page, 'Clouds')
  await close()
})

test('a tab that its browser freezes while it reads the stream hands it to another', async () => {
  const { page, newTab, streams, close } = await signedIn()
  const other = await newTab()
  // Playwright's clock is that of all tabs, and would make the first one give up its stream as well.
  await other.addInitScript(`{
    const later = setTimeout
    globalThis.setTimeout = (run, milliseconds, ...rest) => {
      if (milliseconds === ${patienceMs}) globalThis.losePatience = run
      return later(run, milliseconds, ...rest)
    }
  }`)
  await other.goto(`${serve.origin}/clouds`)
  await heading(other, 'Clouds')
  const debug = await page.context().newCDPSession(page)
  await debug.send('Page.setWebLifecycleState', { state: 'frozen' })
  const name = await makeCloud()
  await other.evaluate('losePatience()')
  await expect.poll(() => streams()).toBe(2)
  await shows(other, name)
  await debug.send('Page.setWebLifecycleState', { state: 'active' })
  await shows(page, name)
  const later = await makeCloud()
  await Promise.all([page, other].map((tab) => shows(tab, later)))
  await close()
})

test('a link opened in a new tab shows its page at once, wide and narrow, in both schemes', async () => {
  const { page, openTab, newTab, faults, close } = await signedIn()
  const [fresh] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('link', { name: 'Nodes' }).click({ modifiers: ['Control'] }),
  ])
  await heading(fresh, 'Nodes')
  expect(await keptByBrowser(fresh)).toContain(serve.adminToken)
  const narrow = await newTab()
  await narrow.setViewportSize({ width: 390, height: 800 })
  await narrow.goto(`${serve.origin}/clouds`)
  await heading(narrow, 'Clouds')
  expect(await contentWidth(narrow)).toBeLessThanOrEqual(390)
  await expectAccessible(narrow)
  await changeScheme(narrow, 'dark')
  await expectAccessible(narrow)
  // When the first is closed, the others have it.
  await page.close()
  await heading(await openTab('/tokens'), 'API tokens')
  expect(faults).toEqual([])
  await close()
})

test('a tab that waits for a token listens without a break, so that no answer is missed', async () => {
  const { page, goto, close } = await openConsole(browser, { origin: serve.origin })
  await page.addInitScript(countClosedChannels)
  await goto('/clouds')
  // Shown once no other tab has answered in time.
  await signInOf(page)
  expect(await page.evaluate(() => sessionStorage.getItem('closed-channels'))).toBe('0')
  await close()
})

test('a sign-out reaches a tab that shows another site, once it comes back', async () => {
  const { page, openTab, close } = await signedIn()
  const away = await openTab('/nodes')
  await heading(away, 'Nodes')
  await away.goto('about:blank')
  await signOut(page)
  await signInOf(page)
  await away.goBack()
  await signInOf(away)
  expect(await keptByBrowser(away)).not.toContain(serve.adminToken)
  await close()
})

test('a page on another port of the host, such as Ray’s dashboard, asks for the token and gets no answer', async () => {
  const dashboard = createServer((_request, answer) => {
    answer.setHeader('content-type', 'text/html').end('<!doctype html><title>dashboard</title>')
  })
  await new Promise<void>((resolve) => dashboard.listen(0, '127.0.0.1', resolve))
  const { port } = dashboard.address() as AddressInfo
  const { page, newTab, openTab, close } = await signedIn()
  const foreign = await newTab()
  await foreign.goto(`http://127.0.0.1:${port}/`)
  const heard = foreign.evaluate<unknown[]>(`new Promise((resolve) => {
    const heard = []
    const channel = new BroadcastChannel('fairlead.session')
    channel.onmessage = ({ data }) => heard.push(data)
    channel.postMessage({ kind: 'ask' })
    setTimeout(() => resolve(heard), 1500)
  })`)
  // One of the same origin gets an answer in the meantime.
  await heading(await openTab('/nodes'), 'Nodes')
  expect(await heard).toEqual([])
  await heading(page, 'Clouds')
  await close()
  await new Promise((resolve) => dashboard.close(resolve))
})
