/** A list of hundreds: counted, sorted, scrolled to any place, and kept current at the cost of what is on the screen. */
import { postToApi, startFairleadServe, type FairleadServe } from '@fairlead/testkit'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectAccessible, openBrowser, openConsole } from './browser.ts'
import { hiddenAtTheRight } from './page-state.ts'

const many = 240
const parts = new AsyncDisposableStack()
let serve: FairleadServe
let browser: Browser

beforeAll(async () => {
  serve = parts.use(await startFairleadServe())
  browser = parts.use(await openBrowser())
  await postToApi(serve, '/clouds', { name: 'lab', provider: 'local' })
  for (let number = 1; number <= many; number++) await make(`env-${String(number).padStart(3, '0')}`)
})
afterAll(() => parts.disposeAsync())

const make = (name: string) =>
  postToApi(serve, '/cluster_environments', {
    name,
    config_json: { docker_image: 'registry.example.com/team/app:1', ray_version: '2.55.1' },
  })
const rows = (page: Page) => page.getByRole('table').locator('tbody tr:has(a)')
const link = (page: Page, name: string) => page.getByRole('link', { name, exact: true })

test('is counted, scrolls to its end at once, sorts in the address, and is where it was after Back', async () => {
  const { page, goto, faults, close } = await openConsole(browser, { origin: serve.origin, token: serve.adminToken })
  await goto('/cluster-environments')
  await page.getByText(`${many} environments`).waitFor()
  await link(page, 'env-240').waitFor()
  // Only what is near the window is drawn.
  expect(await rows(page).count()).toBeLessThan(many)
  await page.keyboard.press('End')
  await link(page, 'env-001').waitFor()
  await expectAccessible(page)
  const title = page.getByRole('columnheader', { name: 'Name' })
  await title.getByRole('button').click()
  await page.waitForURL(/sort=name/)
  expect(await title.getAttribute('aria-sort')).toBe('ascending')
  await page.keyboard.press('End')
  await link(page, 'env-240').click()
  await expect.poll(() => page.title()).toBe('env-240 not checked yet · Fairlead')
  await page.goBack()
  await link(page, 'env-240').waitFor()
  await expect.poll(() => page.evaluate<number>('scrollY')).toBeGreaterThan(2000)
  expect(faults).toEqual([])
  await close()
})

test('asks for what is shown after a change, and for nothing else', async () => {
  const { page, goto, close } = await openConsole(browser, { origin: serve.origin, token: serve.adminToken })
  await goto('/cluster-environments')
  await link(page, 'env-240').waitFor()
  const asked: string[] = []
  page.on('request', (sent) => {
    if (sent.url().includes('/api/v1/cluster_environments?')) asked.push(sent.url())
  })
  await make('env-new')
  await page.getByText(`${many + 1} environments`).waitFor()
  await link(page, 'env-new').waitFor()
  expect(asked.length).toBeLessThanOrEqual(4)
  await close()
})

test('says that it loads while the rows are of the list before', async () => {
  const { page, goto, faults, close } = await openConsole(browser, { origin: serve.origin, token: serve.adminToken })
  await goto('/cluster-environments')
  await link(page, 'env-240').waitFor()
  const held = Promise.withResolvers<void>()
  await page.route('**/api/v1/cluster_environments?*', async (route) => {
    await held.promise
    await route.continue()
  })
  await page.getByRole('textbox', { name: 'Search by name' }).fill('env-240')
  await page.getByText('Loading…').waitFor()
  const table = page.getByRole('table')
  expect(await table.getAttribute('aria-busy')).toBe('true')
  expect(await page.evaluate<string>('getComputedStyle(document.querySelector("tbody")).opacity')).toBe('0.5')
  held.resolve()
  await page.getByText('1 environment').waitFor()
  expect(await table.getAttribute('aria-busy')).toBe('false')
  expect(faults).toEqual([])
  await close()
})

