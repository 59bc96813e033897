/** Cluster environments and builds in a real browser, against a real control plane, node, registry and engine. */
import { cliJson, newFolder, type FairleadAccess, rayVersion } from '@fairlead/testkit'
import type { Build, ClusterEnvironment } from '@fairlead/contract/wire'
import { join } from 'node:path'
import { readFile } from 'node:fs/promises'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startOneNodeSystem, type OneNodeSystem } from '../one-node-system.ts'
import { expectAccessible, openBrowser, openConsole, type ConsoleOptions, type ConsolePage } from './browser.ts'
import { expectAccessibleInBothSchemes } from './looks.ts'
import { clipboardText, contentWidth, isFocused, keptByBrowser, paste } from './page-state.ts'

let system: OneNodeSystem
let browser: Browser
let access: FairleadAccess & { host: string; token: string }
let image: string
let viewer: string

beforeAll(async () => {
  system = await startOneNodeSystem()
  browser = await openBrowser(await system.network.machine('desk'))
  access = { host: system.serve.origin, token: system.serve.adminToken, caFile: system.serve.caFile }
  image = system.image.reference
  const made = await cliJson<{ token: string }>(['token', 'create', '-n', 'look', '--role', 'viewer'], access)
  viewer = made.token
})
afterAll(async () => {
  await browser.close()
  await system[Symbol.asyncDispose]()
})

async function open(options: Partial<ConsoleOptions> = {}): Promise<ConsolePage> {
  const opened = await openConsole(browser, { origin: access.host, token: access.token, ...options })
  // The browser's own prompt on leaving a form.
  opened.page.on('dialog', (dialog) => void dialog.accept())
  return opened
}

/** By its accessible name. */
const box = (page: Page, name: string): Locator => page.getByRole('textbox', { name, exact: true })
const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true })
const meaning = (page: Page, of: 'image name' | 'secret reference'): Locator =>
  page.getByRole('group', { name: `What the ${of} means` })

async function untilState(page: Page, state: string): Promise<void> {
  await page.locator('header').getByText(state, { exact: true }).waitFor({ timeout: 60_000 })
}

const environmentNamed = async (name: string): Promise<ClusterEnvironment> => {
  const { results } = await cliJson<{ results: ClusterEnvironment[] }>(['cluster-env', 'list'], access)
  const found = results.find((environment) => environment.name === name)
  if (found === undefined) throw new Error(`no environment ${name}`)
  return found
}

