/** Forms and questions in a real browser: what was typed, what is asked before it is lost, and where the focus is afterwards. */
import { startFairleadServe, type FairleadServe } from '@fairlead/testkit'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser, openConsole } from './browser.ts'

const parts = new AsyncDisposableStack()
let serve: FairleadServe
let browser: Browser

beforeAll(async () => {
  serve = parts.use(await startFairleadServe())
  browser = parts.use(await openBrowser())
  await ask('/clouds', { name: 'lab', provider: 'local' })
})
afterAll(() => parts.disposeAsync())

async function ask(path: string, body?: object): Promise<{ readonly id: string }> {
  const headers = { authorization: `Bearer ${serve.adminToken}`, 'content-type': 'application/json' }
  const sent = { method: 'POST', headers, ...(body && { body: JSON.stringify(body) }) }
  const answer = await fetch(`${serve.origin}/api/v1${path}`, sent)
  expect(answer.ok).toBe(true)
  const { result } = (await answer.json()) as { result: { id: string } }
  return result
}

const makeEnvironment = (name: string) =>
  ask('/cluster_environments', {
    name,
    config_json: { docker_image: 'registry.example.com/team/app:1', ray_version: '2.55.1' },
  })

const open = () => openConsole(browser, { origin: serve.origin, token: serve.adminToken })
const box = (page: Page, name: string): Locator => page.getByRole('textbox', { name, exact: true })
const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true })
const menu = (page: Page, name: string): Locator =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true })

test('an archived environment is the answer to whether its name is in use, and not to what a cluster can start from', async () => {
  const { id } = await makeEnvironment('kept')
  await ask(`/cluster_environments/${id}/archive`)
  const { page, goto, close } = await open()
  await goto('/clusters/new?environment=kept')
  await page.getByText('There is no environment kept').waitFor()
  await menu(page, 'Cluster environments').click()
  await page.getByRole('link', { name: 'Create new environment' }).first().click()
  await box(page, 'Name').fill('kept')
  await box(page, 'Docker image').fill('registry.example.com/team/app:1')
  await box(page, 'Ray version').fill('2.55.1')
  await button(page, 'Create environment').click()
  await page.getByText('is archived, and keeps its name').waitFor()
  await close()
})
