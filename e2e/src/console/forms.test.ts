/** Forms and questions in a real browser: what was typed, what is asked before it is lost, and where the focus is afterwards. */
import { problem } from '@fairlead/contract/problems'
import { postToApi, startFairleadServe, type FairleadServe } from '@fairlead/testkit'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectAccessible, openBrowser, openConsole, type Scheme } from './browser.ts'
import { isFocused } from './page-state.ts'

const parts = new AsyncDisposableStack()
let serve: FairleadServe
let browser: Browser
let cloud: string

beforeAll(async () => {
  serve = parts.use(await startFairleadServe())
  browser = parts.use(await openBrowser())
  cloud = (await postToApi(serve, '/clouds', { name: 'lab', provider: 'local' })).id
})
afterAll(() => parts.disposeAsync())

const makeEnvironment = (name: string) =>
  postToApi(serve, '/cluster_environments', {
    name,
    cloud_id: cloud,
    config_json: { docker_image: 'registry.example.com/team/app:1', ray_version: '2.55.1' },
  })

const open = () => openConsole(browser, { origin: serve.origin, token: serve.adminToken })
const box = (page: Page, name: string): Locator => page.getByRole('textbox', { name, exact: true })
const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true })
const menu = (page: Page, name: string): Locator =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name, exact: true })
const focused = (place: Locator) => expect.poll(() => isFocused(place.page(), place)).toBe(true)

