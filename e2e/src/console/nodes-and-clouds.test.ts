/** Nodes, clouds, tokens and the audit in a real browser, against a real control plane and machines that join with what the pages show. */
import { cliJson, eventually, fairleadProgram, newFolder, type FairleadAccess, type Service } from '@fairlead/testkit'
import type { ApiToken, Cloud, ClusterEnvironment, Node } from '@fairlead/contract/wire'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startOneNodeSystem, type OneNodeSystem } from '../one-node-system.ts'
import { expectAccessible, openBrowser, openConsole, type ConsoleOptions, type ConsolePage } from './browser.ts'
import { looks, wide } from './looks.ts'
import { contentWidth, paste } from './page-state.ts'
import { takePicture } from './pictures.ts'

const pat = 'ghp_0123456789abcdefghijABCDEFGHIJ456789'

let system: OneNodeSystem
let browser: Browser
let access: FairleadAccess & { host: string; token: string }
let lab: Cloud
let second: Service | undefined

beforeAll(async () => {
  system = await startOneNodeSystem()
  browser = await openBrowser(await system.network.machine('desk'))
  access = { host: system.serve.origin, token: system.serve.adminToken, caFile: system.serve.caFile }
  lab = await cloudNamed('lab')
  await system.build('trainer', { docker_image: await system.push('team/trainer') })
  await system.fairlead('cluster', 'start', '-n', 'training', '--env', 'trainer')
})
afterAll(async () => {
  await second?.stop()
  await browser.close()
  await system[Symbol.asyncDispose]()
})

function open(options: Partial<ConsoleOptions> = {}): Promise<ConsolePage> {
  return openConsole(browser, { origin: access.host, token: access.token, ...options })
}

const listed = async <Item extends { name: string }>(name: string, ...command: string[]): Promise<Item> => {
  const { results } = await cliJson<{ results: Item[] }>(command, access)
  const found = results.find((item) => item.name === name)
  if (found === undefined) throw new Error(`no ${name} in fairlead ${command.join(' ')}`)
  return found
}
const cloudNamed = (name: string) => listed<Cloud>(name, 'cloud', 'list')
const nodeNamed = (name: string) => listed<Node>(name, 'node', 'list')

/** By its accessible name. */
const box = (page: Page, name: string): Locator => page.getByRole('textbox', { name, exact: true })
const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true })
const dialog = (page: Page): Locator => page.getByRole('dialog')
const row = (page: Page, name: string): Locator => page.getByRole('row').filter({ hasText: name })
const textOf = async (page: Page, label: string): Promise<string> =>
  (await page.getByLabel(label, { exact: true }).textContent()) ?? ''

/** Waits until no request is pending. */
async function untilWhole(page: Page): Promise<void> {
  await expect.poll(() => page.locator('[aria-busy="true"], .mantine-Skeleton-root').count()).toBe(0)
  await expect.poll(() => page.getByText('…', { exact: true }).count()).toBe(0)
}

/** Waits until a dialog is still: while it fades in, its colours are not final. */
async function untilOpen(page: Page): Promise<void> {
  await dialog(page).getByRole('button').first().waitFor()
  await dialog(page).evaluate(
    '(element) => Promise.all(element.getAnimations({ subtree: true }).map(({ finished }) => finished))',
  )
}

describe('a machine joins with what the page of its cloud shows', () => {
  test('the command and token on the page make it a node, which the page then counts without a reload', async () => {
    const { page, goto, faults, close } = await open()
    await goto(`/clouds/${lab.id}`)
    await page.getByText('1online').waitFor()
    await page.getByLabel('Use it for build checks only').check()
    await button(page, 'Create a join token').click()
    await page.getByText(/good for 1[45]:\d\d min/).waitFor()
    const token = await textOf(page, 'join token')
    const [program, ...args] = (await textOf(page, 'command that joins')).split(' ')
    expect(program).toBe('fairlead')

    const machine = await system.network.machine('second')
    const joined = await machine.exec(process.execPath, [fairleadProgram, ...args], { input: `${token}\n` })
    expect(joined).toMatchObject({ status: 0 })
    second = machine.spawn(process.execPath, [
      fairleadProgram,
      ...(await textOf(page, 'command that runs the agent')).split(' ').slice(1),
    ])
    await page.getByText('2online').waitFor({ timeout: 30_000 })
    expect(faults).toEqual([])

    await button(page, 'Hide it').click()
    await button(page, 'Create a join token').waitFor()
    expect(await page.content()).not.toContain(token)
    await close()
  })

  test('its page says that it is a checker, and that a token admitted it', async () => {
    const { page, goto, faults, close } = await open()
    await goto('/nodes')
    await page.getByRole('link', { name: 'second' }).click()
    await page.getByText('used once. No cloud vouches').waitFor()
    await page.getByText('none: it only checks builds').waitFor()
    expect(faults).toEqual([])
    await close()
  })
})

