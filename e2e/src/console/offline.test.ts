/** Without a route to the control plane: what cannot be sent is reported at once, and never sent later. */
import { cliJson, startFairleadServe, type FairleadAccess, type FairleadServe } from '@fairlead/testkit'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectAccessible, openBrowser, openConsole } from './browser.ts'
import { changeScheme, contentWidth } from './page-state.ts'

let serve: FairleadServe
let browser: Browser
let access: FairleadAccess

const notSent = 'nothing is sent later'

beforeAll(async () => {
  ;[serve, browser] = await Promise.all([startFairleadServe(), openBrowser()])
  access = { host: serve.origin, token: serve.adminToken }
  await cliJson(['cloud', 'create', '-n', 'lab', '--provider', 'local'], access)
})
afterAll(async () => {
  await browser.close()
  await serve.stop()
})

const names = async (...command: string[]) =>
  (await cliJson<{ results: { name: string }[] }>(command, access)).results.map(({ name }) => name)

const box = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true })

test.each([1280, 390])('an environment that cannot be sent is not created later (%i px wide)', async (width) => {
  const { page, goto, close } = await openConsole(browser, { origin: serve.origin, token: serve.adminToken, width })
  await goto('/cluster-environments/new')
  await box(page, 'Name').fill(`offline-${width}`)
  await box(page, 'Docker image').fill('registry.example.com/team/app:1')
  await box(page, 'Ray version').fill('2.55.1')
  const create = page.getByRole('button', { name: 'Create environment' })
  await page.context().setOffline(true)
  await create.click()
  await page.getByRole('alert').getByText(notSent).waitFor()
  expect(await create.isEnabled()).toBe(true)
  expect(await contentWidth(page)).toBeLessThanOrEqual(width)
  await expectAccessible(page)
  await changeScheme(page, 'dark')
  await expectAccessible(page)
  await page.context().setOffline(false)
  await page.waitForTimeout(3000)
  expect(await names('cluster-env', 'list')).not.toContain(`offline-${width}`)
  // The typed text is still there.
  await create.click()
  await page.waitForURL(/\/builds\//)
  expect(await names('cluster-env', 'list')).toContain(`offline-${width}`)
  await close()
})

test('on loopback a browser that believes it is offline still reads and writes', async () => {
  const { page, goto, faults, close } = await openConsole(browser, { origin: serve.origin, token: serve.adminToken })
  await goto('/nodes')
  await page.getByRole('heading', { name: 'Nodes', level: 1 }).waitFor()
  await page.evaluate(`Object.defineProperty(navigator, 'onLine', { get: () => false })
    dispatchEvent(new Event('offline'))`)
  await page.getByRole('link', { name: 'Clouds' }).click()
  await page.getByRole('link', { name: 'lab' }).waitFor()
  await page.getByRole('link', { name: 'Create a cloud' }).click()
  await box(page, 'Name').fill('made-offline')
  await page.getByLabel(/own machines/i).check()
  await page.getByRole('button', { name: 'Create the cloud' }).click()
  await page.getByRole('heading', { name: 'made-offline', level: 1 }).waitFor()
  expect(await names('cloud', 'list')).toContain('made-offline')
  expect(faults).toEqual([])
  await close()
})