test('the search box says what the address says, after the navigation and after Back', async () => {
  const { page, goto, close } = await openConsole(browser, { origin: serve.origin, token: serve.adminToken })
  await goto('/cluster-environments')
  const search = page.getByRole('textbox', { name: 'Search by name' })
  await search.pressSequentially('env-240')
  await page.waitForURL(/name=env-240/)
  await page.getByText('1 environment').waitFor()
  expect(await search.inputValue()).toBe('env-240')
  await page.getByRole('link', { name: 'Cluster environments', exact: true }).click()
  await expect.poll(() => search.inputValue()).toBe('')
  await link(page, 'env-239').waitFor()
  await page.goBack()
  await expect.poll(() => search.inputValue()).toBe('env-240')
  await page.getByText('1 environment').waitFor()
  await close()
})

test('clusters and nodes are asked for once the filter of pulls that names them is open, and found by part of their name', async () => {
  const { page, goto, close } = await openConsole(browser, { origin: serve.origin, token: serve.adminToken })
  await goto('/clusters/new?environment=env-001')
  await page.getByRole('button', { name: 'Start the cluster' }).click()
  await page.getByRole('heading', { name: 'env-001', level: 1 }).waitFor()
  const asked: string[] = []
  page.on('request', (sent) => {
    if (/\/(clusters|nodes)\?(?!has_broken_chain)/.test(sent.url())) asked.push(sent.url())
  })
  await goto('/pulls')
  await page.getByText('No pulls yet').waitFor()
  await make('env-other')
  const filter = page.getByRole('combobox', { name: 'Cluster' })
  await filter.waitFor()
  expect(asked).toEqual([])
  await page.getByRole('combobox', { name: 'Node' }).click()
  await page.getByText('No node matches').waitFor()
  await filter.fill('v-00')
  await page.getByRole('option', { name: 'env-001' }).click()
  await page.waitForURL(/cluster_id=ses_/)
  await page.getByText('No pulls match').waitFor()
  expect(await filter.inputValue()).toBe('env-001')
  await close()
})

test('is read on a phone without scrolling it sideways', async () => {
  const { page, goto, close } = await openConsole(browser, {
    origin: serve.origin,
    token: serve.adminToken,
    width: 375,
  })
  for (const [path, text] of [
    ['/clusters', 'waiting for nodes'],
    ['/tokens', 'valid'],
    ['/audit', 'created a cloud'],
  ] as const) {
    await goto(path)
    await page.getByRole('cell').filter({ hasText: text }).first().waitFor()
    expect([path, await hiddenAtTheRight(page, 'div:has(> table)')]).toEqual([path, 0])
  }
  await close()
})

test('is printed without navigation and buttons, with every column, in light, and says which rows are not', async () => {
  const console = await openConsole(browser, {
    origin: serve.origin,
    token: serve.adminToken,
    scheme: 'dark',
    width: 700,
  })
  const { page, goto, close } = console
  await goto('/cluster-environments')
  await link(page, 'env-240').waitFor()
  const changed = page.getByRole('columnheader', { name: 'Changed' })
  expect(await changed.isVisible()).toBe(false)
  await page.emulateMedia({ media: 'print' })
  expect(await changed.isVisible()).toBe(true)
  expect(await page.getByRole('button', { name: 'Name' }).isVisible()).toBe(true)
  expect(await page.getByRole('navigation', { name: 'Main' }).isVisible()).toBe(false)
  expect(await page.getByRole('link', { name: 'Create new environment' }).isVisible()).toBe(false)
  const notRead = page.getByText('more environments').first()
  expect(await notRead.textContent()).toBe('100 more environments')
  expect((await notRead.boundingBox())?.height).toBeLessThan(60)
  await page.evaluate('dispatchEvent(new Event("beforeprint"))')
  expect(await page.evaluate<string>('document.documentElement.dataset.mantineColorScheme')).toBe('light')
  await page.evaluate('dispatchEvent(new Event("afterprint"))')
  expect(await page.evaluate<string>('document.documentElement.dataset.mantineColorScheme')).toBe('dark')
  await close()
})
