/** The ledger of pulls and the picture of one, in a real browser, of real pulls. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { PullRecord } from '@fairlead/contract/wire'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectAccessible, openBrowser, openConsole, type ConsoleOptions } from './browser.ts'
import { narrow, schemes } from './looks.ts'
import { contentWidth, hiddenAtTheRight, wideTexts } from './page-state.ts'
import { takePicture } from './pictures.ts'
import { oddImage, startPullSystem, type PullSystem } from './pull-system.ts'

let system: PullSystem
let browser: Browser

beforeAll(async () => {
  system = await startPullSystem()
  browser = await openBrowser(await system.network.machine('desk'))
})
afterAll(async () => {
  await browser.close()
  await system[Symbol.asyncDispose]()
})

function open(options: Partial<ConsoleOptions> = {}) {
  return openConsole(browser, { origin: system.host, token: system.token, ...options })
}

const rows = (page: Page) => page.getByRole('table', { name: 'Pulls' }).locator('tbody tr')
const figure = (page: Page) => page.locator('figure', { hasText: 'The picture in words' })
const drawing = (page: Page) => figure(page).locator('svg:visible')

/** The drawing's text at each station, next to the names. */
const inWords = async (page: Page): Promise<Record<string, string>> => {
  const lines = await figure(page).locator('li').allTextContents()
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]))
}

async function recordWith(holds: (record: PullRecord) => boolean): Promise<PullRecord> {
  const found = (await system.pulls()).find(holds)
  if (found === undefined) throw new Error('there is no such pull')
  return found
}

describe('before any pull', () => {
  test('the ledger says what will appear here, and what to do first', async () => {
    const { page, goto, faults, close } = await open()
    await goto('/pulls')
    await page.getByText('No pulls yet').waitFor()
    await page.getByRole('link', { name: 'Create a cluster environment' }).waitFor()
    await expectAccessible(page)
    expect(faults).toEqual([])
    await close()
  })

  test('an unknown pull is reported as a problem', async () => {
    const { page, goto, close } = await open()
    await goto('/pulls/pull_00000000000000000000000000')
    await page.getByText('PULL_NOT_FOUND').waitFor()
    await close()
  })
})

