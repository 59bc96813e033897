/** The page's own code draws the picture of README and docs. `npx vitest run --project unit picture-files -u` redraws it. */
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { CredentialPathDrawing } from './credential-path-drawing.tsx'
import { credentialPath } from './credential-path.ts'
import { example } from './example.ts'
import { fileFonts, fileInks } from './inks.ts'
import { layout } from './layout.ts'

test.each(['light', 'dark'] as const)(
  'the %s picture in the docs is the one that the console draws',
  async (scheme) => {
    const path = credentialPath(example)
    const svg = renderToStaticMarkup(
      createElement(CredentialPathDrawing, {
        drawing: layout(path),
        inks: fileInks[scheme],
        fonts: fileFonts,
        title: 'The path of a registry credential',
        description: path.sentence,
        id: 'credential-path',
      }),
    )
    await expect(`${svg.replaceAll('><', '>\n<')}\n`).toMatchFileSnapshot(
      `../../../../docs/images/credential-path-${scheme}.svg`,
    )
  },
)
