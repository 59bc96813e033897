/** Every console page with real data, in both schemes, wide and narrow: no faults, no layout shifts; and one path through all of it. */
import { readFile } from 'node:fs/promises'
import { cliJson, type FairleadAccess, rayVersion } from '@fairlead/testkit'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startOneNodeSystem, type OneNodeSystem } from '../one-node-system.ts'
import { expectAccessible, openBrowser, openConsole, type ConsoleOptions, type ConsolePage } from './browser.ts'
import { looks } from './looks.ts'
import { contentWidth } from './page-state.ts'

/** Below what most people notice. */
const mostShift = 0.02

/** Each address of the route map, with a resource's name in place of an id. */
const routes: Record<string, () => string> = {
  '/': () => '/',
  '/cluster-environments': () => '/cluster-environments',
  '/cluster-environments/$id': () => `/cluster-environments/${ids.environment}`,
  '/cluster-environments/new': () => '/cluster-environments/new',
  '/cluster-environments/$id/new-build': () => `/cluster-environments/${ids.environment}/new-build`,
  '/builds/$id': () => `/builds/${ids.build}`,
  '/clusters': () => '/clusters',
  '/clusters/new': () => '/clusters/new?environment=trainer',
  '/clusters/$id': () => `/clusters/${ids.cluster}`,
  '/pulls': () => '/pulls',
  '/pulls/$id': () => `/pulls/${ids.pull}`,
  '/nodes': () => '/nodes',
  '/nodes/$id': () => `/nodes/${ids.node}`,
  '/clouds': () => '/clouds',
  '/clouds/new': () => '/clouds/new',
  '/clouds/$id': () => `/clouds/${ids.cloud}`,
  '/clouds/$id/edit': () => `/clouds/${ids.cloud}/edit`,
  '/tokens': () => '/tokens',
  '/audit': () => '/audit',
  '/problems/$code': () => '/problems/SECRET_NOT_FOUND',
}

let system: OneNodeSystem
let browser: Browser
let access: FairleadAccess
let image: string
let ids: Record<'environment' | 'build' | 'cluster' | 'pull' | 'node' | 'cloud', string>

beforeAll(async () => {
  system = await startOneNodeSystem()
  const { serve } = system
  access = { host: serve.origin, token: serve.adminToken, caFile: serve.caFile }
  browser = await openBrowser(await system.network.machine('desk'))
  image = await system.push('team/trainer')
  await system.build('trainer', { docker_image: image })
  await system.fairlead('cluster', 'start', '-n', 'training', '--env', 'trainer')
  const cluster = await system.untilCluster('training', ({ state }) => state === 'Running')
  const newest = async (...command: string[]) =>
    (await cliJson<{ results: { id: string; cluster_id?: string | null }[] }>(command, access)).results
  const pulls = await newest('pulls', 'list')
  ids = {
    environment: (await newest('cluster-env', 'list'))[0]?.id ?? '',
    build: cluster.cluster_environment_build_id,
    cluster: cluster.id,
    pull: pulls.find(({ cluster_id }) => cluster_id === cluster.id)?.id ?? '',
    node: (await newest('node', 'list'))[0]?.id ?? '',
    cloud: cluster.cloud_id,
  }
})
afterAll(async () => {
  await browser.close()
  await system[Symbol.asyncDispose]()
})

async function open(options: Partial<ConsoleOptions> = {}) {
  const opened = await openConsole(browser, {
    origin: system.serve.origin,
    token: system.serve.adminToken,
    ...options,
  })
  await opened.page.addInitScript(`
    globalThis.shifted = 0
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shifted += entry.value
    }).observe({ type: 'layout-shift', buffered: true })
  `)
  return opened
}

/** Until it has its heading and everything it requested, and is still. */
async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0)
  await page.waitForTimeout(300)
}

test('all pages of the route map are covered here', async () => {
  const map = await readFile(new URL('../../../packages/console/src/routes.tsx', import.meta.url), 'utf8')
  const paths = [...map.matchAll(/^ {2}\.{3}at\('([^']+)'\)/gm)].map(([, path]) => path)
  expect(new Set(Object.keys(routes))).toEqual(new Set(paths))
})

describe.each(looks)('$scheme, $width px wide', (look) => {
  let opened: ConsolePage

  beforeAll(async () => {
    opened = await open(look)
    return () => opened.close()
  })

  test.each(Object.keys(routes))('%s has no faults', async (route) => {
    const { page, goto, faults } = opened
    const before = faults.length
    await goto(routes[route]?.() ?? '/')
    await settled(page)
    expect(await page.evaluate<number>('globalThis.shifted')).toBeLessThan(mostShift)
    expect(await contentWidth(page)).toBeLessThanOrEqual(look.width)
    await expectAccessible(page)
    expect(await page.title()).toMatch(/^\S.* · Fairlead$/)
    expect(faults.slice(before)).toEqual([])
  })
})

const box = (page: Page, name: string): Locator => page.getByRole('textbox', { name, exact: true })

test('from the empty form through a build and a running cluster to the record of its pull', async () => {
  const { page, goto, faults, close } = await open()
  await system.fairlead('cluster', 'terminate', '-n', 'training')
  await goto('/cluster-environments')
  await page.getByRole('link', { name: 'Create new environment' }).first().click()
  await box(page, 'Name').fill('whole-way')
  await box(page, 'Docker image').fill(image)
  await box(page, 'Ray version').fill(rayVersion)
  await box(page, 'Registry login secret').fill('login')
  await page.getByRole('button', { name: 'Create environment' }).click()
  await page.getByRole('heading', { name: 'Build 1' }).waitFor()
  await page.locator('header').getByText('succeeded').waitFor({ timeout: 60_000 })

  await page.getByRole('link', { name: 'Start a cluster' }).click()
  await box(page, 'Name of the cluster').fill('whole-way')
  await page.getByRole('button', { name: 'Start the cluster' }).click()
  await page.getByRole('heading', { name: 'whole-way', level: 1 }).waitFor()
  const state = page.getByRole('main').locator('header').getByText('running', { exact: true })
  await state.first().waitFor({ timeout: 120_000 })

  await page.getByRole('link', { name: 'View pulls' }).click()
  await page.getByRole('heading', { name: 'Pulls', level: 1 }).waitFor()
  await page.getByRole('table', { name: 'Pulls' }).getByRole('link').first().click()
  await page.waitForURL(/\/pulls\/pull_/)
  await settled(page)
  await page.getByText('whole-way').first().waitFor()
  expect(await page.content()).not.toContain(system.login.password)
  expect(faults).toEqual([])
  await close()
})
