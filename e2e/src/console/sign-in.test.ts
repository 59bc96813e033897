/** Signing in, in a real browser. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  newFolder,
  postToApi,
  startFairleadServe,
  startIdentityProvider,
  type FairleadServe,
  type TestIdentityProvider,
} from '@fairlead/testkit'
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
    // Its page would ask for a sign-in, too.
    expect(await page.getByRole('link', { name: 'TOKEN_INVALID' }).count()).toBe(0)
    await page.getByLabel('API token').fill(serve.adminToken)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: /Signed in as/ }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('API token').waitFor()
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0)
    await close()
  })
})

test('a token that expires brings the sign-in back, with a sentence that says so', async () => {
  const body = { name: 'short', role: 'viewer', expires_at: new Date(Date.now() + 4000).toISOString() }
  const { token } = await postToApi<{ token: string }>(serve, '/api_tokens', body)
  const { page, goto, close } = await openConsole(browser, { origin: serve.origin, token })
  await goto('/clusters')
  await page.getByText('Your sign-in has expired. Sign in again.').waitFor()
  expect(new URL(page.url()).pathname).toBe('/clusters')
  await close()
})

describe('signing in at an identity provider', () => {
  let provider: TestIdentityProvider
  let company: FairleadServe

  beforeAll(async () => {
    const verified = { email_verified: true }
    provider = await startIdentityProvider({
      users: [
        { id: 'ada', claims: { email: 'ada@example.com', ...verified, groups: ['ml-team'] } },
        { id: 'eve', claims: { email: 'eve@example.com', ...verified, groups: [] } },
      ],
    })
    const signInFile = join(newFolder('sign-in'), 'sign-in.yaml')
    const access = [{ claims: { groups: 'ml-team' }, role: 'developer' }]
    const people = { issuer: provider.issuer, client_id: 'console', scopes: ['openid', 'email', 'groups'], access }
    await writeFile(signInFile, JSON.stringify({ people }))
    company = await startFairleadServe({ signInFile })
    await provider.register([{ client_id: 'console', redirect_uris: [`${company.origin}/sign-in/callback`] }])
  })
  afterAll(async () => {
    await company.stop()
    await provider.stop()
  })

  /** Whoever signs in with this browser is that user. */
  const openAs = async (user: string, scheme?: Scheme) => {
    const console = await openConsole(browser, { origin: company.origin, ...(scheme && { scheme }) })
    await console.page.setExtraHTTPHeaders({ 'x-test-user': user })
    // The one place where the page may go.
    const own = () => console.faults.filter((fault) => !fault.startsWith(`asks ${provider.issuer}/`))
    return { ...console, own }
  }
  const signInButton = () => ({ name: `Sign in with ${new URL(provider.issuer).host}` })

  test('leads back to the page that was wanted, and leaves no code in the address or the history', async () => {
    const { page, newTab, goto, own, close } = await openAs('ada')
    await goto('/pulls?decision=refused')
    await page.getByRole('button', signInButton()).waitFor()
    await expectAccessible(page)
    await page.getByRole('button', signInButton()).click()
    const account = page.getByRole('button', { name: 'Signed in as ada@example.com' })
    await account.waitFor()
    expect(page.url()).toBe(`${company.origin}/pulls?decision=refused`)
    const debug = await page.context().newCDPSession(page)
    const { entries } = await debug.send('Page.getNavigationHistory')
    expect(entries.map(({ url }) => url).join('\n')).not.toMatch(/code=|sign-in/)
    expect(await page.evaluate(() => sessionStorage.getItem('fairlead.sign-in'))).toBeNull()

    const other = await newTab()
    await other.goto(`${company.origin}/clusters`)
    await other.getByRole('button', { name: 'Signed in as ada@example.com' }).waitFor()

    const token = await page.evaluate(() => sessionStorage.getItem('fairlead.token') ?? '')
    const status = async () => {
      const headers = { authorization: `Bearer ${token}` }
      return (await fetch(`${company.origin}/api/v1/api_tokens/me`, { headers })).status
    }
    expect(await status()).toBe(200)
    await account.click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('button', signInButton()).waitFor()
    await other.getByRole('button', signInButton()).waitFor()
    await expect.poll(status).toBe(401)
    expect(own().filter((fault) => !fault.includes('401'))).toEqual([])
    await close()
  })

  test('who has no access is told so, and may still use a token', async () => {
    const { page, goto, close } = await openAs('eve', 'dark')
    await goto('/clusters')
    await page.getByRole('button', signInButton()).click()
    await page.getByText('SIGN_IN_NOT_ALLOWED').waitFor()
    await expectAccessible(page)
    expect(page.url()).toBe(`${company.origin}/clusters`)
    await page.getByText('Use an API token').click()
    await page.getByLabel('API token').fill(company.adminToken)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Signed in as first-admin' }).waitFor()
    await close()
  })

  test('a code that this tab did not ask for signs nobody in', async () => {
    const { page, goto, close } = await openAs('ada')
    const asked = provider.requests.length
    await goto('/sign-in/callback?code=stolen&state=invented')
    await page.getByText('SIGN_IN_ANSWER_INVALID').waitFor()
    expect(page.url()).toBe(`${company.origin}/`)
    expect(provider.requests.slice(asked)).not.toContain('POST /token')
    await close()
  })
})
