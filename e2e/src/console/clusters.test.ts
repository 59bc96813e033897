/** Clusters in a real browser, on two real nodes: started from the form, followed live, ended; and what goes wrong on the way. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import { basicRegistry, behindProxy, fakeRay, secretFiles, startFairleadServe, startWorld } from '@fairlead/testkit'
import { expectAccessible, openBrowser, openConsole, type ConsoleOptions, type ConsolePage } from './browser.ts'
import { expectAccessibleInBothSchemes } from './looks.ts'
import { clipboardText, contentWidth } from './page-state.ts'

/** Two nodes, and a registry whose answers can be slowed down. */
const start = () =>
  startWorld({
    registry: behindProxy(basicRegistry),
    secrets: secretFiles,
    image: fakeRay({ layers: [{ randomBytes: 24_000_000 }] }),
    serve: startFairleadServe,
    nodes: ['node-1', 'node-2'],
    policy: { share_logs: 'always' },
  })

let system: Awaited<ReturnType<typeof start>>
let browser: Browser
let viewer: string
let developer: string

const patient = 60_000

beforeAll(async () => {
  system = await start()
  browser = await openBrowser(await system.network.machine('browser'))
  await build('trainer')
  ;[viewer, developer] = await Promise.all([tokenOf('viewer'), tokenOf('developer')])
})
afterAll(async () => {
  await browser.close()
  await system[Symbol.asyncDispose]()
})

const tokenOf = async (role: 'viewer' | 'developer'): Promise<string> =>
  (await system.ask<{ token: string }>('token', 'create', '-n', role, '--role', role)).token

async function build(name: string, config?: object): Promise<void> {
  const { status, stderr } = await system.build(name, config)
  if (status !== 0) throw new Error(`${name} was not built: ${stderr}`)
}

function open(options: Partial<ConsoleOptions> = {}): Promise<ConsolePage> {
  return openConsole(browser, { origin: system.serve.origin, token: developer, ...options })
}

const untilState = (page: Page, state: string): Promise<void> =>
  page.locator('header:has(h1)').getByText(state, { exact: true }).waitFor({ timeout: patient })

const nodeCard = (page: Page, name: string) =>
  page.getByRole('article', { name: new RegExp(`^(head|worker) ${name}$`) })

const pathOf = (page: Page): string => new URL(page.url()).pathname

/** Ends whatever a test left running. */
async function terminate(name: string): Promise<void> {
  await system.fairlead('cluster', 'terminate', '-n', name)
}

