/** What a page is like beyond its text. What runs in the browser is text here, since the types of Node know no document. */
import type { Locator, Page } from 'playwright-core'
import type { Scheme } from './browser.ts'

export async function isFocused(page: Page, place: Locator): Promise<boolean> {
  return (await place.and(page.locator(':focus')).count()) === 1
}

/** More than the window where the page can be scrolled sideways. */
export function contentWidth(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth')
}

export function contentHeight(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollHeight')
}

/** All that the browser keeps of the page: what is stored, its address, and its history. */
export function keptByBrowser(page: Page): Promise<string> {
  return page.evaluate<string>('JSON.stringify([localStorage, sessionStorage, location.href, history.state])')
}

export function clipboardText(page: Page): Promise<string> {
  return page.evaluate<string>('navigator.clipboard.readText()')
}

/** As somebody pastes over what is there: by the clipboard and the keys. */
export async function paste(page: Page, place: Locator, text: string): Promise<void> {
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`)
  await place.focus()
  await page.keyboard.press('Control+A')
  await page.keyboard.press('Control+V')
}

/** As the machine of a reader changes it. */
export async function changeScheme(page: Page, scheme: Scheme): Promise<void> {
  await page.emulateMedia({ colorScheme: scheme })
  await page.locator(`html[data-mantine-color-scheme="${scheme}"]`).waitFor()
}