describe('nodes', () => {
  test('the list says what each is and does, and can be narrowed to a cloud', async () => {
    const prod = await cliJson<Cloud>(['cloud', 'create', '-n', 'empty', '--provider', 'local'], access)
    const { page, goto, faults, close } = await open()
    await goto('/nodes')
    const one = row(page, 'CPU').filter({ hasText: 'training' })
    await one.getByRole('link', { name: 'training' }).waitFor()
    await expect.poll(() => one.textContent()).toMatch(/online.*lab.*now.*CPU.*GB.*agent .*Docker /)
    // The row may say "now" twice: a node that has just joined says it of that moment, too.
    await expect.poll(() => one.getByTitle(/ UTC\), when this page asked last$/).textContent()).toBe('now')
    await page.getByLabel('Cloud', { exact: true }).selectOption('empty')
    await page.getByText('No nodes match').waitFor()
    expect(new URL(page.url()).searchParams.get('cloud_id')).toBe(prod.id)
    expect(faults).toEqual([])
    await close()
  })

  test('the page of a node shows its work, its machine and its pulls', async () => {
    const node = await nodeNamed('node')
    const { page, goto, faults, close } = await open()
    await goto(`/nodes/${node.id}`)
    await page.getByRole('link', { name: 'training' }).waitFor()
    await page.getByText('head of trainer:1').waitFor()
    const pulls = page.getByRole('table', { name: 'Newest pulls' })
    await pulls.getByText('team/trainer').first().waitFor()
    await page.getByRole('link', { name: 'All pulls of this node' }).click()
    await page.waitForURL(`**/pulls?node_id=${node.id}`)
    expect(faults).toEqual([])
    await close()
  })

  test('an unknown node is a problem with its code', async () => {
    const { page, goto, close } = await open()
    await goto('/nodes/node_00000000000000000000000000')
    await page.getByRole('link', { name: 'NODE_NOT_FOUND' }).waitFor()
    await close()
  })
})

