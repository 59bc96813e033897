/** What Ray clusters on Kubernetes pulled, on which nodes, and which pods wait for an image and why, as their nodes report it. */
import type { PullRecord } from '@fairlead/contract/wire'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectAccessible, openBrowser, openConsole, type ConsoleOptions } from './browser.ts'
import { looks, narrow, wide } from './looks.ts'
import { contentWidth } from './page-state.ts'
import { takePicture } from './pictures.ts'
import { images, pods, pulledFor, startPodSystem, waitsFor, type PodSystem } from './pod-system.ts'

let system: PodSystem
let browser: Browser
let ofTrain: PullRecord

beforeAll(async () => {
  ;[system, browser] = await Promise.all([startPodSystem(), openBrowser()])
})
afterAll(async () => {
  await browser.close()
  await system[Symbol.asyncDispose]()
})

const open = (options: Partial<ConsoleOptions> = {}) => openConsole(browser, { ...system, ...options })

const rows = (page: Page) => page.getByRole('table', { name: 'Pulls', exact: true }).locator('tbody tr')
const waiting = (page: Page, image: string) => page.getByRole('article').filter({ hasText: image })
const section = 'Pods that wait for an image'

describe('before any pod pulls or waits', () => {
  test('pulls are not filtered by pods, since there are none', async () => {
    const { page, goto, faults, close } = await open()
    await goto('/pulls')
    await page.getByText('No pulls yet').waitFor()
    expect(await page.getByLabel('Pods of').count()).toBe(0)
    expect(faults).toEqual([])
    await close()
  })

  test('the page of a node that knows its pods says that none waits, and the overview has no such concern', async () => {
    const { page, goto, faults, close } = await open()
    await goto(`/nodes/${system.nodes[0].id}`)
    await page.getByRole('heading', { name: section }).waitFor()
    await page.getByText('None. A pod whose image its door refuses appears here').waitFor()
    await expectAccessible(page)
    await goto('/')
    await page.getByRole('heading', { name: /Your first cluster/ }).waitFor()
    expect(await page.getByText(/wait for an image/).count()).toBe(0)
    await goto('/nodes?waiting=true')
    await page.getByText('No nodes match').waitFor()
    expect(faults).toEqual([])
    await close()
  })
})

