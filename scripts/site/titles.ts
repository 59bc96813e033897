/** The titles of the pages that `npm run docs` wrote, for the sidebar. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { titleOf } from './markdown.ts'

/** The titles of the pages in a folder that `npm run docs` wrote. */
export function titlesOfPages(folder: string): ReadonlyMap<string, string> {
  const files = globSync('**/*.md', { cwd: folder })
  return new Map(
    files.map((file) => [file.replace(/\.md$/, ''), titleOf(readFileSync(join(folder, file), 'utf8')) ?? file]),
  )
}
