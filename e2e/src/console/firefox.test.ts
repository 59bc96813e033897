/** The console in Firefox, the other engine that people have: the same pages, nothing but a stock browser. */
import {
  basicRegistry,
  cliJson,
  makeImage,
  onLoopback,
  postToApi,
  secretFiles,
  startChecker,
  startControlPlane,
  startFairleadServe,
  startLab,
  startWhole,
} from '@fairlead/testkit'
import type { PullRecord } from '@fairlead/contract/wire'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectAccessible, openConsole, openFirefox, type ConsolePage } from './browser.ts'
import { contentWidth, wideTexts } from './page-state.ts'

/** A build that a node without an engine has checked: its record is drawn like that of a pull. */
const start = () =>
  startWhole(async (parts) => {
    const lab = parts.use(await startLab({ on: onLoopback, registry: basicRegistry, secrets: secretFiles }))
    const image = await lab.registry.push('team/app', await makeImage({ files: { 'etc/greeting': 'hello' } }))
    const plane = await startControlPlane(lab, { serve: startFairleadServe })
    await startChecker(lab, plane)
    const config = { docker_image: image.reference, ray_version: '2.55.1', registry_login_secret: lab.secretName }
    return { ...plane, config }
  })

let system: Awaited<ReturnType<typeof start>>
let browser: Browser
let opened: ConsolePage

beforeAll(async () => {
  ;[system, browser] = await Promise.all([start(), openFirefox()])
  opened = await openConsole(browser, { origin: system.serve.origin })
})
afterAll(async () => {
  await browser.close()
  await system[Symbol.asyncDispose]()
})

test('signs in, and shows what is created elsewhere without a reload', async () => {
  const { page, goto } = opened
  await goto('/cluster-environments')
  // Key by key: React does not notice a text that arrives over WebDriver BiDi as a whole.
  await page.getByLabel('API token').pressSequentially(system.serve.adminToken)
  await expectAccessible(page)
  await page.keyboard.press('Enter')
  await page.getByText('No cluster environment yet').waitFor()
  await postToApi(system.serve, '/cluster_environments', { name: 'trainer', config_json: system.config })
  await page
    .getByRole('row', { name: /trainer/ })
    .getByText('succeeded')
    .waitFor()
  expect(opened.faults).toEqual([])
})

test.each(['/', '/cluster-environments/new', '/clusters', '/nodes', '/clouds', '/tokens', '/audit'])(
  '%s has no faults, and fits on a narrow screen',
  async (path) => {
    const { page, goto, faults } = opened
    const before = faults.length
    await goto(path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0)
    await expectAccessible(page)
    await page.setViewportSize({ width: 390, height: 900 })
    expect(await contentWidth(page)).toBeLessThanOrEqual(390)
    await page.setViewportSize({ width: 1280, height: 900 })
    expect(faults.slice(before)).toEqual([])
  },
)

test('filters pulls in the address, and draws the path of a credential', async () => {
  const { page, goto, faults } = opened
  const { results } = await cliJson<{ results: PullRecord[] }>(['pulls', 'list'], system.access)
  await goto('/pulls')
  await page.getByRole('combobox', { name: 'Decision' }).selectOption('refused')
  await page.waitForURL(/decision=refused/)
  await page.getByText('No pulls match').waitFor()
  await page.getByRole('combobox', { name: 'Decision' }).selectOption('authenticated')
  await page.getByRole('table', { name: 'Pulls' }).getByRole('link').first().click()
  await page.waitForURL(new RegExp(`/pulls/${results[0]?.id}`))
  await page.locator('figure svg:visible').waitFor()
  expect(await wideTexts(page)).toEqual([])
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Use the dark colours' }).click()
  await expectAccessible(page, { colours: true })
  expect(faults).toEqual([])
})
