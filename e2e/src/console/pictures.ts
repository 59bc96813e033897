/** Pictures of pages for the docs: written only if FAIRLEAD_PICTURES=1 is set. */
import { writeFile } from 'node:fs/promises'
import { inRepository } from '@fairlead/testkit'
import type { Page } from 'playwright-core'
import type { Scheme } from './browser.ts'
import { contentHeight } from './page-state.ts'
import { palettePng } from './palette-png.ts'

const folder = inRepository('docs/console/')

/** `docs/console/NAME-SCHEME.png`, of the whole page. */
export async function takePicture(page: Page, name: string, scheme: Scheme): Promise<void> {
  if (process.env['FAIRLEAD_PICTURES'] !== '1') return
  const before = page.viewportSize() ?? { width: 1280, height: 900 }
  const height = await contentHeight(page)
  // As high as the page, so that sticky elements are where they belong.
  await page.setViewportSize({ width: before.width, height })
  const picture = await page.screenshot({ animations: 'disabled' })
  await writeFile(`${folder}${name}-${scheme}.png`, palettePng(picture))
  await page.setViewportSize(before)
}
