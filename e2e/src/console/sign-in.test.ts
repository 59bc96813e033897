/** Signing in, in a real browser. */
import { startFairleadServe, type FairleadServe } from '@fairlead/testkit'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectAccessible, openBrowser, openConsole, type Scheme } from './browser.ts'

let serve: FairleadServe
let browser: Browser

beforeAll(async () => {
  ;[serve, browser] = await Promise.all([startFairleadServe(), openBrowser()])
})
afterAll(async () => {
  await browser.close()
  await serve.stop()
})

describe('signing in', () => {
  test.each(['light', 'dark'] as Scheme[])('shows the first page, and neither has faults (%s)', async (scheme) => {
    const { page, goto, faults, close } = await openConsole(browser, { origin: serve.origin, scheme })
    await goto('/')
    await expectAccessible(page)
    await page.getByLabel('API token').fill(serve.adminToken)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await page.getByText('Your first cluster: 0 of 5 steps done').waitFor()
    await expectAccessible(page)
    expect(faults).toEqual([])
    await close()
  })

  test('keeps the token for open tabs: across a reload, in no cookie and in nothing that outlives the tab', async () => {
    const { page, newTab, goto, close } = await openConsole(browser, { origin: serve.origin })
    await goto('/clusters')
    await page.getByLabel('API token').fill(serve.adminToken)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: /Signed in as/ }).waitFor()
    await page.reload()
    await page.getByRole('button', { name: /Signed in as/ }).waitFor()
    expect(await page.context().cookies()).toEqual([])
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain(serve.adminToken)
    // The token disappears with the last Fairlead tab.
    const other = await newTab()
    await page.close()
    await other.goto(`${serve.origin}/clusters`)
    await other.getByLabel('API token').waitFor()
    await close()
  })

  test('an unknown token is reported as a problem, and signing out forgets it', async () => {
    const { page, goto, close } = await openConsole(browser, { origin: serve.origin })
    await goto('/')
    await page.getByLabel('API token').fill('flt_nope')
    await page.getByText('A token is flt_ and 43').waitFor()
    expect(await page.getByRole('button', { name: 'Sign in' }).isDisabled()).toBe(true)
    await page.getByLabel('API token').fill(`flt_${'a'.repeat(43)}`)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('TOKEN_INVALID').waitFor()
    await page.getByLabel('API token').fill(serve.adminToken)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: /Signed in as/ }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('API token').waitFor()
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0)
    await close()
  })
})