test('an archived environment is the answer to whether its name is in use, and not to what a cluster can start from', async () => {
  const { id } = await makeEnvironment('kept')
  await postToApi(serve, `/cluster_environments/${id}/archive`)
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

test('an example in a field at fault does not look like an input at fault', async () => {
  const { page, goto, close } = await open()
  await goto('/cluster-environments/new')
  const colour = () =>
    page.evaluate<string>(
      'getComputedStyle(document.querySelector("input[placeholder*=image]"), "::placeholder").color',
    )
  await box(page, 'Docker image').waitFor()
  const before = await colour()
  await button(page, 'Create environment').click()
  await page.locator('[aria-invalid="true"]').first().waitFor()
  expect(await colour()).toBe(before)
  await close()
})

test('a button keeps the focus while its action runs, and does not start it twice', async () => {
  const { page, goto, close } = await open()
  const answer = Promise.withResolvers<void>()
  let asked = 0
  await page.route('**/api/v1/api_tokens', async (route) => {
    if (route.request().method() !== 'POST') return route.continue()
    asked++
    await answer.promise
    return route.fulfill({ status: 500, body: '' })
  })
  await goto('/tokens')
  await button(page, 'Create a token').click()
  await box(page, 'Name').fill('slow')
  const create = button(page, 'Create the token')
  await expect.poll(() => create.isEnabled()).toBe(true)
  await create.focus()
  await page.keyboard.press('Enter')
  await page.locator('button[aria-disabled="true"]').waitFor()
  await focused(create)
  await page.keyboard.press('Enter')
  await box(page, 'Name').press('Enter')
  await create.focus()
  answer.resolve()
  await page.locator('button[aria-disabled="true"]').waitFor({ state: 'detached' })
  await focused(create)
  expect(asked).toBe(1)
  await close()
})

describe('leaving a form', () => {
  const typedForms: readonly (readonly [path: string, type: (page: Page) => Promise<void>])[] = [
    ['/clouds/new', (page) => box(page, 'Name').fill('new-cloud')],
    ['/clouds/CLOUD/edit', (page) => box(page, 'Name').fill('other-name')],
    ['/clouds/CLOUD', (page) => box(page, 'Grant a secret').fill('team/')],
    ['/clusters/new?environment=some', (page) => box(page, 'Name of the cluster').fill('typed')],
  ]

  test.each(typedForms)('of %s asks before what was typed is lost', async (path, type) => {
    const { page, goto, close } = await open()
    await goto(path.replace('CLOUD', cloud))
    await type(page)
    await menu(page, 'Nodes').click()
    const question = page.getByRole('dialog', { name: 'Leave the form?' })
    await question.waitFor()
    await button(page, 'Stay').click()
    await question.waitFor({ state: 'hidden' })
    await menu(page, 'Nodes').click()
    await button(page, 'Leave').click()
    await page.getByRole('heading', { name: 'Nodes', level: 1 }).waitFor()
    await close()
  })

  test('in a dialog asks before what was typed is lost, however the dialog is closed', async () => {
    const { page, goto, close } = await open()
    await goto('/tokens')
    await button(page, 'Create a token').click()
    const form = page.getByRole('dialog', { name: 'Create a token' })
    const question = page.getByRole('dialog', { name: 'Leave the form?' })
    await form.waitFor()
    await page.keyboard.press('Escape')
    await form.waitFor({ state: 'hidden' })
    await button(page, 'Create a token').click()
    await box(page, 'Name').fill('ci')
    await page.keyboard.press('Escape')
    await question.waitFor()
    await page.keyboard.press('Escape')
    await question.waitFor({ state: 'hidden' })
    expect(await box(page, 'Name').inputValue()).toBe('ci')
    await focused(box(page, 'Name'))
    await form.getByRole('button', { name: 'Close' }).click()
    await button(page, 'Leave').click()
    await form.waitFor({ state: 'hidden' })
    await focused(button(page, 'Create a token'))
    await button(page, 'Create a token').click()
    expect(await box(page, 'Name').inputValue()).toBe('')
    await close()
  })

  test('in a dialog asks no longer once the answer is there, and shows the token', async () => {
    const { page, goto, close } = await open()
    const send = Promise.withResolvers<void>()
    await page.route('**/api/v1/api_tokens', async (route) => {
      if (route.request().method() === 'POST') await send.promise
      return route.continue()
    })
    await goto('/tokens')
    await button(page, 'Create a token').click()
    await box(page, 'Name').fill('held')
    await button(page, 'Create the token').click()
    await page.locator('button[aria-disabled="true"]').waitFor()
    await page.keyboard.press('Escape')
    const question = page.getByRole('dialog', { name: 'Leave the form?' })
    await question.waitFor()
    send.resolve()
    await page.getByRole('dialog', { name: 'The token is created' }).waitFor()
    await question.waitFor({ state: 'hidden' })
    await button(page, 'I have copied it').click()
    await close()
  })

  test('in which everything is as it was at first asks nothing', async () => {
    const { page, goto, close } = await open()
    await goto('/tokens')
    await button(page, 'Create a token').click()
    const form = page.getByRole('dialog', { name: 'Create a token' })
    await box(page, 'Name').fill('ci')
    await box(page, 'Name').fill('')
    await page.keyboard.press('Escape')
    await form.waitFor({ state: 'hidden' })
    await goto(`/clouds/${cloud}/edit`)
    const name = await box(page, 'Name').inputValue()
    await box(page, 'Name').fill('other-name')
    await box(page, 'Name').fill(name)
    await menu(page, 'Nodes').click()
    await page.getByRole('heading', { name: 'Nodes', level: 1 }).waitFor()
    await goto('/cluster-environments/new')
    await button(page, 'Add variable').click()
    await menu(page, 'Nodes').click()
    await page.getByRole('heading', { name: 'Nodes', level: 1 }).waitFor()
    await close()
  })

  test('that was sent, or in which nothing was typed, asks nothing', async () => {
    const { page, goto, close } = await open()
    await goto('/clouds/new')
    await menu(page, 'Clouds').click()
    await page.getByRole('heading', { name: 'Clouds', level: 1 }).waitFor()
    await goto(`/clouds/${cloud}/edit`)
    await box(page, 'Name').fill('renamed')
    await button(page, 'Save').click()
    await page.getByRole('heading', { name: 'renamed', level: 1 }).waitFor()
    await close()
  })

  test('is not asked for a choice that the address keeps', async () => {
    const { page, goto, close } = await open()
    await makeEnvironment('some')
    await goto('/clusters/new')
    await box(page, 'Name of the cluster').fill('typed')
    await page.getByRole('combobox', { name: 'Cluster environment' }).click()
    await page.getByRole('option', { name: 'some' }).click()
    await page.waitForURL(/environment=some/)
    expect(await box(page, 'Name of the cluster').inputValue()).toBe('typed')
    await close()
  })
})

describe('an action that removes its own button gives the focus', () => {
  const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true })

  test('in a table to the next row, and from the last row to the heading', async () => {
    for (const reference of ['first', 'second']) await postToApi(serve, `/clouds/${cloud}/grants`, { reference })
    const { page, goto, close } = await open()
    await goto(`/clouds/${cloud}`)
    const removers = page.getByRole('button', { name: /^Remove the grant of/ })
    await removers.nth(1).waitFor()
    await removers.first().click()
    await button(page, 'Cancel').click()
    await focused(removers.first())
    await removers.first().click()
    await button(page, 'Remove it').click()
    await expect.poll(() => removers.count()).toBe(1)
    await focused(removers)
    await removers.click()
    await button(page, 'Remove it').click()
    await removers.waitFor({ state: 'detached' })
    await focused(heading(page, 'Allowed secrets'))
    await close()
  })

  test('of a token that is revoked to that of the next', async () => {
    for (const name of ['older', 'newer']) await postToApi(serve, '/api_tokens', { name, role: 'viewer' })
    const { page, goto, close } = await open()
    await goto('/tokens')
    const row = page.getByRole('row', { name: /newer/ })
    await row.getByRole('button').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke newer' }).click()
    await row.getByRole('button').waitFor({ state: 'detached' })
    await focused(button(page, 'Revoke older'))
    await close()
  })

  test('of a page to its title', async () => {
    await makeEnvironment('to-end')
    const { page, goto, close } = await open()
    await goto('/clusters/new?environment=to-end')
    await button(page, 'Start the cluster').click()
    await button(page, 'Cancel the start').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the start' }).click()
    await button(page, 'Start again').waitFor()
    await focused(heading(page, 'to-end'))
    await button(page, 'Start again').click()
    await button(page, 'Cancel the start').waitFor()
    await focused(heading(page, 'to-end'))
    await page.getByRole('link', { name: 'to-end:1' }).first().click()
    await page.getByRole('link', { name: 'to-end', exact: true }).first().click()
    await button(page, 'Archive').click()
    await button(page, 'Archive to-end').click()
    await button(page, 'Archive').waitFor({ state: 'detached' })
    await focused(heading(page, 'to-end'))
    await close()
  })

  test('to a join token that it made, and from one that it hides to the heading', async () => {
    const { page, goto, close } = await open()
    await goto(`/clouds/${cloud}`)
    await button(page, 'Create a join token').click()
    await focused(page.getByRole('region', { name: 'The join token' }))
    await button(page, 'Hide it').click()
    await focused(heading(page, 'Join a machine'))
    await close()
  })
})