describe('from the empty form to a checked build', () => {
  test('by keyboard alone', async () => {
    const { page, goto, faults, close } = await open()
    const tabTo = async (place: Locator): Promise<void> => {
      for (let presses = 0; presses < 60; presses++) {
        if (await isFocused(page, place)) return
        await page.keyboard.press('Tab')
      }
      throw new Error(`no way to ${String(place)} with the Tab key`)
    }
    await goto('/cluster-environments')
    const create = page.getByRole('link', { name: 'Create new environment' }).first()
    await create.waitFor()
    await tabTo(create)
    await page.keyboard.press('Enter')
    await box(page, 'Name').waitFor()
    for (const [name, text] of [
      ['Name', 'by-keyboard'],
      ['Docker image', image],
      ['Ray version', rayVersion],
    ] as const) {
      await tabTo(box(page, name))
      await page.keyboard.type(text)
    }
    await tabTo(button(page, 'Add variable'))
    await page.keyboard.press('Enter')
    await page.keyboard.type('MODE')
    await page.keyboard.press('Tab')
    await page.keyboard.type('fast')
    await tabTo(box(page, 'Registry login secret'))
    await page.keyboard.type('login')
    await tabTo(button(page, 'Create environment'))
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Build 1' }).waitFor()
    await untilState(page, 'succeeded')
    const built = (await environmentNamed('by-keyboard')).latest_build
    expect(built).toMatchObject({ env_vars: { MODE: 'fast' }, registry_login_secret: 'login', status: 'succeeded' })
    await page.getByText(built.digest ?? 'no digest').waitFor()
    expect(faults).toEqual([])
    await close()
  })

  test('with the mouse, and no page on the way has a fault', async () => {
    const { page, goto, faults, close } = await open()
    const name = 'by-mouse'
    await goto('/cluster-environments')
    await page.getByRole('link', { name: 'Create new environment' }).first().click()
    await box(page, 'Name').fill(name)
    await box(page, 'Docker image').fill(image)
    await box(page, 'Ray version').fill(rayVersion)
    await button(page, 'Add variable').click()
    await box(page, 'Name of variable 1').fill('RAY_LOG_TO_STDERR')
    await box(page, 'Value of variable 1').fill('1')
    await box(page, 'Registry login secret').fill('login')
    await expectAccessibleInBothSchemes(page, 'new-environment')
    await page.getByText('YAML', { exact: true }).click()
    await box(page, 'Configuration file').waitFor()
    await expectAccessibleInBothSchemes(page, 'new-environment-yaml')
    await button(page, 'Create environment').click()
    await page.getByRole('heading', { name: 'Build 1' }).waitFor()
    await untilState(page, 'succeeded')
    const steps = page.getByRole('listitem').filter({ hasText: /Secret|Match|Challenge|Login|Resolve/ })
    await expect.poll(() => steps.count()).toBe(5)
    await page.getByRole('link', { name: 'node', exact: true }).waitFor()
    await expectAccessibleInBothSchemes(page, 'build')
    await page.getByRole('link', { name, exact: true }).click()
    await page.getByRole('heading', { name: 'Builds', exact: true }).waitFor()
    await page.getByRole('link', { name: 'New build' }).click()
    await box(page, 'Name of variable 1').waitFor()
    expect(await box(page, 'Docker image').inputValue()).toBe(image)
    expect(await box(page, 'Registry login secret').inputValue()).toBe('login')
    await box(page, 'Value of variable 1').fill('0')
    await button(page, 'Add variable').click()
    await page.keyboard.type('MODE')
    await button(page, 'Register build 2').click()
    await page.getByRole('heading', { name: 'Build 2' }).waitFor()
    await untilState(page, 'succeeded')
    await page.getByRole('link', { name, exact: true }).click()
    const compared = page.getByRole('table', { name: 'Build 1 and build 2' })
    await compared.waitFor()
    expect(await compared.getByRole('row', { name: /env RAY_LOG_TO_STDERR/ }).textContent()).toMatch(/1.*0.*changed/)
    expect(await compared.getByRole('row', { name: /env MODE/ }).textContent()).toMatch(/none.*added/)
    expect(await compared.getByRole('row', { name: /Docker image/ }).textContent()).toMatch(/same$/)
    await expectAccessibleInBothSchemes(page, 'environment')
    await goto('/cluster-environments')
    await page.getByRole('link', { name, exact: true }).waitFor()
    await expectAccessibleInBothSchemes(page, 'environments')
    await page.getByLabel('Search by name').fill('no-such-name')
    await page.getByText('No environment matches “no-such-name”').waitFor()
    await page.getByLabel('Search by name').fill(name.slice(1))
    await page.getByRole('link', { name, exact: true }).waitFor()
    expect(new URL(page.url()).searchParams.get('name')).toBe(name.slice(1))
    expect(faults).toEqual([])
    await close()
  })

  test('whose image idle nodes bring, as the cloud says or as the form does', async () => {
    const { page, goto, faults, close } = await open()
    const prefetch = page.getByRole('checkbox', { name: 'Prefetch to idle nodes' })
    const untilDefault = (said: string) => page.getByText(`lab’s default is ${said}.`).waitFor()
    await cliJson(['cloud', 'edit', 'lab', '--prefetch'], access)
    await goto('/cluster-environments/new')
    await untilDefault('on')
    expect(await prefetch.isChecked()).toBe(true)
    await cliJson(['cloud', 'edit', 'lab', '--no-prefetch'], access)
    await untilDefault('off')
    expect(await prefetch.isChecked()).toBe(false)
    await box(page, 'Name').fill('ahead')
    await box(page, 'Docker image').fill(image)
    await box(page, 'Ray version').fill(rayVersion)
    await box(page, 'Registry login secret').fill('login')
    await prefetch.check()
    await button(page, 'Create environment').click()
    await page.getByRole('heading', { name: 'Build 1' }).waitFor()
    await page.getByText('by 1 of 1 idle node', { exact: true }).waitFor({ timeout: 60_000 })
    expect((await environmentNamed('ahead')).latest_build.prefetch).toBe(true)
    await expectAccessibleInBothSchemes(page)
    expect(faults).toEqual([])
    await close()
  })

  test('on a narrow screen, without sideways scrolling', async () => {
    const { page, goto, faults, close } = await open({ width: 390, height: 800 })
    const isWithin = async () => {
      expect(await contentWidth(page)).toBe(390)
      await expectAccessible(page)
    }
    await goto('/cluster-environments/new')
    await box(page, 'Docker image').fill(`${'long-'.repeat(30)}name/of-an-image`)
    await button(page, 'Add variable').click()
    await page.keyboard.type('A_PASSWORD_OF_A_LONG_NAME_THAT_HAS_NO_BREAK')
    await isWithin()
    await page.getByText('YAML', { exact: true }).click()
    await box(page, 'Configuration file').waitFor()
    await isWithin()
    const { id, latest_build: build } = await environmentNamed('by-mouse')
    await goto(`/cluster-environments/${id}`)
    await page.getByRole('table', { name: /and build/ }).waitFor()
    await isWithin()
    await goto(`/builds/${build.id}`)
    await page.getByRole('heading', { name: 'Check', exact: true }).waitFor()
    await isWithin()
    await goto('/cluster-environments')
    await page.getByRole('link', { name: 'by-mouse' }).waitFor()
    await isWithin()
    expect(faults).toEqual([])
    await close()
  })
})

