/** The state of a page beyond its text. Code for the browser is text here, since Node's types have no document. */
import type { Locator, Page } from 'playwright-core'
import type { Scheme } from './browser.ts'

export async function isFocused(page: Page, place: Locator): Promise<boolean> {
  return (await place.and(page.locator(':focus')).count()) === 1
}

/** Larger than the window if the page can be scrolled sideways. */
export function contentWidth(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth')
}

/** How many pixels of a part of the page are reached only by scrolling it sideways. */
export function hiddenAtTheRight(page: Page, selector: string): Promise<number> {
  const part = `document.querySelector(${JSON.stringify(selector)})`
  return page.evaluate<number>(`${part}.scrollWidth - ${part}.clientWidth`)
}

export function contentHeight(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollHeight')
}

/** Everything that the browser keeps of the page: storage, address and history. */
export function keptByBrowser(page: Page): Promise<string> {
  return page.evaluate<string>('JSON.stringify([localStorage, sessionStorage, location.href, history.state])')
}

export function clipboardText(page: Page): Promise<string> {
  return page.evaluate<string>('navigator.clipboard.readText()')
}

/** Pastes over the current text, with the clipboard and the keyboard. */
export async function paste(page: Page, place: Locator, text: string): Promise<void> {
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`)
  await place.focus()
  await page.keyboard.press('Control+A')
  await page.keyboard.press('Control+V')
}

/** As the reader's machine changes it. */
export async function changeScheme(page: Page, scheme: Scheme): Promise<void> {
  await page.emulateMedia({ colorScheme: scheme })
  await page.locator(`html[data-mantine-color-scheme="${scheme}"]`).waitFor()
}

/** Text wider than its place in the drawing of a pull, with this browser's fonts. */
export function wideTexts(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`[...document.querySelectorAll('figure svg text')]
    .filter((text) => text.getComputedTextLength() > Number(text.dataset.room) + 0.5)
    .map((text) => text.textContent)`)
}