describe('with pulls of each decision', () => {
  beforeAll(async () => {
    const { page, goto, close } = await open()
    await goto('/pulls')
    await page.getByText('No pulls yet').waitFor()
    await system.build('closed', system.closedImage, 'registry-login')
    // Without a reload.
    await rows(page).first().getByText('authenticated').waitFor()
    await close()
    await system.start('closed')
    await system.terminate('closed')
    await system.build('open', system.openImage)
    await system.start('open')
    await system.build('mismatch', system.closedImage, 'other-login')
    await system.build('odd', system.oddImage, 'registry-login')
  })

  test.each(schemes)('the ledger shows them with names, and has no faults (%s)', async (scheme) => {
    const { page, goto, faults, close } = await open({ scheme })
    await goto('/pulls')
    await rows(page).nth(5).waitFor()
    // Names arrive after the records.
    await expect.poll(() => rows(page).filter({ hasText: 'node-1' }).count()).toBe(6)
    const texts = await rows(page).allTextContents()
    expect(texts).toHaveLength(6)
    expect(texts[0]).toContain(`${oddImage.repository}:${oddImage.tag}`)
    expect(texts[1]).toContain('CREDENTIAL_SERVER_MISMATCH')
    expect(texts[2]).toContain('anonymous, no secret named')
    expect(texts[5]).toContain('team/trainer:1')
    expect(texts.every((text) => text.includes('node-1') && !text.includes('node_'))).toBe(true)
    await expectAccessible(page)
    expect(faults).toEqual([])
    await takePicture(page, 'pulls', scheme)
    await close()
  })

  test.each(schemes)('the overview says what failed, and leads to it (%s)', async (scheme) => {
    const { page, goto, faults, close } = await open({ scheme })
    await goto('/')
    await page.getByRole('heading', { name: 'Needs attention' }).waitFor()
    await page.getByText(/newest builds? failed/).waitFor()
    await page.getByText(/in the last 24 hours, \d+ failed/).waitFor()
    expect(await page.title()).toMatch(/^\(\d\) Overview · Fairlead$/)
    await expectAccessible(page)
    await takePicture(page, 'overview', scheme)
    await page.getByRole('link', { name: /refused in the last 24 hours/ }).click()
    await rows(page).getByText('CREDENTIAL_SERVER_MISMATCH').first().waitFor()
    expect(await page.getByLabel('Decision').inputValue()).toBe('refused')
    expect(faults).toEqual([])
    await close()
  })

  test('filters are kept in the address, and an address restores them', async () => {
    const { page, goto, close } = await open()
    await goto('/pulls')
    await rows(page).nth(5).waitFor()
    await page.getByLabel('Result').selectOption('CREDENTIAL_SERVER_MISMATCH')
    await expect.poll(() => rows(page).count()).toBe(1)
    expect(new URL(page.url()).searchParams.get('code')).toBe('CREDENTIAL_SERVER_MISMATCH')
    await page.getByRole('combobox', { name: 'Cluster' }).fill('op')
    await page.getByRole('option', { name: 'open', exact: true }).click()
    await page.getByText('No pulls match').waitFor()
    await page.getByRole('button', { name: 'Show all' }).click()
    await expect.poll(() => rows(page).count()).toBe(6)
    await page.getByLabel('For', { exact: true }).selectOption('cluster')
    await expect.poll(() => rows(page).count()).toBe(2)
    await page.getByLabel('For', { exact: true }).selectOption('door')
    await page.getByText('No pulls match').waitFor()
    expect(new URL(page.url()).searchParams.get('purpose')).toBe('door')
    await goto(`/pulls?registry=${system.closedHost}&within=1h`)
    await page.getByLabel('Decision').selectOption('authenticated')
    await expect.poll(() => rows(page).count()).toBe(3)

    const { cluster_id, node_id } = await recordWith(
      ({ decision, purpose }) => decision === 'authenticated' && purpose === 'cluster',
    )
    await goto(`/pulls?cluster_id=${cluster_id}&node_id=${node_id}`)
    await expect.poll(() => rows(page).count()).toBe(1)
    const chosen = (label: string) => page.getByRole('combobox', { name: label }).inputValue()
    await expect.poll(() => chosen('Cluster')).toBe('closed')
    await expect.poll(() => chosen('Node')).toBe('node-1')
    await close()
  })

  test('an address with an invalid filter is reported as a problem, and can be cleared', async () => {
    const { page, goto, close } = await open()
    await goto('/pulls?cluster_id=nobody')
    await page.getByText('REQUEST_INVALID').waitFor()
    await page.getByRole('button', { name: 'Show all' }).click()
    await rows(page).nth(5).waitFor()
    await close()
  })

  test.each(schemes)('the picture of a pull with a login has its facts, at every width (%s)', async (scheme) => {
    const record = await recordWith(({ decision, purpose }) => decision === 'authenticated' && purpose === 'cluster')
    const { page, goto, faults, close } = await open({ scheme })
    await goto('/pulls')
    await rows(page)
      .filter({ has: page.getByRole('cell', { name: 'cluster', exact: true }) })
      .getByRole('link', { name: 'team/trainer' })
      .click()
    await drawing(page).waitFor()
    await page.getByText('Docker pulled by digest and got no login.').first().waitFor()
    const words = await inWords(page)
    expect(words['Secret manager']).toMatch(/^registry-login; root’s own files on the node; .*read by the node itself$/)
    expect(words['Match']).toBe('server = registry; the login may pass')
    expect(words['Registry']).toContain(system.closedHost)
    expect(words['Registry']).toContain('team/trainer')
    expect(words['Docker']).toBe('pulled by digest, with no login; holds no password')
    expect(record.login).toBe('accepted')
    await page.getByText('accepted by the registry', { exact: true }).waitFor()
    expect(words['Control plane']).toMatch(/^registry-login; .*holds no password$/)
    await page.getByText(record.digest ?? '-', { exact: true }).waitFor()
    await page.getByText(record.hash, { exact: true }).waitFor()
    await page.getByRole('link', { name: 'closed', exact: true }).waitFor()
    expect(await drawing(page).count()).toBe(1)
    expect(await wideTexts(page)).toEqual([])
    await expectAccessible(page)
    await takePicture(page, 'pull', scheme)

    await page.setViewportSize({ width: 1100, height: 900 })
    expect(await hiddenAtTheRight(page, 'section:has(> svg)')).toBe(0)
    await page.setViewportSize({ width: narrow, height: 900 })
    await page.reload()
    await drawing(page).waitFor()
    await figure(page).getByRole('listitem').first().waitFor()
    expect(await wideTexts(page)).toEqual([])
    expect(await contentWidth(page)).toBeLessThanOrEqual(narrow)
    await expectAccessible(page)
    expect(faults).toEqual([])
    await close()
  })

  test.each(schemes)(
    'the picture of a pull that was refused the login stops at the gate, and the page says who can fix it (%s)',
    async (scheme) => {
      const { page, goto, faults, close } = await open({ scheme })
      await goto('/pulls?code=CREDENTIAL_SERVER_MISMATCH')
      await rows(page).getByRole('link', { name: 'team/trainer' }).click()
      await page.getByText('It was dropped, and nothing was sent.').first().waitFor()
      const words = await inWords(page)
      expect(words['Match']).toBe('server ≠ registry; the login stays here')
      await page.getByText('read, and kept on the node: it is not for this registry', { exact: true }).waitFor()
      expect(words['Registry']).toMatch(/; not asked$/)
      expect(words['Docker']).toBe('holds no password')
      await page.getByText('you can fix this').waitFor()
      await expectAccessible(page)
      expect(faults).toEqual([])
      await takePicture(page, 'pull-refused', scheme)
      await close()
    },
  )

  test.each(schemes)('the picture of a pull without a secret shows no credential anywhere (%s)', async (scheme) => {
    const record = await recordWith(
      ({ decision, purpose }) => decision === 'anonymous_no_secret' && purpose === 'cluster',
    )
    const { page, goto, faults, close } = await open({ scheme })
    await goto(`/pulls/${record.id}`)
    await page.getByText('it lets everybody pull this image').first().waitFor()
    const words = await inWords(page)
    expect(words['Secret manager']).toContain('not asked: no secret is named')
    expect(words['Match']).toBe('no login; nothing to match')
    expect(record.login).toBe('none')
    expect(words['Registry']).toMatch(/let it pull without a login$/)
    await expectAccessible(page)
    expect(faults).toEqual([])
    await close()
  })

  test.each([800, 1024, 1100])('%i px wide, no word and no column of the ledger is cut off', async (width) => {
    const { page, goto, close } = await open({ width })
    await goto('/pulls?decision=refused')
    await rows(page).getByText('refused', { exact: true }).first().waitFor()
    expect(await hiddenAtTheRight(page, 'div:has(> table)')).toBe(0)
    const lines = `[...document.querySelectorAll('tbody td span')].find((span) => span.textContent === 'refused').getClientRects().length`
    expect(await page.evaluate<number>(lines)).toBe(1)
    await close()
  })

  test('the ledger and its filters fit on a narrow screen', async () => {
    const { page, goto, close } = await open({ width: narrow })
    await goto('/pulls')
    await rows(page).nth(5).waitFor()
    expect(await contentWidth(page)).toBeLessThanOrEqual(narrow)
    await expectAccessible(page)
    const registry = page.getByRole('combobox', { name: 'Registry' })
    expect(await registry.isVisible()).toBe(false)
    await page.getByRole('button', { name: 'Filters', exact: true }).click()
    await registry.selectOption(system.closedHost)
    await page.getByRole('button', { name: 'Filters (1)' }).waitFor()
    expect(await contentWidth(page)).toBeLessThanOrEqual(narrow)
    await expectAccessible(page)
    await close()
  })

  test('names that look like something else stay names', async () => {
    const record = await recordWith(({ image }) => image === system.oddImage)
    const name = `__proto__.-_constructor-${'n'.repeat(103)}_`
    const { page, goto, faults, close } = await open({ width: narrow })
    await page.route('**/api/v1/nodes/*', async (route) => {
      const answer = await route.fetch()
      const told = (await answer.json()) as { result: { name: string } }
      told.result.name = name
      await route.fulfill({ response: answer, json: told })
    })
    await goto(`/pulls/${record.id}`)
    await drawing(page).waitFor()
    await expect.poll(async () => (await inWords(page))['Node']).toContain(name)
    const words = await inWords(page)
    expect(words['Registry']).toContain(oddImage.repository)
    await page.getByRole('heading', { name: `Pull of 0-x:${oddImage.tag}` }).waitFor()
    expect(await page.locator('#content a[href*="www.example.com"]').count()).toBe(0)
    expect(await wideTexts(page)).toEqual([])
    expect(await contentWidth(page)).toBeLessThanOrEqual(narrow)
    expect(faults).toEqual([])
    await close()
  })

  test.each(schemes)('the picture of a pull through a door shows that engine and its door (%s)', async (scheme) => {
    const record = await recordWith(({ decision, purpose }) => decision === 'authenticated' && purpose === 'cluster')
    const { page, goto, faults, close } = await open({ scheme })
    await page.route(`**/api/v1/pulls/${record.id}`, async (route) => {
      const answer = await route.fetch()
      const told = (await answer.json()) as { result: PullRecord }
      Object.assign(told.result, { purpose: 'door', engine: 'containerd', cluster_id: null })
      await route.fulfill({ response: answer, json: told })
    })
    await goto(`/pulls/${record.id}`)
    await page.getByText('containerd pulled through its door and got no login.').first().waitFor()
    await page.getByText('containerd on the node, which pulled through its door', { exact: true }).waitFor()
    const words = await inWords(page)
    expect(words['containerd']).toBe('pulled with no login; got no password')
    expect(words['Door']).toContain('a key on both sides')
    expect(words['Control plane']).toBe('keeps the record of this pull; not involved, holds no password')
    expect(words).not.toHaveProperty('Docker')
    expect(await wideTexts(page)).toEqual([])
    await expectAccessible(page)
    expect(faults).toEqual([])
    await close()
  })

  test('for a record of an older agent, says that the path of the login is not recorded, and draws none', async () => {
    const record = await recordWith(({ decision, purpose }) => decision === 'authenticated' && purpose === 'cluster')
    const { page, goto, faults, close } = await open()
    await page.route(`**/api/v1/pulls/${record.id}`, async (route) => {
      const answer = await route.fetch()
      const told = (await answer.json()) as { result: PullRecord }
      delete told.result.login
      await route.fulfill({ response: answer, json: told })
    })
    await goto(`/pulls/${record.id}`)
    await page.getByText('did not record how far the login got').first().waitFor()
    const words = await inWords(page)
    expect(words['Secret manager']).toMatch(/not recorded$/)
    expect(words['Match']).toBe('server = registry ?; not recorded')
    expect(words['Registry']).toMatch(/; let it pull$/)
    await expectAccessible(page)
    expect(faults).toEqual([])
    await close()
  })

  test('what a lying node reports stays text: no link, no markup, nothing that hides or reverses', async () => {
    const record = await recordWith(({ decision, purpose }) => decision === 'authenticated' && purpose === 'cluster')
    const evil = '<img src=x onerror=alert(1)>https://evil.example/\u202egnp'
    const { page, goto, faults, close } = await open()
    await page.route(`**/api/v1/pulls/${record.id}`, async (route) => {
      const answer = await route.fetch()
      const told = (await answer.json()) as { result: PullRecord }
      Object.assign(told.result, { image: evil, registry: evil, repository: evil, secret_reference: evil })
      await route.fulfill({ response: answer, json: told })
    })
    await goto(`/pulls/${record.id}`)
    await drawing(page).waitFor()
    const content = page.locator('#content')
    expect(await content.locator('img').count()).toBe(0)
    expect(await content.locator('a[href*="evil"]').count()).toBe(0)
    const shown = (await content.textContent()) ?? ''
    expect(shown).toContain('<img src=x onerror=alert(1)>https://evil.example/\\u202egnp')
    expect(shown).not.toContain('\u202e')
    expect(await wideTexts(page)).toEqual([])
    expect(faults).toEqual([])
    await close()
  })
})

describe('after a record was changed in the database', () => {
  beforeAll(async () => {
    const { serve } = system
    await serve.stop()
    using database = new DatabaseSync(join(serve.dir, 'fairlead.sqlite'))
    const { changes } = database
      .prepare('update pulls set hash = ? where key = (select max(key) from pulls)')
      .run('f'.repeat(64))
    expect(changes).toBe(1)
    await serve.restart()
    await system.build('after', system.openImage)
  })

  test.each(schemes)('the node is named, with what it means and what to do (%s)', async (scheme) => {
    const { page, goto, faults, close } = await open({ scheme })
    await goto('/pulls')
    const note = page.getByRole('region', { name: 'Nodes with broken record chains' })
    await note.getByText('node-1').waitFor()
    await note.getByText('Two records claim the same place').waitFor()
    await note.getByText('revoke it').first().waitFor()
    await expectAccessible(page)
    await note.getByRole('link', { name: 'Go to node' }).click()
    await page.getByText('records: fork').waitFor()
    await page.getByText('claim the same place').waitFor()
    await expectAccessible(page)
    expect(faults).toEqual([])
    await close()
  })
})
