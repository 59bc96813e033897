/** The frame around every page: by keyboard alone, in both schemes, on a narrow screen; and the cost of the first page. */
import { cliJson, createNetwork, startFairleadServe, type FairleadServe } from '@fairlead/testkit'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectAccessible, openBrowser, openConsole, type ConsoleOptions } from './browser.ts'
import { isFocused } from './page-state.ts'

const parts = new AsyncDisposableStack()
let serve: FairleadServe
let browser: Browser

beforeAll(async () => {
  const network = parts.use(await createNetwork())
  serve = parts.use(await startFairleadServe({ listen: `${network.hostAddress}:0` }))
  browser = parts.use(await openBrowser(await network.machine('desk')))
  const access = { host: serve.origin, token: serve.adminToken, caFile: serve.caFile }
  await cliJson(['cloud', 'create', '-n', 'lab', '--provider', 'local'], access)
})
afterAll(() => parts.disposeAsync())

const open = (options: Partial<ConsoleOptions> = {}) =>
  openConsole(browser, { origin: serve.origin, token: serve.adminToken, ...options })

const heading = (page: Page, name: string): Locator => page.getByRole('heading', { name, level: 1, exact: true })

async function press(page: Page, key: string, until: Locator): Promise<void> {
  for (let presses = 0; presses < 30; presses++) {
    if (await isFocused(page, until)) return
    await page.keyboard.press(key)
  }
  throw new Error(`no way to ${String(until)} with ${key}`)
}

test('the first page transfers at most 220 KiB of JavaScript, including everything it loads', async () => {
  const { page, goto, close } = await open()
  await goto('/')
  await heading(page, 'Overview').waitFor()
  await page.getByText('Your first cluster').waitFor()
  const scripts = await page.evaluate<{ name: string; encodedBodySize: number }[]>(
    `performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js'))
      .map(({ name, encodedBodySize }) => ({ name, encodedBodySize }))`,
  )
  expect(scripts.length).toBeGreaterThan(3)
  expect(scripts.every(({ encodedBodySize }) => encodedBodySize > 0)).toBe(true)
  const bytes = scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)
  expect(bytes).toBeLessThanOrEqual(220 * 1024)
  await close()
})

test('the first page asks for what it shows before the console is here, and shows it without asking again', async () => {
  const { page, goto, faults, close } = await open()
  const events = '/api/v1/events'
  const asked: string[] = []
  const isAsked = Promise.withResolvers<void>()
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (pathname.startsWith('/api/') && pathname !== events) asked.push(pathname)
    if (asked.length === 2) isAsked.resolve()
  })
  await page.route('**/assets/console-*.js', async (route) => {
    await isAsked.promise
    await route.continue()
  })
  // Once it is open, everything is asked again.
  await page.route(`**${events}`, () => {})
  await goto('/')
  await page.getByText('Your first cluster').waitFor()
  expect(asked.toSorted()).toEqual(['/api/v1/api_tokens/me', '/api/v1/overview'])
  expect(faults).toEqual([])
  await close()
})