describe('a cluster from the form to its end', () => {
  let path: string

  test('starts on a build found by search, and runs while its user watches', async () => {
    const { page, goto, faults, close } = await open()
    await goto('/clusters')
    await page.getByText('No cluster yet').waitFor()
    await expectAccessible(page)
    await page.getByRole('link', { name: 'Start a cluster' }).first().click()

    await page.getByRole('combobox', { name: 'Cluster environment' }).focus()
    await page.keyboard.type('rain')
    await page.getByRole('option', { name: 'trainer' }).waitFor()
    await expectAccessible(page)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByText('each node reads login itself').waitFor()
    await page.getByRole('textbox', { name: 'Name of the cluster' }).fill('no name')
    await page.getByText('Use letters, digits').waitFor()
    expect(await page.getByRole('button', { name: 'Start the cluster' }).isDisabled()).toBe(true)
    await page.getByRole('textbox', { name: 'Name of the cluster' }).fill('ray')
    await page.getByRole('textbox', { name: 'Workers' }).fill('1')
    await page.getByText('2 nodes of lab are free now; this cluster needs 2.').waitFor()
    await expectAccessible(page)

    const fault = { kind: 'slow', bytesPerSecond: 6_000_000 } as const
    const slow = system.registry.proxy.inject({ method: 'GET', path: /\/blobs\//, fault })
    await page.getByRole('button', { name: 'Start the cluster' }).click()
    await page.getByText('Both nodes pull the image.').waitFor()
    // No reload: the bar grows with the events on the stream.
    const pulled = async () =>
      Number(
        await nodeCard(page, 'node-1')
          .getByRole('progressbar', { name: 'Pulled so far' })
          .getAttribute('aria-valuenow'),
      )
    await expect.poll(pulled, { timeout: patient }).toBeGreaterThan(0)
    const before = await pulled()
    await expect.poll(pulled, { timeout: patient }).toBeGreaterThan(before)
    expect(
      await nodeCard(page, 'node-1')
        .getByText(/ of 25\.\d MB, \d+ %/)
        .count(),
    ).toBe(1)
    await expectAccessible(page)
    slow[Symbol.dispose]()

    await untilState(page, 'running')
    await page.getByText('Ray runs on 2 nodes.').waitFor()
    await page.getByText('2 of 2 alive').waitFor()
    // What it prints is read every 10 s.
    await page
      .getByRole('region', { name: /^Last output of/ })
      .getByText('Local node IP')
      .waitFor({ timeout: patient })
    path = pathOf(page)
    expect(faults).toEqual([])
    await close()
  })

  test('says how to reach it, and each line is copied verbatim', async () => {
    const { page, goto, faults, close } = await open()
    await goto(path)
    const { ray_address } = await system.untilCluster('ray', ({ state }) => state === 'Running')
    await page.getByRole('button', { name: 'Copy A command that connects' }).click()
    expect(await clipboardText(page)).toBe('fairlead cluster connect -n ray -- python')
    expect(await page.content()).not.toContain('frt_')
    await page.getByRole('button', { name: 'Show the lines, with the token' }).click()
    await page.getByRole('button', { name: 'Copy Lines of Python that connect' }).click()
    expect(await clipboardText(page)).toMatch(
      /^import os\nos\.environ\.update\(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN="frt_[\w-]{43}"\)\nimport ray\nray\.init\("ray:[^"]+"\)$/,
    )
    expect(await clipboardText(page)).toContain(ray_address)
    await page.getByRole('button', { name: 'Copy The tunnel to the dashboard' }).click()
    expect(await clipboardText(page)).toMatch(/^ssh -L 8265:127\.0\.0\.1:8265 10\.[\d.]+$/)
    expect(await page.locator('a[href^="ray:"], a[href*="8265"]').count()).toBe(0)
    await page.getByText('In this state since').waitFor()
    await page.getByText('once', { exact: true }).waitFor()
    expect(faults).toEqual([])
    await close()
    const looking = await open({ token: viewer })
    await looking.goto(path)
    await looking.page.getByText('Developers see here how to connect').waitFor()
    expect(await looking.page.getByText('fairlead cluster connect').count()).toBe(0)
    await looking.close()
  })

  test('has no axe findings on its page, in the list or in the form', async () => {
    const { page, goto, faults, close } = await open({ token: system.serve.adminToken })
    await goto(path)
    await page.getByText('Ray runs on 2 nodes.').waitFor()
    await page.getByText('with Ray 2.55.1').waitFor()
    await page.getByRole('figure').waitFor()
    await expectAccessibleInBothSchemes(page, 'cluster')
    await page.getByRole('button', { name: 'Terminate' }).click()
    await page.getByRole('dialog', { name: 'Terminate ray?' }).waitFor()
    await expectAccessibleInBothSchemes(page)
    await page.keyboard.press('Escape')
    await goto('/clusters')
    await page.getByRole('link', { name: 'ray', exact: true }).waitFor()
    await expectAccessibleInBothSchemes(page)
    await goto('/clusters/new?environment=trainer:1')
    await page.getByText('No node of lab is free now').waitFor()
    await page.getByRole('textbox', { name: 'Name of the cluster' }).fill('nightly')
    await expectAccessibleInBothSchemes(page, 'start-cluster')
    expect(faults).toEqual([])
    await close()
  })

  test('is shown on a narrow screen without scrolling sideways', async () => {
    const { page, goto, faults, close } = await open({ width: 390 })
    for (const [address, text] of [
      [path, 'Ray runs on 2 nodes.'],
      ['/clusters', '2 of 2 alive'],
      ['/clusters/new?environment=trainer', 'What will happen'],
    ] as const) {
      await goto(address)
      await page.getByText(text).waitFor()
      expect(await contentWidth(page)).toBe(390)
      await expectAccessible(page)
    }
    expect(faults).toEqual([])
    await close()
  })

  test('reports a name already in use while it is typed', async () => {
    const { page, goto, close } = await open()
    await goto('/clusters/new?environment=trainer')
    await page.getByRole('textbox', { name: 'Name of the cluster' }).fill('ray')
    await page.getByText('terminate it first, or choose another name').waitFor()
    expect(await page.getByRole('button', { name: 'Start the cluster' }).isDisabled()).toBe(true)
    await close()
  })

  test('ends in one tab after a warning of the consequences, and the other tab shows it', async () => {
    const one = await open()
    const other = await open()
    await one.goto(path)
    await other.goto(path)
    for (const { page } of [one, other]) await page.getByRole('button', { name: 'Terminate' }).click()
    await one.page.getByText('Ray ends at once on 2 nodes').waitFor()
    await one.page.getByRole('button', { name: 'Terminate ray' }).click()
    // The question that the other tab was about to ask no longer applies.
    await other.page.getByRole('dialog').waitFor({ state: 'detached' })
    for (const { page } of [one, other]) await untilState(page, 'terminated')
    await other.page.getByText('It no longer runs').waitFor()
    await other.page.getByRole('heading', { name: 'Last state' }).waitFor()
    // What it did stays readable.
    await other.page.getByRole('heading', { name: 'Its last start, on 2 nodes' }).waitFor()
    expect(await nodeCard(other.page, 'node-2').getByText('stopped', { exact: true }).count()).toBe(1)
    await other.page.getByText(/^The steps of each node, .* in all$/).waitFor()
    await expectAccessible(other.page)
    expect([...one.faults, ...other.faults]).toEqual([])
    await Promise.all([one.close(), other.close()])
  })

  test('starts again with another size, waits for nodes, says what to do, and is cancelled', async () => {
    const { page, goto, faults, close } = await open()
    await goto(path)
    await page.getByRole('button', { name: 'Start with changes' }).click()
    await page.getByRole('textbox', { name: 'Workers' }).fill('3')
    await page.getByText('It will wait for 2 more').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByRole('button', { name: 'Stay' }).click()
    await page.getByRole('button', { name: 'Start ray' }).click()
    await untilState(page, 'waiting for nodes')
    await page.getByText('NOT_ENOUGH_NODES').waitFor()
    await page.getByText('Free nodes: 2; the cluster needs 4.').waitFor()
    expect(await page.getByRole('link', { name: 'Join a node to its cloud' }).getAttribute('href')).toMatch(
      /^\/clouds\/cld_\w+#join$/,
    )
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Cancel the start' }).click()
    const dialog = page.getByRole('dialog', { name: 'Cancel the start of ray?' })
    await dialog.getByRole('button', { name: 'Cancel the start' }).click()
    await untilState(page, 'terminated')
    expect(faults).toEqual([])
    await close()
  })
})

describe('a start that fails', () => {
  test('shows the problem of a secret for another registry at its step, and succeeds once it is fixed', async () => {
    for (const node of system.nodes) await node.forgetImages()
    await system.secrets.put('login', { ...system.login, server: 'registry.example.com' })
    // An agent would reuse what it read recently.
    await Promise.all(system.nodes.map(({ agent }) => agent.restart()))
    const { page, goto, faults, close } = await open()
    await goto('/clusters/new?environment=trainer')
    await page.getByRole('textbox', { name: 'Name of the cluster' }).fill('mismatched')
    await page.getByText('nodes of lab are free now').waitFor()
    await page.getByRole('button', { name: 'Start the cluster' }).click()
    await untilState(page, 'failed')
    const card = page.getByRole('article')
    await card.getByText('at Match').waitFor()
    const step = card.getByRole('listitem').filter({ hasText: 'Match' })
    await step.getByText('CREDENTIAL_SERVER_MISMATCH').waitFor()
    expect(await page.getByText(/Set server in the secret to/).count()).toBe(1)
    expect(
      await page
        .getByRole('code')
        .filter({ hasText: /^server$/ })
        .count(),
    ).toBe(1)
    expect(await page.getByText('registry.example.com').count()).toBe(0)
    await expectAccessible(page)
    await step.getByRole('link', { name: 'See the path of the credential' }).click()
    await page.waitForURL(/\/pulls\/pull_/)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.getByText('CREDENTIAL_SERVER_MISMATCH').first().waitFor()
    await page.goBack()
    await untilState(page, 'failed')

    await system.secrets.put('login', { ...system.login, server: system.registry.host })
    await page.getByRole('button', { name: 'Start again' }).click()
    await untilState(page, 'running')
    expect(faults).toEqual([])

    await terminate('mismatched')
    await untilState(page, 'terminated')
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByText('The records of its pulls stay.').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Delete mismatched' }).click()
    await page.getByRole('heading', { name: 'Clusters', level: 1 }).waitFor()
    await page.getByRole('link', { name: 'mismatched', exact: true }).waitFor({ state: 'detached' })
    await close()
  })

  test('shows the last output of its container; to a viewer, where to read it', async () => {
    await build('sick', { env_vars: { FAKE_RAY_EXIT: '3', FAKE_RAY_EXIT_AFTER: '3' } })
    const { page, goto, faults, close } = await open()
    await goto('/clusters/new?environment=sick')
    await page.getByText('nodes of lab are free now').waitFor()
    await page.getByRole('button', { name: 'Start the cluster' }).click()
    await untilState(page, 'failed')
    await page.getByText('RAY_START_FAILED').first().waitFor()
    await page.getByText('Ray was told to end with 3').waitFor()
    await expectAccessible(page)
    expect(faults).toEqual([])

    const looking = await open({ token: viewer })
    await looking.goto(pathOf(page))
    await looking.page.getByText('stays on the node').waitFor()
    expect(await looking.page.getByText('Ray was told').count()).toBe(0)
    expect(looking.faults).toEqual([])
    await Promise.all([close(), looking.close()])
  })
})

describe('nodes that do not report', () => {
  test('are lost, including the head, as the page says; it recovers on its own', async () => {
    expect((await system.fairlead('cluster', 'start', '-n', 'ray', '--workers', '1')).status).toBe(0)
    const { page, goto, faults, close } = await open()
    await goto('/clusters?state=Running')
    await page.getByRole('link', { name: 'ray', exact: true }).click()
    await page.getByText('Ray runs on 2 nodes.').waitFor()
    for (const { agent } of system.nodes) agent.kill('SIGKILL')
    await page.getByText('HEAD_LOST').waitFor({ timeout: 120_000 })
    await page.getByText('whether Ray works now is unknown').waitFor()
    await page
      .getByText(/last heard (?:\d+ s|\d+ min) ago/)
      .first()
      .waitFor()
    await expectAccessible(page)
    await Promise.all(system.nodes.map(({ agent }) => agent.restart()))
    await page.getByText('Ray runs on 2 nodes.').waitFor({ timeout: patient })
    expect(faults).toEqual([])
    await close()
    await terminate('ray')
  })
})

describe('a viewer', () => {
  test('sees clusters and is offered no actions on them', async () => {
    const { page, goto, faults, close } = await open({ token: viewer })
    await goto('/clusters?name=RA')
    await page.getByRole('link', { name: 'ray', exact: true }).click()
    await page.getByRole('heading', { name: 'ray', exact: true }).waitFor()
    expect(
      await page
        .locator('main')
        .getByRole('button', { name: /start|terminate|cancel/i })
        .count(),
    ).toBe(0)
    await expectAccessible(page)
    await goto('/clusters/new')
    await page.getByText('Viewers cannot start clusters').waitFor()
    expect(await page.getByRole('textbox').count()).toBe(0)
    expect(faults).toEqual([])
    await close()
  })

  test('a missing cluster is reported as a problem', async () => {
    const { page, goto, close } = await open({ token: viewer })
    await goto('/clusters/ses_00000000000000000000000000')
    await page.getByText('CLUSTER_NOT_FOUND').waitFor()
    await close()
  })
})