describe('a token that expires while a form is filled in', () => {
  const image = 'registry.example.com/team/app:1'

  /** The form, and above it the sign-in that came when it was sent. */
  const untilSignIn = async (name: string, scheme: Scheme = 'light') => {
    const opened = await openConsole(browser, { origin: serve.origin, token: serve.adminToken, scheme })
    const { page, goto } = opened
    await goto('/cluster-environments/new')
    await box(page, 'Name').fill(name)
    await box(page, 'Docker image').fill(image)
    await box(page, 'Ray version').fill('2.55.1')
    const json = problem('TOKEN_EXPIRED', { time: new Date().toISOString() }).toDocument()
    await page.route('**/api/v1/cluster_environments*', (route) => route.fulfill({ status: 401, json }))
    await box(page, 'Ray version').press('Enter')
    await page.getByText('Your sign-in has expired. Sign in again. What you typed is kept.').waitFor()
    await page.unrouteAll({ behavior: 'wait' })
    return opened
  }
  const signInWith = async (page: Page, token: string) => {
    await page.getByLabel('API token').fill(token)
    await button(page, 'Sign in').click()
    await page.getByLabel('API token').waitFor({ state: 'detached' })
  }
  const makeToken = async (role: string, name = role) =>
    (await postToApi<{ token: string }>(serve, '/api_tokens', { name, role })).token

  test.each(['light', 'dark'] as Scheme[])(
    'keeps what was typed for a token that may do the same (%s)',
    async (scheme) => {
      const { page, close } = await untilSignIn(`kept-${scheme}`, scheme)
      await expectAccessible(page)
      // A browser closes a dialog at the second press, whatever the page wants.
      for (let press = 0; press < 3; press++) await page.keyboard.press('Escape')
      await page.waitForTimeout(100)
      expect(await page.getByLabel('API token').isVisible()).toBe(true)
      expect(await page.title()).toBe('Sign in · Fairlead')
      await signInWith(page, await makeToken('admin', `admin-${scheme}`))
      expect(await box(page, 'Docker image').inputValue()).toBe(image)
      expect(await page.title()).toBe('Create new environment · Fairlead')
      await focused(box(page, 'Ray version'))
      await button(page, 'Create environment').click()
      await page.waitForURL(/\/builds\//)
      await close()
    },
  )

  test('keeps nothing for one that may do less', async () => {
    const { page, close } = await untilSignIn('not-kept')
    await signInWith(page, await makeToken('viewer'))
    await page.getByRole('button', { name: 'Signed in as viewer' }).waitFor()
    expect(await box(page, 'Docker image').count()).toBe(0)
    await close()
  })

  test('keeps what was typed when another tab signs in', async () => {
    const { page, newTab, close } = await untilSignIn('by-tab')
    const other = await newTab()
    await other.goto(`${serve.origin}/clouds`)
    await signInWith(other, await makeToken('admin'))
    await page.getByLabel('API token').waitFor({ state: 'detached' })
    expect(await box(page, 'Name').inputValue()).toBe('by-tab')
    await close()
  })
})
