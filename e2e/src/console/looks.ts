/** How a page is viewed: in both schemes, wide and narrow. */
import type { Page } from 'playwright-core'
import { expectAccessible, type Scheme } from './browser.ts'
import { changeScheme } from './page-state.ts'
import { takePicture } from './pictures.ts'

export const schemes: readonly Scheme[] = ['light', 'dark']

export const wide = 1280
export const narrow = 390

/** Pictures are wide, in both schemes. */
const isFull = process.env['FAIRLEAD_CONSOLE_MATRIX'] === 'full' || process.env['FAIRLEAD_PICTURES'] === '1'

/** Each scheme and each width once; FAIRLEAD_CONSOLE_MATRIX=full: each scheme at each width. */
export const looks: readonly { readonly scheme: Scheme; readonly width: number }[] = isFull
  ? schemes.flatMap((scheme) => [wide, narrow].map((width) => ({ scheme, width })))
  : [
      { scheme: 'light', width: wide },
      { scheme: 'dark', width: narrow },
    ]

/** The current page in each scheme in turn; takes a picture if it has a name for one. */
export async function expectAccessibleInBothSchemes(page: Page, picture?: string): Promise<void> {
  for (const scheme of schemes) {
    await changeScheme(page, scheme)
    await expectAccessible(page, { colours: scheme !== schemes[0] })
    if (picture !== undefined) await takePicture(page, picture, scheme)
  }
}
