/** Bundles programs into one folder: shared code, and code that a start may not need, stays in separate files. */
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { rolldown, type RolldownBuild } from 'rolldown'
import { leanUndici } from './lean-undici.ts'
import { plainBuiltins } from './plain-builtins.ts'
import { replaceEntries } from './replace-folder.ts'
import { defineCommit } from './sources.ts'

/** Each program's name with its entry file. `more` writes the files next to them. Returns the programs' paths. */
export async function bundle(
  programs: Readonly<Record<string, string>>,
  folder: string,
  more: (folder: string) => Promise<void> = async () => {},
): Promise<readonly string[]> {
  const names = Object.keys(programs).map((name) => `${name}.mjs`)
  await replaceEntries(folder, async (fresh) => {
    await using bundled = await openBundle(programs)
    await bundled.write({
      dir: fresh,
      format: 'esm',
      minify: true,
      entryFileNames: '[name].mjs',
      chunkFileNames: 'parts/[name]-[hash].mjs',
    })
    for (const name of names) await chmod(join(fresh, name), 0o755)
    await more(fresh)
  })
  return names.map((name) => join(folder, name))
}

/** Each program's name with its entry file. */
export const openBundle = (programs: Readonly<Record<string, string>>): Promise<RolldownBuild> =>
  rolldown({
    input: { ...programs },
    platform: 'node',
    plugins: [leanUndici, plainBuiltins],
    transform: defineCommit(),
  })
