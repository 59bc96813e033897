/** Machines that prove what they are, in a real browser: the line from their cloud's page is typed on one of them verbatim. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startAws, startProofSystem, type ProofSystem } from '../proof-system.ts'
import { expectAccessible, openBrowser, openConsole, type ConsolePage, type Scheme } from './browser.ts'
import { schemes } from './looks.ts'
import { contentWidth } from './page-state.ts'

let system: ProofSystem
let browser: Browser

beforeAll(async () => {
  system = await startProofSystem(startAws)
  browser = await openBrowser(await system.network.machine('desk'))
})
afterAll(async () => {
  await browser.close()
  await system[Symbol.asyncDispose]()
})

function open(scheme: Scheme = 'light'): Promise<ConsolePage> {
  const { origin, adminToken: token } = system.serve
  return openConsole(browser, { origin, token, scheme })
}

async function shownLine({ page, goto }: ConsolePage): Promise<string> {
  await goto('/clouds')
  await page.getByRole('link', { name: 'prod' }).click()
  return (await page.getByLabel('command that joins', { exact: true }).textContent()) ?? ''
}

const row = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name })

test('a second join of the same machine is refused, and the page of its node says so', async () => {
  const opened = await open()
  const { page, goto, faults, close } = opened
  const again = await system.typeAgain(await shownLine(opened), 'impostor')
  // It reached the control plane, whose own CA the machine knows only from the line.
  expect(again.stderr).toContain('(INSTANCE_ALREADY_JOINED)')
  await goto('/nodes')
  await page.getByRole('link', { name: 'one', exact: true }).click()
  await page.getByText(/asked to join again as impostor/).waitFor()
  await page.getByText('cloud identity: its cloud vouched for the machine').waitFor()
  await page.getByText(system.cloud.principal, { exact: true }).waitFor()
  expect(faults).toEqual([])
  await close()
})

test.each(schemes)('that page has no faults, wide or narrow (%s)', async (scheme) => {
  const { page, goto, faults, close } = await open(scheme)
  await goto(`/nodes/${system.agent.nodeId}`)
  await page.getByText(/asked to join again as impostor/).waitFor()
  await expectAccessible(page)
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await contentWidth(page)).toBe(390)
  await expectAccessible(page)
  expect(faults).toEqual([])
  await close()
})

test('once revoked, it joins again with the line from the page, and the list shows it without a reload', async () => {
  const opened = await open()
  const { page, goto, faults, close } = opened
  const line = await shownLine(opened)
  await goto(`/nodes/${system.agent.nodeId}`)
  await page.getByRole('button', { name: 'Revoke' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke one' }).click()
  await page.getByText('This node was revoked').waitFor()
  await goto('/nodes')
  await row(page, 'one').getByText('revoked').waitFor()
  const anew = await system.typeAgain(`${line} --checker`, 'anew')
  expect(anew.status, anew.stderr).toBe(0)
  await row(page, 'anew').getByText('checker').waitFor()
  expect(faults).toEqual([])
  await close()
})
