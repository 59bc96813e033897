/** A real browser on the console. It records everything that a page must not do: log errors, break its policy, or contact another host. */
import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { newFolder, type Machine } from '@fairlead/testkit'
import { chromium, firefox, type Browser, type Page } from 'playwright-core'

export type Scheme = 'light' | 'dark'

/** `--no-sandbox`: the tests run as root. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--hide-scrollbars',
  '--font-render-hinting=none',
]

/** Chromium without a window: the same pages for half of the processor time. */
const program = '/usr/bin/chromium-headless-shell'

/** On a test network's machine, other tests' changes to this host's network do not reach it: chromium drops its loads at any change there. */
export async function openBrowser(machine?: Pick<Machine, 'netns'>): Promise<Browser> {
  if (machine === undefined) return chromium.launch({ executablePath: program, args: flags })
  const onMachine = `${newFolder('browser')}/chromium`
  const inside = `nsenter --net=${machine.netns}`
  // A new network's addresses are tentative for a second; the end of that second counts as a change.
  const settled = `for i in $(seq 50); do ${inside} ip -6 addr show tentative | grep -q inet6 || break; sleep 0.1; done`
  await writeFile(onMachine, `#!/bin/sh\n${settled}\nexec ${inside} ${program} "$@"\n`, { mode: 0o755 })
  return chromium.launch({ executablePath: onMachine, args: flags })
}

/** The one command that Playwright sends to every context and this Firefox does not know: what its user prefers. Its settings say that instead. */
const unknownToFirefox = 'emulation.setMediaFeaturesOverride'

interface InProcess {
  readonly _connection: { toImpl(browser: Browser): { readonly _browserSession: BidiSession } }
}
interface BidiSession {
  send(method: string, params: unknown): Promise<unknown>
}

/** Debian's Firefox, over WebDriver BiDi. Its user prefers light, and less motion. */
export async function openFirefox(): Promise<Browser> {
  const browser = await firefox.launch({
    channel: 'moz-firefox',
    executablePath: '/usr/bin/firefox-esr',
    firefoxUserPrefs: { 'ui.systemUsesDarkTheme': 0, 'ui.prefersReducedMotion': 1 },
  })
  const session = (firefox as unknown as InProcess)._connection.toImpl(browser)._browserSession
  const send = session.send.bind(session)
  session.send = async (method, params) => (method === unknownToFirefox ? {} : send(method, params))
  return browser
}

export interface ConsolePage {
  readonly page: Page
  /** Goes to an address of the console in this tab. */
  readonly goto: (path: string) => Promise<void>
  /** Another, empty tab of the same browser. */
  readonly newTab: () => Promise<Page>
  /** Errors in the browser's console, policy violations, and requests to other hosts, so far. */
  readonly faults: readonly string[]
  readonly close: () => Promise<void>
}

export interface ConsoleOptions {
  readonly origin: string
  /** Absent: signed out. */
  readonly token?: string
  readonly scheme?: Scheme
  readonly width?: number
  readonly height?: number
}

export async function openConsole(browser: Browser, options: ConsoleOptions): Promise<ConsolePage> {
  const { origin, token, scheme = 'light', width = 1280, height = 900 } = options
  const context = await browser.newContext({
    // No browser knows the control plane's own CA.
    ignoreHTTPSErrors: true,
    viewport: { width, height },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    // Firefox knows no such permissions.
    ...(isChromium(browser) && { permissions: ['clipboard-read', 'clipboard-write'] }),
  })
  const faults: string[] = []
  const newTab = async () => {
    const tab = await context.newPage()
    noteFaults(tab, origin, faults)
    await slowDown(tab)
    return tab
  }
  const page = await newTab()
  if (token !== undefined) {
    await page.addInitScript((kept) => sessionStorage.setItem('fairlead.token', kept), token)
  }
  return {
    page,
    newTab,
    faults,
    async goto(path) {
      await page.goto(`${origin}${path}`)
    },
    close: () => context.close(),
  }
}

const isChromium = (browser: Browser | null): boolean => browser?.browserType().name() === 'chromium'

/** FAIRLEAD_CONSOLE_SLOWER=8: slows the browser's CPU by this factor, as on a busy machine. */
async function slowDown(tab: Page): Promise<void> {
  const rate = Number(process.env['FAIRLEAD_CONSOLE_SLOWER'] ?? 1)
  if (rate === 1 || !isChromium(tab.context().browser())) return
  const session = await tab.context().newCDPSession(tab)
  await session.send('Emulation.setCPUThrottlingRate', { rate })
}

function noteFaults(page: Page, origin: string, faults: string[]): void {
  page.on('console', (message) => {
    const isBad = message.type() === 'error' || message.type() === 'warning'
    // Other tests add and remove networks on this machine, and the browser notices; whatever it drops then is requested again.
    if (isBad && !message.text().includes('ERR_NETWORK_CHANGED')) faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) faults.push(`asks ${request.url()}`)
  })
}

const axeSource = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Violation {
  readonly id: string
  readonly help: string
  readonly nodes: readonly {
    readonly target: readonly unknown[]
    readonly html: string
    readonly failureSummary?: string
  }[]
}

/** The rules of axe that a change of the colours can break. */
const aboutColours = ['color-contrast', 'link-in-text-block']

/** Fails with each axe rule that the current page breaks, where, and why. `colours`: only what another colour scheme can break. */
export async function expectAccessible(page: Page, { colours = false } = {}): Promise<void> {
  // Its heading is hidden when something covers the page.
  await page.locator('h1').first().waitFor({ state: 'attached' })
  // Through the debugger, since the page's own policy runs no script from elsewhere. Reading it takes longer than running it.
  if (!(await page.evaluate<boolean>('"axe" in globalThis'))) await page.evaluate(await axeSource)
  const { violations } = await page.evaluate<{ violations: readonly Violation[] }>(
    `axe.run(${JSON.stringify({ resultTypes: ['violations'], ...(colours && { runOnly: aboutColours }) })})`,
  )
  const told = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, html, failureSummary = '' }) => {
      const why = failureSummary.replaceAll(/\s*\n\s*/g, ' ')
      return `${id} (${help}) at ${String(target)}, ${html}: ${why}`
    }),
  )
  if (told.length > 0) throw new Error(`axe finds on ${new URL(page.url()).pathname}:\n${told.join('\n')}`)
}
