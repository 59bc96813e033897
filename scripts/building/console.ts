/** Builds the web console: the static files that `fairlead serve` serves. */
import { existsSync } from 'node:fs'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import { build } from 'vite'
import { inRepository } from './programs.ts'
import { replaceFolder } from './replace-folder.ts'

/** Where `fairlead serve` finds it when it runs from the sources. */
const consoleInRepository = inRepository('packages/console/dist')

/** Its sources: a build is stale if any of them is newer. */
const sources = [
  'package-lock.json',
  'packages/config-file/src',
  'packages/console/first-script.ts',
  'packages/console/index.html',
  'packages/console/lean-zod.ts',
  'packages/console/package.json',
  'packages/console/src',
  'packages/console/theme-variables.ts',
  'packages/console/vite.config.ts',
  'packages/contract/src',
  'packages/sdk/src',
  'scripts/building/console.ts',
]

/** Replaces `folder`. */
async function buildConsole(folder: string): Promise<void> {
  // React's production version, not the one for development, even when a test requests the build.
  process.env['NODE_ENV'] = 'production'
  await replaceFolder(folder, async (fresh) => {
    await build({
      root: inRepository('packages/console'),
      mode: 'production',
      logLevel: 'warn',
      build: { outDir: fresh, emptyOutDir: false },
    })
    await compressAll(fresh)
  })
}

/** What is text, once more as `NAME.br` and `NAME.gz`: that takes seconds, too long for the start of a server. */
async function compressAll(folder: string): Promise<void> {
  const files = (await readdir(folder, { recursive: true })).filter((name) => /\.(?:js|css|html|svg)$/.test(name))
  const compressed = files.map(async (name) => {
    const file = join(folder, name)
    const content = await readFile(file)
    await writeFile(`${file}.br`, await promisify(brotliCompress)(content))
    await writeFile(`${file}.gz`, await promisify(gzip)(content, { level: 9 }))
  })
  await Promise.all(compressed)
}

/** The folder with the console of these sources, built now unless it is up to date. */
export async function builtConsole(): Promise<string> {
  if (!(await consoleIsFresh(consoleInRepository))) await buildConsole(consoleInRepository)
  return consoleInRepository
}

/** Whether `folder` has a build that is newer than every source. */
async function consoleIsFresh(folder: string): Promise<boolean> {
  const page = join(folder, 'index.html')
  if (!existsSync(page)) return false
  const { mtimeMs } = await stat(page)
  return (await newestOf(sources.map(inRepository))) <= mtimeMs
}

/** The newest modification time of these. A folder's own time reflects removed files. */
async function newestOf(paths: readonly string[]): Promise<number> {
  const times = await Promise.all(
    paths.map(async (path) => {
      const found = await stat(path)
      if (!found.isDirectory()) return found.mtimeMs
      const inside = await readdir(path)
      return Math.max(found.mtimeMs, await newestOf(inside.map((name) => join(path, name))))
    }),
  )
  return Math.max(0, ...times)
}