describe('with Ray clusters that pull, and one whose pods wait', () => {
  beforeAll(async () => {
    const [one, two] = system.nodes
    const { page, goto, close } = await open()
    await goto(`/nodes/${two.id}`)
    await page.getByText('None. A pod').waitFor()

    await one.pulled(pulledFor([pods.shell], images.tools, 95))
    ofTrain = await one.pulled(pulledFor([pods.trainHead, pods.trainWorkers[0]], images.train, 41))
    await two.pulled(pulledFor([pods.trainWorkers[1]], images.train, 40))
    await two.pulled(pulledFor([pods.serveHead], images.serve, 26))
    await two.pulled(pulledFor([pods.sweepHead, ...pods.sweepWorkers], images.sweep, 12, 'REGISTRY_ACCESS_DENIED'))
    await two.waits([
      waitsFor(images.sweep, pods.sweepHead, 12, 'REGISTRY_ACCESS_DENIED'),
      ...pods.sweepWorkers.map((pod) => waitsFor(images.sweep, pod, 11, 'REGISTRY_ACCESS_DENIED')),
      waitsFor(images.tools, pods.shell, 3, null),
    ])
    // Without a reload.
    await waiting(page, images.sweep).waitFor()
    await close()
  })

  test('the list says for which Ray cluster each image was pulled, on which node, and can be narrowed to one', async () => {
    const { page, goto, faults, close } = await open()
    await goto('/pulls')
    await rows(page).nth(4).waitFor()
    await expect.poll(() => rows(page).filter({ hasText: 'gpu-' }).count()).toBe(5)
    const texts = await rows(page).allTextContents()
    expect(texts[0]).toContain('research/sweep (RayCluster)')
    expect(texts[1]).toContain('ml/serve (RayCluster)')
    expect(texts[2]).toMatch(/gpu-2.*ml\/train \(RayCluster\)/)
    expect(texts[3]).toMatch(/gpu-1.*ml\/train \(RayCluster\)/)
    expect(texts[4]).toContain('default/shell (pod)')
    expect(await page.getByRole('combobox').last().getAttribute('id')).toBe(
      await page.getByLabel('Pods of').getAttribute('id'),
    )
    await page.getByLabel('Pods of').selectOption('ml/train (RayCluster)')
    await expect.poll(() => rows(page).count()).toBe(2)
    expect(new URL(page.url()).searchParams.get('pod_owner')).toBe('ml/RayCluster/train')
    expect(faults).toEqual([])
    await close()
  })

  test('an address with a Ray cluster that pulled nothing says so, and still names it', async () => {
    const { page, goto, faults, close } = await open()
    await goto('/pulls?pod_owner=ml/RayCluster/tune')
    await page.getByText('No pulls match').waitFor()
    expect(await page.getByLabel('Pods of').locator('option:checked').textContent()).toBe('ml/tune (RayCluster)')
    expect(faults).toEqual([])
    await close()
  })

  test('the page of a pull names each pod, its namespace and its Ray cluster, which leads to all pulls of that', async () => {
    const { page, goto, faults, close } = await open()
    await goto(`/pulls/${ofTrain.id}`)
    const named = page.locator('dl > div').filter({ has: page.getByText('Pods', { exact: true }) })
    await named.getByText('ml/train-head-kx2p7').waitFor()
    await named.getByText('ml/train-gpu-worker-4fm9q').waitFor()
    await expectAccessible(page)
    await named.getByRole('link', { name: 'RayCluster train' }).first().click()
    await expect.poll(() => rows(page).count()).toBe(2)
    expect(faults).toEqual([])
    await close()
  })

  test('the overview names the node and leads to it; its page has the door’s own sentence, what to do, and each pod', async () => {
    const { page, goto, faults, close } = await open()
    await goto('/')
    await page.getByText('5 in the last 24 hours, 1 failed').waitFor()
    const concern = page.getByRole('listitem').filter({ hasText: 'has pods that wait for an image' })
    expect(await concern.textContent()).toContain('gpu-2')
    await expectAccessible(page)
    await concern.getByRole('link').click()
    const nodes = page.getByRole('table', { name: 'Nodes' }).locator('tbody tr')
    await nodes.getByText('4 pods wait').waitFor()
    await expect.poll(() => nodes.count()).toBe(1)
    await nodes.getByRole('link', { name: 'gpu-2' }).click()

    const sweep = waiting(page, images.sweep)
    await sweep.getByText('The login may not pull research/sweep from registry.example.com').waitFor()
    await sweep.getByText('Give the user read access to that repository').waitFor()
    await sweep.getByText('the admin of the registry can fix this').waitFor()
    for (const pod of [pods.sweepHead, ...pods.sweepWorkers]) {
      const row = sweep.getByRole('row').filter({ hasText: `research/${pod.name}` })
      expect(await row.textContent()).toContain('RayCluster sweep')
    }
    const tools = waiting(page, images.tools)
    expect(await tools.textContent()).toContain('kubectl describe pod shell --namespace default')
    await tools.getByRole('cell', { name: 'default/shell' }).waitFor()
    await expectAccessible(page)

    await sweep.getByRole('link', { name: 'Pulls that ended with this' }).click()
    await rows(page).getByText('REGISTRY_ACCESS_DENIED').waitFor()
    await expect.poll(() => rows(page).count()).toBe(1)
    expect(faults).toEqual([])
    await close()
  })

  test.each(looks)('how it looks ($scheme, $width px wide)', async ({ scheme, width }) => {
    const { page, goto, faults, close } = await open({ scheme, width })
    const looked: readonly (readonly [path: string, shows: string, picture?: string])[] = [
      ['/', 'pods that wait for an image'],
      ['/pulls', 'ml/serve (RayCluster)', 'kubernetes-pulls'],
      [`/pulls/${ofTrain.id}`, 'RayCluster train'],
      ['/nodes', '4 pods wait'],
      [`/nodes/${system.nodes[1].id}`, 'The login may not pull', 'kubernetes-node'],
    ]
    for (const [path, shows, picture] of looked) {
      await goto(path)
      await page.getByText(shows).and(page.locator(':visible')).first().waitFor()
      await expect.poll(() => page.locator('[aria-busy="true"], .mantine-Skeleton-root').count()).toBe(0)
      expect([path, await contentWidth(page)]).toEqual([path, width])
      await expectAccessible(page)
      if (picture !== undefined && width === wide) await takePicture(page, picture, scheme)
    }
    expect(faults).toEqual([])
    await close()
  })

  test('when the last pod has its image, the node and the overview say so without a reload', async () => {
    const { page, goto, faults, close } = await open({ width: narrow })
    const overview = await open()
    await Promise.all([goto(`/nodes/${system.nodes[1].id}`), overview.goto('/')])
    await waiting(page, images.sweep).waitFor()
    await overview.page.getByText('has pods that wait for an image').waitFor()
    await system.nodes[1].waits([])
    await page.getByText('None. A pod whose image its door refuses appears here').waitFor()
    await overview.page.getByText('has pods that wait for an image').waitFor({ state: 'detached' })
    expect([...faults, ...overview.faults]).toEqual([])
    await Promise.all([overview.close(), close()])
  })
})
