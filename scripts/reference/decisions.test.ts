/** The index of decisions lists each page by its title. */
import { globSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { textOf } from '../rules/repository-texts.ts'
import { root } from '../setup/machine.mjs'

test('docs/adr/README.md lists every decision with its title', () => {
  const index = textOf('docs/adr/README.md')
  const pages = globSync('docs/adr/[0-9]*.md', { cwd: root })
  expect(pages.length).toBeGreaterThan(40)
  const missing = pages.filter((path) => {
    const [title = ''] = textOf(path).split('\n')
    return !index.includes(`- [${title.replace('# ', '')}](${basename(path)})`)
  })
  expect(missing).toEqual([])
})
