/** An empty control plane, as a new user finds it: each page names the next step and links to it. */
import { startFairleadServe, type FairleadServe } from '@fairlead/testkit'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectAccessible, openBrowser, openConsole } from './browser.ts'
import { contentWidth } from './page-state.ts'

const parts = new AsyncDisposableStack()
let serve: FairleadServe
let browser: Browser

beforeAll(async () => {
  serve = parts.use(await startFairleadServe())
  browser = parts.use(await openBrowser())
})
afterAll(() => parts.disposeAsync())

const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 1, exact: true })

test('from the overview to a cloud, which then is a step done', async () => {
  const { page, goto, faults, close } = await openConsole(browser, { origin: serve.origin, token: serve.adminToken })
  await goto('/')
  await page.getByText('Your first cluster: 0 of 5 steps done').waitFor()
  await expectAccessible(page)
  await page.getByRole('main').getByRole('link', { name: 'Create a cloud' }).click()
  await heading(page, 'Create a cloud').waitFor()
  expect(faults).toEqual([])
  await close()
})

test.each(['/cluster-environments', '/clusters'])('from %s by its own links to a cloud', async (path) => {
  const { page, goto, faults, close } = await openConsole(browser, { origin: serve.origin, token: serve.adminToken })
  await goto(path)
  await page
    .getByRole('main')
    .getByRole('link', { name: /^(?:Create new environment|Start a cluster)$/ })
    .first()
    .click()
  await page.getByText('There is no cloud yet').waitFor()
  await expectAccessible(page)
  await page.setViewportSize({ width: 390, height: 800 })
  expect(await contentWidth(page)).toBe(390)
  await page.getByRole('link', { name: 'Create a cloud' }).click()
  await heading(page, 'Create a cloud').waitFor()
  expect(new URL(page.url()).pathname).toBe('/clouds/new')
  expect(faults).toEqual([])
  await close()
})

test('with a cloud, a cluster asks for an environment first', async () => {
  const { page, goto, faults, close } = await openConsole(browser, { origin: serve.origin, token: serve.adminToken })
  await goto('/clouds/new')
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('lab')
  await page.getByLabel('Your own machines').check()
  await page.getByRole('button', { name: 'Create the cloud' }).click()
  await heading(page, 'lab').waitFor()
  await goto('/clusters/new')
  await page.getByText('There is no cluster environment yet').waitFor()
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Create new environment' }).click()
  await page.getByRole('textbox', { name: 'Docker image', exact: true }).waitFor()
  expect(faults).toEqual([])
  await close()
})

test('the overview ticks what is done, and opens the next step', async () => {
  const { page, goto, faults, close } = await openConsole(browser, { origin: serve.origin, token: serve.adminToken })
  await goto('/')
  await page.getByText('Your first cluster: 1 of 5 steps done').waitFor()
  expect(await page.locator('[aria-current="step"]').textContent()).toContain('Join a machine')
  await expectAccessible(page)
  await page.setViewportSize({ width: 390, height: 800 })
  expect(await contentWidth(page)).toBe(390)
  expect(faults).toEqual([])
  await close()
})