describe('clouds', () => {
  test('one is created from the form, which reports mistakes live, and then shows how its machines join', async () => {
    const { page, goto, faults, close } = await open()
    await goto('/clouds')
    await page.getByRole('link', { name: 'Create a cloud' }).click()
    await box(page, 'Name').fill('lab')
    await page.getByText('A cloud of this name already exists.').waitFor()
    await box(page, 'Name').fill('prod')
    await button(page, 'Create the cloud').click()
    await page.getByText(/Enter the account of the nodes/).waitFor()
    await box(page, 'Account').fill('12')
    await page.getByText('Expected the 12 digits').waitFor()
    await box(page, 'Account').fill('111122223333')
    await page.getByLabel('Region').selectOption('eu-west-1')
    await box(page, 'Role of the nodes').fill('ray-nodes')
    await button(page, 'Create the cloud').click()

    await page.getByRole('heading', { name: 'prod' }).waitFor()
    const { command } = await cliJson<{ command: string }>(['node', 'join-token', '--cloud-name', 'prod'], access)
    expect(command).toMatch(/ --cloud prod --ca-sha256 [0-9a-f]{64}$/)
    expect(await textOf(page, 'command that joins')).toBe(command)
    expect(await cloudNamed('prod')).toMatchObject({
      provider: 'aws',
      region: 'eu-west-1',
      account_id: '111122223333',
      node_role: 'ray-nodes',
      join: 'proof',
      allow_any_secret: false,
    })
    expect(faults).toEqual([])
    await close()
  })

  test('a secret is granted for its registry only, and the grant is withdrawn after a question', async () => {
    const { id } = await cloudNamed('prod')
    const { page, goto, faults, close } = await open()
    await goto(`/clouds/${id}`)
    await box(page, 'Grant a secret').fill('team/registry-login')
    await page.getByText('111122223333, the account of the nodes').waitFor()
    await box(page, 'Only for images of').fill('https://registry.example.com')
    await page.getByText('Enter host[:port]').waitFor()
    expect(await button(page, 'Allow this secret').isDisabled()).toBe(true)
    await box(page, 'Only for images of').fill('registry.example.com')
    await button(page, 'Allow this secret').click()
    const granted = page.getByRole('table', { name: 'Granted secrets' })
    await granted.getByText('registry.example.com').waitFor()

    await box(page, 'Grant a secret').fill('shared/')
    await page.getByText('every secret whose name starts with shared/').waitFor()
    await button(page, 'Allow this secret').click()
    await granted.getByText('all that start with').waitFor()
    await button(page, 'Remove the grant of shared/').click()
    await button(page, 'Remove it').click()
    await granted.getByText('all that start with').waitFor({ state: 'detached' })
    expect(faults).toEqual([])
    await close()
  })

  test('a password in place of a reference is rejected before a byte is sent, and is not even shown', async () => {
    const { id } = await cloudNamed('prod')
    const { page, goto, close } = await open()
    const sent: string[] = []
    page.on('request', (request) => {
      if (request.method() !== 'GET') sent.push(request.url())
    })
    await goto(`/clouds/${id}`)
    const field = box(page, 'Grant a secret')
    await paste(page, field, pat)
    await page.getByText(/looks like a secret/i).waitFor()
    expect(await field.inputValue()).toBe('')
    await field.fill(pat)
    await field.press('Enter')
    await page.getByText(/looks like a secret/i).waitFor()
    expect(await button(page, 'Allow this secret').isDisabled()).toBe(true)
    expect(sent).toEqual([])
    await close()
  })

  test('the policy of an environment is ready to paste: JSON on AWS, commands on Google Cloud', async () => {
    const gcp = ['--provider', 'gcp', '--project-id', 'my-project', '--join', 'token']
    await cliJson(['cloud', 'create', '-n', 'gcp', ...gcp], access)
    await cliJson(['cloud', 'grant', 'login', '--cloud-name', 'gcp'], access)
    for (const [cloud, secret] of [
      ['prod', 'team/registry-login'],
      ['gcp', 'login'],
    ] as const) {
      await register(`on-${cloud}`, cloud, secret)
    }
    const { page, goto, faults, close } = await open()
    await goto(`/clouds/${(await cloudNamed('prod')).id}`)
    const role = await page.getByLabel('policy of the role', { exact: true }).textContent()
    expect(JSON.parse(role ?? '')).toMatchObject({
      Statement: [
        {
          Action: 'secretsmanager:GetSecretValue',
          Resource: ['arn:aws:secretsmanager:eu-west-1:111122223333:secret:team/registry-login-??????'],
        },
      ],
    })
    await goto(`/clouds/${(await cloudNamed('gcp')).id}`)
    expect(await page.getByLabel('commands', { exact: true }).textContent()).toMatch(
      /^gcloud secrets add-iam-policy-binding login --project=my-project --member=serviceAccount:cld-.*secretAccessor$/,
    )
    expect(faults).toEqual([])
    await close()
  })

  test('one is edited and deleted; one in use stays, and the dialog says what uses it', async () => {
    await cliJson(['cloud', 'create', '-n', 'short', '--provider', 'aws', '--account-id', '1'.repeat(12)], access)
    const { page, goto, faults, close } = await open()
    await goto(`/clouds/${(await cloudNamed('short')).id}`)
    await page.getByRole('link', { name: 'Edit', exact: true }).click()
    await box(page, 'Name').fill('lab')
    await page.getByText('A cloud of this name already exists.').waitFor()
    await box(page, 'Name').fill('long')
    await page.getByLabel('Region').selectOption('eu-west-1')
    await button(page, 'Save').click()
    await page.getByRole('heading', { name: 'long', exact: true }).waitFor()
    expect(await cloudNamed('long')).toMatchObject({ region: 'eu-west-1', account_id: '1'.repeat(12) })
    expect(faults).toEqual([])
    await button(page, 'Delete').click()
    await button(page, 'Delete long').click()
    await page.getByRole('heading', { name: 'Clouds', level: 1 }).waitFor()
    await page.getByRole('link', { name: 'long', exact: true }).waitFor({ state: 'detached' })

    await goto(`/clouds/${lab.id}`)
    await button(page, 'Delete').click()
    await button(page, 'Delete lab').click()
    await dialog(page).getByText('CLOUD_IN_USE').waitFor()
    await close()
  })

  test('a recreated role is accepted after a question', async () => {
    const { page, goto, faults, close } = await open()
    await goto(`/clouds/${(await cloudNamed('prod')).id}`)
    await button(page, 'Accept the new role').click()
    await dialog(page).getByText('ray-nodes').waitFor()
    await button(page, 'Accept the next one').click()
    await dialog(page).waitFor({ state: 'detached' })
    expect(faults).toEqual([])
    await close()
  })
})

