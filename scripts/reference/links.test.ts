/** Every relative link in a page points to a file of the repository. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { repositoryTexts } from '../rules/repository-texts.ts'
import { root } from '../setup/machine.mjs'

const links = repositoryTexts()
  .filter(({ path }) => path.endsWith('.md'))
  .flatMap(({ path: page, text }) =>
    Array.from(text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g), ([, target = '']) => ({ page, target })),
  )

test('links point to files that exist', () => {
  expect(links.length).toBeGreaterThan(100)
  const broken = links.filter(({ page, target }) => !existsSync(join(root, dirname(page), target)))
  expect(broken.map(({ page, target }) => `${page}: ${target}`)).toEqual([])
})