describe('by keyboard alone', () => {
  test('past the navigation, to another page, and out', async () => {
    const { page, goto, faults, close } = await open()
    await goto('/cluster-environments')
    await heading(page, 'Cluster environments').waitFor()
    await page.keyboard.press('Tab')
    const skip = page.getByRole('link', { name: 'Skip to the content' })
    expect(await isFocused(page, skip)).toBe(true)
    await page.keyboard.press('Enter')
    await expect.poll(() => isFocused(page, page.getByRole('main'))).toBe(true)
    await page.keyboard.press('Tab')
    expect(await page.getByRole('main').locator(':focus').count()).toBe(1)

    await press(page, 'Shift+Tab', page.getByRole('link', { name: 'Clusters', exact: true }))
    await page.keyboard.press('Enter')
    await heading(page, 'Clusters').waitFor()
    await expect.poll(() => isFocused(page, page.getByRole('main'))).toBe(true)
    await expect.poll(() => page.title()).toBe('Clusters · Fairlead')

    const account = page.getByRole('button', { name: /Signed in as/ })
    await press(page, 'Shift+Tab', account)
    await page.keyboard.press('Enter')
    const out = page.getByRole('button', { name: 'Sign out' })
    await out.waitFor()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await out.waitFor({ state: 'hidden' })
    await expect.poll(() => isFocused(page, account)).toBe(true)
    await page.keyboard.press('Enter')
    await press(page, 'Tab', out)
    await page.keyboard.press('Enter')
    await page.getByLabel('API token').waitFor()
    await expect.poll(() => page.title()).toBe('Sign in · Fairlead')
    expect(faults).toEqual([])
    await close()
  })

  test('a search that updates the address does not move the focus', async () => {
    const { page, goto, close } = await open()
    await goto('/cluster-environments')
    const search = page.getByRole('textbox', { name: 'Search by name' })
    await search.focus()
    await page.keyboard.type('ray')
    await page.waitForURL(/name=ray/)
    expect(await isFocused(page, search)).toBe(true)
    await close()
  })

  test.each([390, 1024])(
    '%i px wide, the navigation opens over the page, and closes on Escape and on a choice',
    async (width) => {
      const { page, goto, faults, close } = await open({ width })
      await goto('/cluster-environments')
      await heading(page, 'Cluster environments').waitFor()
      await page.getByText('No cluster environment yet').waitFor()
      const burger = page.getByRole('button', { name: 'Navigation' })
      const clusters = page.getByRole('link', { name: 'Clusters', exact: true })
      expect(await clusters.isVisible()).toBe(false)
      await press(page, 'Tab', burger)
      await page.keyboard.press('Enter')
      await clusters.waitFor()
      await page.getByRole('main').waitFor({ state: 'hidden' })
      expect(await page.getByRole('main').locator(':visible').count()).toBe(0)
      expect(await burger.getAttribute('aria-expanded')).toBe('true')
      await expectAccessible(page)
      await press(page, 'Tab', clusters)
      await page.keyboard.press('Escape')
      await clusters.waitFor({ state: 'hidden' })
      await expect.poll(() => isFocused(page, burger)).toBe(true)
      await page.keyboard.press('Enter')
      await press(page, 'Tab', clusters)
      await page.keyboard.press('Enter')
      await heading(page, 'Clusters').waitFor()
      await clusters.waitFor({ state: 'hidden' })
      await expect.poll(() => isFocused(page, page.getByRole('main'))).toBe(true)
      expect(faults).toEqual([])
      await close()
    },
  )
})

test('the scheme is the machine’s until the user chooses one, which survives a reload and applies before the first paint', async () => {
  const { page, goto, close } = await open({ scheme: 'dark' })
  await goto('/clusters')
  const scheme = () => page.locator('html').getAttribute('data-mantine-color-scheme')
  expect(await scheme()).toBe('dark')
  await page.getByRole('button', { name: 'Use the light colours' }).click()
  await expect.poll(scheme).toBe('light')
  await page.reload({ waitUntil: 'commit' })
  await expect.poll(scheme).toBe('light')
  await page.getByRole('button', { name: 'Use the dark colours' }).waitFor()
  await close()
})

test('there is no motion for users who ask for less', async () => {
  const { page, goto, close } = await open()
  await goto('/clouds')
  await page.getByRole('link', { name: 'lab' }).waitFor()
  const moving = await page.evaluate<string[]>(`[...document.querySelectorAll('*')].filter((element) => {
    const { transitionDuration, animationDuration } = getComputedStyle(element)
    const longest = (durations) => Math.max(...durations.split(',').map(parseFloat))
    return longest(transitionDuration) > 0 || longest(animationDuration) > 0.001
  }).map((element) => element.outerHTML.slice(0, 100))`)
  expect(moving).toEqual([])
  await close()
})

test('a time is shown in the reader’s time zone, with UTC on hover', async () => {
  const { page, goto, close } = await open()
  await goto('/clouds')
  const time = page.getByRole('row', { name: /lab/ }).locator('time').first()
  await time.waitFor()
  const at = (await time.getAttribute('datetime')) ?? ''
  expect(await time.getAttribute('title')).toContain(`${at.slice(0, 10)} ${at.slice(11, 19)} UTC`)
  await close()
})