/** An environment whose check waits for a node that its cloud does not have. */
async function register(name: string, cloud: string, secret: string): Promise<ClusterEnvironment> {
  const file = join(newFolder('config'), 'env.yaml')
  const config = { docker_image: 'registry.example.com/team/trainer:1', ray_version: '2.55.1' }
  await writeFile(file, JSON.stringify({ ...config, registry_login_secret: secret }))
  await cliJson(['cluster-env', 'build', '-n', name, '--cloud-name', cloud, '--no-wait', file], access)
  return listed<ClusterEnvironment>(name, 'cluster-env', 'list')
}

describe('tokens', () => {
  test('a token limited to a cloud is created, used by another user, and revoked, which signs that user out', async () => {
    const { page, goto, faults, close } = await open()
    await goto('/tokens')
    await button(page, 'Create a token').click()
    await box(page, 'Name').fill('team-a')
    await page.getByLabel('developer').check()
    await page.getByLabel(/Only some/).check()
    await page.getByText('Choose at least one cloud.').waitFor()
    await page.getByRole('checkbox', { name: 'lab' }).check()
    await button(page, 'Create the token').click()
    const token = await textOf(page, 'token')
    expect(token).toMatch(/^flt_/)
    await page.keyboard.press('Escape')
    expect(await textOf(page, 'token')).toBe(token)
    await button(page, 'I have copied it').click()
    await row(page, 'team-a').getByText('lab').waitFor()
    expect(await page.content()).not.toContain(token)

    const other = await open({ token })
    await other.goto('/clouds')
    await row(other.page, 'lab').waitFor()
    expect(await other.page.getByRole('row').count()).toBe(2)
    expect(await other.page.getByRole('link', { name: 'Create a cloud' }).count()).toBe(0)
    expect(await other.page.getByRole('link', { name: 'API tokens' }).count()).toBe(0)
    await other.page.getByRole('button', { name: 'Signed in as team-a' }).click()
    await other.page.getByText('only in lab').waitFor()
    await other.goto('/audit')
    await other.page.getByText('This is for admins').waitFor()
    await other.goto(`/clouds/${(await cloudNamed('prod')).id}`)
    await other.page.getByText('CLOUD_NOT_FOUND').waitFor()

    await button(page, 'Revoke team-a').click()
    await dialog(page).getByRole('button', { name: 'Revoke team-a' }).click()
    await row(page, 'team-a').getByText('revoked').waitFor()
    await other.goto('/nodes')
    await other.page.getByText('The token was revoked').waitFor()
    expect(faults).toEqual([])
    await other.close()
    await close()
  })

  test('an admin limited to a cloud creates tokens for it only, and no clouds', async () => {
    const made = ['token', 'create', '-n', 'team-lead', '--role', 'admin', '--cloud-name', 'lab']
    const { token } = await cliJson<{ token: string }>(made, access)
    const { page, goto, faults, close } = await open({ token })
    await goto('/clouds')
    await row(page, 'lab').waitFor()
    expect(await page.getByRole('link', { name: 'Create a cloud' }).count()).toBe(0)
    await goto('/tokens')
    await button(page, 'Create a token').click()
    await page.getByRole('checkbox', { name: 'lab' }).check()
    expect(await page.getByRole('checkbox').count()).toBe(1)
    expect(await page.getByLabel(/All, including clouds/).count()).toBe(0)
    await box(page, 'Name').fill('by-lead')
    await button(page, 'Create the token').click()
    await button(page, 'I have copied it').click()
    await row(page, 'by-lead').getByText('lab').waitFor()
    expect(await page.getByText('first-admin').count()).toBe(0)
    expect(faults).toEqual([])
    await close()
  })

  test.each(['viewer', 'developer'])('a %s sees no admin-only actions', async (role) => {
    const { token } = await cliJson<ApiToken & { token: string }>(
      ['token', 'create', '-n', role, '--role', role],
      access,
    )
    const { page, goto, faults, close } = await open({ token })
    await goto(`/clouds/${lab.id}`)
    await page.getByText('Admins join machines here.').waitFor()
    await goto(`/clouds/${(await cloudNamed('prod')).id}`)
    await page.getByRole('table', { name: 'Granted secrets' }).getByText('team/registry-login').waitFor()
    await goto(`/nodes/${(await nodeNamed('node')).id}`)
    await page.getByText('head of trainer:1').waitFor()
    expect(await page.getByRole('button', { name: /Revoke|Grant|Remove|Make|Accept|Delete/ }).count()).toBe(0)
    expect(faults).toEqual([])
    await close()
  })
})