describe('each field explains its value while it is typed', () => {
  test('the image: registry, repository, tag, and likely mistakes', async () => {
    const { page, goto, faults, close } = await open()
    await goto('/cluster-environments/new')
    await box(page, 'Docker image').fill('my-registry/my-image')
    const said = meaning(page, 'image name')
    await said.getByText('docker.io (Docker Hub)').waitFor()
    await said.getByText(/read as docker\.io\/my-registry\/my-image on Docker Hub/).waitFor()
    await said.getByText(/neither tag nor digest/).waitFor()
    await box(page, 'Docker image').fill('example.jfrog.io/team/ray:2.4.0')
    await said.getByText('example.jfrog.io').waitFor()
    await said.getByText('team/ray', { exact: true }).waitFor()
    expect(await said.getByText(/Docker Hub|neither/).count()).toBe(0)
    await box(page, 'Docker image').fill('https://example.jfrog.io/ray')
    await page.getByText('It has a scheme; leave it out.').waitFor()
    expect(faults).toEqual([])
    await close()
  })

  test('the Ray version and the variables', async () => {
    const { page, goto, close } = await open()
    await goto('/cluster-environments/new')
    await box(page, 'Ray version').fill('two')
    await page.getByText('Expected a version of Ray, such as 2.55.1.').waitFor()
    await box(page, 'Ray version').fill('2.10')
    await page.getByText('Expected a version of Ray').waitFor({ state: 'detached' })
    await button(page, 'Add variable').click()
    await paste(page, box(page, 'Name of variable 1'), '# of ours\nexport MODE="fast"\nDB_PASSWORD=x\n2BAD=1')
    expect(await box(page, 'Name of variable 2').count()).toBe(0)
    await paste(page, box(page, 'Name of variable 1'), '# of ours\nexport MODE="fast"\nDB_PASSWORD=x\nMODE=slow\n')
    await box(page, 'Name of variable 3').waitFor()
    expect(await box(page, 'Value of variable 1').inputValue()).toBe('fast')
    expect(await box(page, 'Name of variable 3').inputValue()).toBe('MODE')
    await page.getByText('This looks like a credential').waitFor()
    await page.getByText('This name is used twice.').waitFor()
    await button(page, 'Remove variable DB_PASSWORD').click()
    await page.getByText('This looks like a credential').waitFor({ state: 'detached' })
    await close()
  })

  test('missing fields are reported on continuing, and the first of them gets the focus', async () => {
    const { page, goto, close } = await open()
    await goto('/cluster-environments/new')
    await box(page, 'Name').fill('x')
    expect(await page.getByText('It is empty.').count()).toBe(0)
    await button(page, 'Create environment').click()
    await expect.poll(() => page.getByText('It is empty.').count()).toBe(2)
    await expect.poll(() => isFocused(page, box(page, 'Docker image'))).toBe(true)
    await close()
  })

  test('typed text stays when the colour switch is used', async () => {
    const { page, goto, faults, close } = await open()
    await goto('/cluster-environments/new')
    await box(page, 'Docker image').fill('r.example/a:1')
    await button(page, 'Use the dark colours').click()
    await button(page, 'Use the light colours').waitFor()
    expect(await box(page, 'Docker image').inputValue()).toBe('r.example/a:1')
    expect(faults).toEqual([])
    await close()
  })

  test('typed text is not discarded without asking', async () => {
    const { page, goto, faults, close } = await open()
    await goto('/cluster-environments/new')
    await box(page, 'Docker image').fill('r.example/a:1')
    await page.getByRole('link', { name: 'Clusters', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Leave the form?' })
    await dialog.waitFor()
    await expectAccessible(page)
    await button(page, 'Stay').click()
    await dialog.waitFor({ state: 'detached' })
    expect(await box(page, 'Docker image').inputValue()).toBe('r.example/a:1')
    await page.getByRole('link', { name: 'Clusters', exact: true }).click()
    await button(page, 'Leave').click()
    await page.getByRole('heading', { name: 'Clusters', exact: true }).waitFor()
    expect(faults).toEqual([])
    await close()
  })

  test('a secret pasted or typed as its reference never leaves the browser', async () => {
    const { page, goto, close } = await open()
    const secret = `ghp_${'hunter2'.repeat(5)}`
    const sent: string[] = []
    page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`))
    await goto('/cluster-environments/new')
    await box(page, 'Name').fill('with-a-secret')
    await box(page, 'Docker image').fill(image)
    await box(page, 'Ray version').fill(rayVersion)
    await paste(page, box(page, 'Registry login secret'), secret)
    await page.getByText(/looks like a secret itself/).waitFor()
    expect(await box(page, 'Registry login secret').inputValue()).toBe('')
    await box(page, 'Registry login secret').fill(secret)
    await page.getByText(/looks like a secret itself/).waitFor()
    const before = sent.length
    await button(page, 'Create environment').click()
    await expect.poll(() => isFocused(page, box(page, 'Registry login secret'))).toBe(true)
    await page.getByText('YAML', { exact: true }).click()
    await page.getByText('REFERENCE_LOOKS_LIKE_A_SECRET').waitFor()
    await button(page, 'Create environment').click()
    await page.waitForTimeout(500)
    // The chunk with the file's parser may be requested; the API is not.
    expect(sent.slice(before).filter((request) => request.includes('/api/'))).toEqual([])
    expect(sent.join('\n')).not.toContain('hunter2')
    const kept = await keptByBrowser(page)
    expect(kept).not.toContain('hunter2')
    await close()
  })
})

describe('the file of the form', () => {
  test('is the one that the command line reads: the downloaded file builds the same', async () => {
    const { page, goto, faults, close } = await open()
    await goto('/cluster-environments/new')
    await box(page, 'Name').fill('from-a-file')
    await box(page, 'Docker image').fill(image)
    await box(page, 'Ray version').fill('2.10')
    await button(page, 'Add variable').click()
    await paste(page, box(page, 'Name of variable 1'), 'MODE=true\nEMPTY=\nTEXT=a: b # c')
    await box(page, 'Registry login secret').fill('login')
    await page.getByText('YAML', { exact: true }).click()
    const downloading = page.waitForEvent('download')
    await button(page, 'Download from-a-file.yaml').click()
    const file = join(newFolder('download'), 'from-a-file.yaml')
    await (await downloading).saveAs(file)
    await button(page, 'Copy the file').click()
    expect(await clipboardText(page)).toBe(await readFile(file, 'utf8'))

    const { status, stdout } = await system.fairlead('cluster-env', 'build', '-n', 'from-a-file', file, '--json')
    expect(status).toBe(0)
    expect(JSON.parse(stdout) as Build).toMatchObject({
      docker_image_name: image,
      ray_version: '2.10',
      env_vars: { MODE: 'true', EMPTY: '', TEXT: 'a: b # c' },
      registry_login_secret: 'login',
    })
    expect(faults).toEqual([])
    await close()
  })

  test('changes the form, keeps typed text, and explains invalid values', async () => {
    const { page, goto, faults, close } = await open()
    await goto('/cluster-environments/new')
    await box(page, 'Name').fill('bad name!')
    await box(page, 'Ray version').fill('2.10')
    await page.getByText('YAML', { exact: true }).click()
    await page.getByText('fairlead cluster-env build -n NAME ').waitFor()
    const file = box(page, 'Configuration file')
    const text = '# of ours\ndocker_image: r.example/a:1\nray_version: 2.10\nenv_vars:\n  MODE: fast\n'
    await file.fill(text)
    await page.getByText('Form', { exact: true }).click()
    expect(await box(page, 'Docker image').inputValue()).toBe('r.example/a:1')
    expect(await box(page, 'Ray version').inputValue()).toBe('2.10')
    expect(await box(page, 'Value of variable 1').inputValue()).toBe('fast')
    await page.getByText('YAML', { exact: true }).click()
    expect(await file.inputValue()).toBe(text)
    await file.fill('docker_imag: r.example/a:2\nray_version: 2.10\n')
    await page.getByText('there is no such field; did you mean docker_image?').waitFor()
    expect(await page.getByRole('radio', { name: 'Form' }).isDisabled()).toBe(true)
    await file.fill('docker_image: [a]\n')
    await page.getByText('it is not text; put it in quotes').first().waitFor()
    await file.fill('docker_image: "a')
    await page.getByText('CONFIG_YAML_MALFORMED').waitFor()
    await button(page, 'Back to the last valid text').click()
    expect(await file.inputValue()).toContain('docker_image: r.example/a:1')
    expect(faults).toEqual([])
    await close()
  })
})

describe('a failing build', () => {
  test('says at its step what is wrong, what to do and who can do it; once fixed, it is checked again and followed live', async () => {
    const { page, goto, faults, close } = await open()
    const { stdout } = await system.build('mended', { registry_login_secret: 'not-there-yet' }, '--no-wait', '--json')
    const build = JSON.parse(stdout) as Build
    await goto(`/builds/${build.id}`)
    await untilState(page, 'failed')
    const check = page.getByRole('listitem').filter({ hasText: 'SECRET_NOT_FOUND' })
    await check.getByText(/The secret manager has no secret not-there-yet/).waitFor()
    await check.getByText(/Put it into the node's secrets folder/).waitFor()
    await check.getByText('you can fix this').waitFor()
    expect(await page.getByRole('link', { name: 'Start a cluster' }).count()).toBe(0)
    await expectAccessibleInBothSchemes(page, 'build-failed')
    expect(await page.getByRole('link', { name: 'Correct and register build 2' }).count()).toBe(1)
    await check.getByRole('link', { name: 'See the path of the credential' }).click()
    await page.waitForURL(/\/pulls\/pull_/)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.getByText('SECRET_NOT_FOUND').first().waitFor()
    await page.goBack()
    await untilState(page, 'failed')
    await system.secrets.put('not-there-yet', {
      username: 'puller',
      password: system.login.password,
      server: system.registry.host,
    })
    // A node remembers for this long that a secret was refused.
    await page.waitForTimeout(10_500)
    await button(page, 'Check again').click()
    await untilState(page, 'succeeded')
    await page.getByRole('link', { name: 'Start a cluster' }).waitFor()
    await page.getByText('SECRET_NOT_FOUND').waitFor({ state: 'detached' })
    expect(faults).toEqual([])
    await close()
  })
})

describe('a build that failed', () => {
  test.each([
    ['the secret', { secret: 'nowhere' }, 'Registry login secret', 'login'],
    ['the image', { tag: 'no-such-tag' }, 'Docker image', null],
  ] as const)(
    'is corrected in one click: the form has its fields, and the focus is on %s',
    async (what, wrong, label, right) => {
      const name = `corrected-${label.replaceAll(' ', '-')}-${'n'.repeat(60)}`
      const { docker, secret } = {
        docker: 'tag' in wrong ? image.replace(/:[^:/]+$/, `:${wrong.tag}`) : image,
        secret: 'secret' in wrong ? wrong.secret : 'login',
      }
      const { stdout } = await system.build(
        name,
        { docker_image: docker, registry_login_secret: secret, env_vars: { MODE: 'train' } },
        '--no-wait',
        '--json',
      )
      const build = JSON.parse(stdout) as Build
      const { page, goto, faults, close } = await open({ width: what === 'the image' ? 390 : 1280 })
      await goto(`/builds/${build.id}`)
      await untilState(page, 'failed')
      expect(await contentWidth(page)).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0)
      await page.getByRole('link', { name: 'Correct and register build 2' }).click()
      await page.getByRole('heading', { name: `New build of ${name}` }).waitFor()
      await page.getByRole('heading', { name: 'Why build 1 failed' }).waitFor()
      await expect.poll(() => isFocused(page, box(page, label))).toBe(true)
      expect(await box(page, 'Docker image').inputValue()).toBe(docker)
      expect(await box(page, 'Registry login secret').inputValue()).toBe(secret)
      expect(await contentWidth(page)).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0)
      await expectAccessibleInBothSchemes(page)
      // The newest is corrected as before, whatever came later; a reload gives the same page.
      await page.reload()
      await expect.poll(() => isFocused(page, box(page, label))).toBe(true)
      await box(page, label).fill(right ?? image)
      await button(page, 'Register build 2').click()
      await page.getByRole('heading', { name: 'Build 2' }).waitFor()
      await untilState(page, 'succeeded')
      expect(faults).toEqual([])
      await close()
    },
  )
})

describe('an environment', () => {
  test('whose name is in use gets the next build instead', async () => {
    const { page, goto, faults, close } = await open()
    await system.build('taken')
    await goto('/cluster-environments/new')
    await box(page, 'Name').fill('taken')
    await box(page, 'Docker image').fill(image)
    await box(page, 'Ray version').fill(rayVersion)
    await box(page, 'Registry login secret').fill('login')
    await button(page, 'Create environment').click()
    await page.getByText('The name taken is already in use.').waitFor()
    await expect.poll(() => isFocused(page, box(page, 'Name'))).toBe(true)
    await button(page, 'Add this as build 2').click()
    await page.getByRole('heading', { name: 'Build 2' }).waitFor()
    await untilState(page, 'succeeded')
    // The browser logs each unsuccessful response.
    expect(faults.filter((fault) => !fault.includes('409'))).toEqual([])
    await close()
  })

  test('is archived after a question that states the consequences', async () => {
    const { page, goto, faults, close } = await open()
    const old = `old-${'n'.repeat(100)}`
    await system.build(old)
    const { id } = await environmentNamed(old)
    await goto(`/cluster-environments/${id}`)
    await button(page, 'Archive').click()
    const dialog = page.getByRole('dialog', { name: `Archive ${old}?` })
    await dialog.getByText(/No more clusters can start from it/).waitFor()
    const label = `document.querySelector('[role=dialog] .mantine-Button-root:last-child .mantine-Button-label')`
    expect(await page.evaluate<string>(`getComputedStyle(${label}).textOverflow`)).toBe('ellipsis')
    await expectAccessibleInBothSchemes(page)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect((await environmentNamed(old)).archived_at).toBeNull()
    await button(page, 'Archive').click()
    await button(page, `Archive ${old}`).click()
    await page.getByText(/^Archived/).waitFor()
    expect(await page.getByRole('link', { name: 'New build' }).count()).toBe(0)
    await goto('/cluster-environments')
    await page.getByRole('link', { name: 'by-mouse' }).waitFor()
    expect(await page.getByRole('link', { name: old, exact: true }).count()).toBe(0)
    await page.getByLabel('Show archived').check()
    await page.getByRole('link', { name: old, exact: true }).waitFor()
    expect(faults).toEqual([])
    await close()
  })

  test('shows a viewer only the names of variables, and no actions', async () => {
    await system.build('looked-at', { env_vars: { MODE: 'not-for-viewers' } })
    await system.build('looked-at', { env_vars: { MODE: 'not-for-viewers-either' } })
    const { id, latest_build: build } = await environmentNamed('looked-at')
    const { page, goto, faults, close } = await open({ token: viewer })
    for (const [path, shown] of [
      ['/cluster-environments', 'looked-at'],
      [`/cluster-environments/${id}`, 'MODE'],
      [`/builds/${build.id}`, 'MODE'],
    ] as const) {
      await goto(path)
      await page.getByText(shown, { exact: true }).first().waitFor()
      expect(await page.getByText('not-for-viewers').count()).toBe(0)
      const actions = /Create|New build|Archive|Check again|Start a cluster|Register/
      expect(await page.getByRole('button', { name: actions }).count()).toBe(0)
      expect(await page.getByRole('link', { name: actions }).count()).toBe(0)
    }
    await goto('/cluster-environments/new')
    await page.getByText('Your token can only read').waitFor()
    expect(faults).toEqual([])
    await close()
  })
})

/** Last, since with two clouds the form asks for one. */
describe('with several clouds', () => {
  beforeAll(async () => {
    const aws = [
      '--provider',
      'aws',
      '--region',
      'eu-west-1',
      '--account-id',
      '111122223333',
      '--node-role',
      'ray-nodes',
    ]
    await cliJson(['cloud', 'create', '-n', 'prod', ...aws], access)
  })

  test('the form asks for one and parses the reference for it; granted or not, with its policy', async () => {
    const { page, goto, faults, close } = await open()
    await goto('/cluster-environments/new')
    await box(page, 'Name').fill('on-aws')
    await box(page, 'Docker image').fill('example.jfrog.io/team/ray:1')
    await box(page, 'Ray version').fill('2.9.0')
    await box(page, 'Registry login secret').fill('team/login')
    await button(page, 'Create environment').click()
    await page.getByText('Choose the cloud.').waitFor()
    await page.getByLabel('Cloud').selectOption({ label: 'prod, AWS, eu-west-1' })
    const said = meaning(page, 'secret reference')
    await said.getByText('111122223333, the account of the nodes').waitFor()
    await said.getByText('the nodes, as their role ray-nodes').waitFor()
    await said.getByText(/Not granted/).waitFor()
    const grant = button(page, 'Allow it for images from example.jfrog.io')
    await grant.waitFor()
    await said.getByText('The policy that lets the nodes read it').click()
    await said.getByText('arn:aws:secretsmanager:eu-west-1:111122223333:secret:team/login-??????').waitFor()
    await said.getByRole('button', { name: 'Copy policy of the role' }).click()
    const copied = JSON.parse(await clipboardText(page)) as { Version: string }
    expect(copied.Version).toBe('2012-10-17')
    await expectAccessibleInBothSchemes(page, 'new-environment-aws')

    await button(page, 'Create environment').click()
    await page.getByText(/No grant of this cloud covers the secret reference.*Ask an admin/).waitFor()
    const arn = 'arn:aws:secretsmanager:us-east-1:999999999999:secret:team/login-AbCdEf'
    await box(page, 'Registry login secret').fill(arn)
    await said.getByText('999999999999, not the account of the nodes').waitFor()
    await said.getByText('us-east-1, not the region of the nodes').waitFor()
    await box(page, 'Registry login secret').fill('team/login')
    await grant.click()
    await said.getByText('Granted: this secret is allowed for images from example.jfrog.io.').waitFor()
    expect(await box(page, 'Name').inputValue()).toBe('on-aws')
    await button(page, 'Create environment').click()
    await page.getByText('Registered, not checked yet: no node is online').waitFor()
    await page.getByText('Its machines join without a token').waitFor()
    expect(await page.getByText('fairlead node join-token').count()).toBe(0)
    expect(await page.getByRole('link', { name: 'How a machine joins' }).getAttribute('href')).toMatch(/#join$/)
    await expectAccessibleInBothSchemes(page, 'build-waiting')
    await page.getByRole('link', { name: 'on-aws', exact: true }).click()
    await page.getByRole('heading', { name: 'Policy for the nodes' }).waitFor()
    await page.getByText(/secret:team\/login-\?{6}/).waitFor()
    await page.getByLabel(/KMS key/).check()
    await page
      .getByText(/kms:Decrypt/)
      .first()
      .waitFor()
    await goto('/cluster-environments')
    await page.getByRole('columnheader', { name: 'Cloud' }).waitFor()
    expect(await page.getByRole('row', { name: /on-aws/ }).textContent()).toContain('prod')
    // The browser logs each unsuccessful response: the one without a grant.
    expect(faults.filter((fault) => !fault.includes('403'))).toEqual([])
    await close()
  })

  test('a developer is shown what an admin would type', async () => {
    const made = ['token', 'create', '-n', 'dev', '--role', 'developer']
    const { token } = await cliJson<{ token: string }>(made, access)
    const { page, goto, faults, close } = await open({ token })
    await goto('/cluster-environments/new')
    await page.getByLabel('Cloud').selectOption({ label: 'prod, AWS, eu-west-1' })
    await box(page, 'Docker image').fill('example.jfrog.io/team/ray:1')
    await box(page, 'Registry login secret').fill('team/other')
    const said = meaning(page, 'secret reference')
    await said.getByText('An admin can add it').waitFor()
    await said.getByText('fairlead cloud grant team/other --registry example.jfrog.io --cloud-name prod').waitFor()
    expect(await page.getByRole('button', { name: /^Grant/ }).count()).toBe(0)
    expect(faults).toEqual([])
    await close()
  })
})