describe('an address', () => {
  test.each(['/?token=TOKEN', '/#token=TOKEN', '/cluster-environments?token=TOKEN#token=TOKEN'])(
    'never signs a user in: %s',
    async (path) => {
      const { page, faults, close } = await openConsole(browser, { origin: serve.origin })
      const asked: string[] = []
      page.on('request', (sent) => {
        const { pathname } = new URL(sent.url())
        if (pathname.startsWith('/api'))
          asked.push(`${pathname} ${sent.headers()['authorization'] ?? 'without a token'}`)
      })
      await page.goto(`${serve.origin}${path.replaceAll('TOKEN', serve.adminToken)}`)
      const field = page.getByLabel('API token')
      await field.waitFor()
      expect(await field.inputValue()).toBe('')
      expect(await page.evaluate('sessionStorage.length')).toBe(0)
      // How people may sign in, which anybody may ask.
      expect(asked).toEqual(['/api/v1/sign_in without a token'])
      await page.getByText('printed an admin token').waitFor()
      expect(faults).toEqual([])
      await close()
    },
  )

  test('that the console does not have says so, and leads back', async () => {
    const { page, goto, faults, close } = await open()
    await goto('/no-such-page')
    await heading(page, 'No such page').waitFor()
    await expectAccessible(page)
    await page.getByRole('link', { name: 'Go to the overview' }).click()
    await heading(page, 'Overview').waitFor()
    expect(faults).toEqual([])
    await close()
  })
})

const auditPart = /\/assets\/audit-page-.*\.js$/

test('a page that cannot be loaded blames the connection, and loads on a retry', async () => {
  const { page, goto, close } = await open()
  await goto('/cluster-environments')
  await heading(page, 'Cluster environments').waitFor()
  await page.route(auditPart, (route) => route.abort())
  // As when the control plane is away: otherwise the page appears by itself.
  await page.route(
    (url) => url.pathname === '/',
    (route) => route.abort(),
  )
  await page.getByRole('link', { name: 'Audit' }).click()
  await heading(page, 'This page did not load').waitFor()
  await page.getByText('This page could not be loaded from the control plane.').waitFor()
  expect(await page.getByText('INTERNAL').count()).toBe(0)
  await expectAccessible(page)
  await page.unroute(auditPart)
  await page.getByRole('button', { name: 'Try again' }).click()
  await heading(page, 'Audit').waitFor()
  await close()
})

test('a page that cannot be loaded appears once the control plane has it, with one reload', async () => {
  const { page, goto, close } = await open()
  await goto('/cluster-environments')
  await heading(page, 'Cluster environments').waitFor()
  let loads = 0
  page.on('load', () => (loads += 1))
  await page.route(auditPart, (route) => route.abort())
  await page.getByRole('link', { name: 'Audit' }).click()
  await heading(page, 'This page did not load').waitFor()
  await page.waitForEvent('load')
  await heading(page, 'This page did not load').waitFor()
  await page.unrouteAll()
  await heading(page, 'Audit').waitFor()
  expect(loads).toBe(1)
  await close()
})

test('a search for an impossible name finds nothing, and is no error', async () => {
  const { page, goto, faults, close } = await open()
  await goto('/cluster-environments?name=my%20env')
  await page.getByText('No environment matches “my env”').waitFor()
  await goto('/clusters?name=my%20env')
  await page.getByText('No clusters match').waitFor()
  expect(faults).toEqual([])
  await close()
})

test('a wrong browser clock shifts no time', async () => {
  const { page, goto, close } = await open()
  await page.clock.install({ time: Date.now() + 3 * 3_600_000 })
  await goto('/audit')
  await page.getByRole('time').first().waitFor()
  expect(await page.getByRole('time').allTextContents()).not.toContain('3 h ago')
  await close()
})

test('a slow page is announced by a bar', async () => {
  const { page, goto, close } = await open()
  await goto('/cluster-environments')
  await heading(page, 'Cluster environments').waitFor()
  const held = Promise.withResolvers<void>()
  await page.route(auditPart, async (route) => {
    await held.promise
    await route.continue()
  })
  await page.getByRole('link', { name: 'Audit' }).click()
  await page.getByRole('progressbar', { name: 'The page is loading' }).waitFor()
  held.resolve()
  await heading(page, 'Audit').waitFor()
  await expect.poll(() => page.getByRole('progressbar').count()).toBe(0)
  await close()
})
