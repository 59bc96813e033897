/** Every relative link in a page leads to a file of the repository. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../setup/machine.mjs'

const pages = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)))

const links = pages.flatMap((page) =>
  Array.from(
    readFileSync(join(root, page), 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g),
    ([, target = '']) => ({
      page,
      target,
    }),
  ),
)

test('links lead to files that exist', () => {
  expect(links.length).toBeGreaterThan(100)
  const broken = links.filter(({ page, target }) => !existsSync(join(root, dirname(page), target)))
  expect(broken.map(({ page, target }) => `${page}: ${target}`)).toEqual([])
})
