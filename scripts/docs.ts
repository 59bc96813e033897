/**
 * `npm run docs`: writes the pages of the documentation site to site/dist/pages, and builds the site from them to dist/docs. VitePress is
 * installed on its own, into site/node_modules, so that nobody else has to wait for it. A dead link fails the build.
 * `-- --serve` serves the site on loopback and follows changes of its pages.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { inRepository } from './building/programs.ts'
import { installNpmPackages, npmIsNeeded, siteFolder } from './setup/npm-packages.mjs'
import { deadLinks, sitePages } from './site/pages.ts'

const folder = inRepository('site/dist/pages')

function run(command: string, args: readonly string[]): void {
  const { status } = spawnSync(command, args, { cwd: siteFolder, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

const pages = sitePages()
const dead = deadLinks(pages)
if (dead.length > 0) {
  console.error(`These links lead nowhere:\n${dead.join('\n')}`)
  process.exit(1)
}
rmSync(folder, { recursive: true, force: true })
for (const { path, text } of pages) {
  const file = join(folder, `${path}.md`)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
for (const pictures of ['images', 'console'])
  cpSync(inRepository(`docs/${pictures}`), join(folder, pictures), { recursive: true })
if (npmIsNeeded(siteFolder)) await installNpmPackages(siteFolder)
const isServed = process.argv.includes('--serve')
run(process.execPath, [join(siteFolder, 'node_modules/vitepress/bin/vitepress.js'), isServed ? 'dev' : 'build', '.'])
if (!isServed) console.log('\nThe site is in dist/docs. To read it here: npm run docs -- --serve')