describe.each(looks)('how it looks ($scheme, $width px wide)', ({ scheme, width }) => {
  const looked: readonly (readonly [name: string, path: () => Promise<string>, shows: string])[] = [
    ['nodes', async () => '/nodes', 'training'],
    ['node', async () => `/nodes/${(await nodeNamed('node')).id}`, 'head of trainer:1'],
    ['clouds', async () => '/clouds', 'prod'],
    ['new-cloud', async () => '/clouds/new', 'By cloud identity (recommended)'],
    ['cloud', async () => `/clouds/${(await cloudNamed('prod')).id}`, 'secretsmanager:GetSecretValue'],
    ['cloud-local', async () => `/clouds/${lab.id}`, 'Create a join token'],
    ['tokens', async () => '/tokens', 'team-a'],
    ['audit', async () => '/audit', 'first-admin admin'],
  ]

  test.each(looked)('%s: no faults', async (name, path, shows) => {
    const { page, goto, faults, close } = await open({ scheme, width })
    await goto(await path())
    await page.getByText(shows).and(page.locator(':visible')).first().waitFor()
    await untilWhole(page)
    expect(await contentWidth(page)).toBe(width)
    await expectAccessible(page)
    if (width === wide) await takePicture(page, name, scheme)
    expect(faults).toEqual([])
    await close()
  })

  test('dialogs and what is shown once', async () => {
    const { page, goto, faults, close } = await open({ scheme, width })
    await goto(`/nodes/${(await nodeNamed('node')).id}`)
    await button(page, 'Revoke').click()
    await untilOpen(page)
    await dialog(page).getByText('NODE_REVOKED').waitFor()
    await expectAccessible(page)
    if (width === wide) await takePicture(page, 'revoke-node', scheme)
    await goto('/tokens')
    await button(page, 'Create a token').click()
    await untilOpen(page)
    await page.getByLabel(/Only some/).check()
    await expectAccessible(page)
    if (width === wide) await takePicture(page, 'new-token', scheme)
    await goto(`/clouds/${lab.id}`)
    await button(page, 'Create a join token').click()
    await page.getByText('Without a terminal').click()
    await expectAccessible(page)
    expect(await contentWidth(page)).toBe(width)
    expect(faults).toEqual([])
    await close()
  })
})

describe('the end of trust in a node', () => {
  test('cuts it off at once; its cluster says so, and the audit says who did it', async () => {
    const node = await nodeNamed('node')
    const { page, goto, faults, close } = await open()
    await goto(`/nodes/${node.id}`)
    await button(page, 'Revoke').click()
    await dialog(page)
      .getByText(/fails with NODE_REVOKED/)
      .waitFor()
    await dialog(page)
      .getByText(/keep running, even after the machine joins again/)
      .waitFor()
    await dialog(page).getByRole('button', { name: 'Revoke node' }).click()
    await page.getByText('This node was revoked').waitFor()
    expect(await button(page, 'Revoke').count()).toBe(0)
    await system.untilCluster('training', ({ problem }) => problem?.code === 'NODE_REVOKED')
    await eventually(async () => ((await nodeIsUp()) ? undefined : true), { what: 'its agent ends' })
    // As the dialog says.
    expect(await system.machine.mustExec('docker', ['ps', '-q'])).not.toBe('')

    await page.getByRole('link', { name: 'Audit' }).click()
    await page.getByLabel('What was done').selectOption('node.revoke')
    await expect.poll(() => row(page, 'revoked a node').textContent()).toMatch(/node.*lab.*done/)
    await page.getByLabel('What was done').selectOption('grant.add')
    await row(page, 'granted a secret').filter({ hasText: 'team/registry-login' }).waitFor()
    // A resource without a name, or whose name is gone, is described by its kind; its whole id is shown on hover.
    await page.getByLabel('What was done').selectOption('grant.remove')
    await row(page, 'removed a grant')
      .getByText(/^grant …/)
      .filter({ visible: true })
      .waitFor()
    await page.getByLabel('What was done').selectOption('join_token.create')
    await row(page, 'created a join token').getByTitle(/^jtk_/).filter({ visible: true }).first().waitFor()
    expect(
      await page
        .getByRole('table')
        .getByText(/[a-z]_[0-9a-z]{26}/)
        .count(),
    ).toBe(0)
    expect(faults).toEqual([])
    await close()
  })

  const nodeIsUp = async (): Promise<boolean> => {
    try {
      process.kill(system.agent.pid, 0)
      return true
    } catch {
      return false
    }
  }
})
