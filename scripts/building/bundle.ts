/** Bundles programs into one folder: what several need, and what a start may not need, stays in files of its own. */
import { chmod, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { leanUndici } from './lean-undici.ts'

/** Each program's name with the file that it begins with. Gives the programs' paths. */
export async function bundle(programs: Readonly<Record<string, string>>, folder: string): Promise<readonly string[]> {
  await rm(folder, { recursive: true, force: true })
  await using bundled = await rolldown({ input: { ...programs }, platform: 'node', plugins: [leanUndici] })
  await bundled.write({
    dir: folder,
    format: 'esm',
    minify: true,
    entryFileNames: '[name].mjs',
    chunkFileNames: 'parts/[name]-[hash].mjs',
  })
  const paths = Object.keys(programs).map((name) => join(folder, `${name}.mjs`))
  for (const path of paths) await chmod(path, 0o755)
  return paths
}
