/** The index of decisions lists each page by its title. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../setup/machine.mjs'

test('docs/adr/README.md lists every decision with its title', () => {
  const folder = join(root, 'docs', 'adr')
  const index = readFileSync(join(folder, 'README.md'), 'utf8')
  const pages = readdirSync(folder).filter((name) => /^\d{4}-.*\.md$/.test(name))
  expect(pages.length).toBeGreaterThan(40)
  const missing = pages.filter((name) => {
    const [title = ''] = readFileSync(join(folder, name), 'utf8').split('\n')
    return !index.includes(`- [${title.replace('# ', '')}](${name})`)
  })
  expect(missing).toEqual([])
})
