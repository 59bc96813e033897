/** Builds the web console: the static files that `fairlead serve` hands out. */
import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'
import { inRepository } from './programs.ts'
import { replaceFolder } from './replace-folder.ts'

/** Where `fairlead serve` finds it when it runs from the sources. */
export const consoleInRepository = inRepository('packages/console/dist')

/** What it is made of: whatever is newer than a build makes that build old. */
const sources = [
  'package-lock.json',
  'packages/config-file/src',
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
export async function buildConsole(folder: string): Promise<void> {
  // React for people who use it, not for who writes it, also where a test asks for the build.
  process.env['NODE_ENV'] = 'production'
  await replaceFolder(folder, async (fresh) => {
    await build({
      root: inRepository('packages/console'),
      mode: 'production',
      logLevel: 'warn',
      build: { outDir: fresh, emptyOutDir: false },
    })
  })
}

/** Whether `folder` has a build that no source is newer than. */
export async function consoleIsFresh(folder: string): Promise<boolean> {
  const page = join(folder, 'index.html')
  if (!existsSync(page)) return false
  const { mtimeMs } = await stat(page)
  return (await newestOf(sources.map(inRepository))) <= mtimeMs
}

/** When the newest of these was changed. A folder's own time tells of files that were removed. */
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
