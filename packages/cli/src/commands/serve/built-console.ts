/** The built web console: in the single file, next to the installed program, or in the repository's build output. Null if it was not built. */
import { existsSync } from 'node:fs'
import { getAssetKeys, getRawAsset, isSea } from 'node:sea'
import { fileURLToPath } from 'node:url'
import { consoleAssets } from '../../executable/console-assets.ts'

/** A folder, or files by their path. */
export type BuiltConsole = string | Map<string, Uint8Array<ArrayBuffer>>

export function builtConsole(): BuiltConsole | null {
  return isSea() ? filesInside() : folderBeside(import.meta.url)
}

function filesInside(): BuiltConsole | null {
  const names = getAssetKeys().filter((name) => name.startsWith(consoleAssets))
  if (names.length === 0) return null
  return new Map(names.map((name) => [name.slice(consoleAssets.length), new Uint8Array(getRawAsset(name))]))
}

/** `own` is where this code is: in its sources, or in `parts/` of the installed program. */
export function folderBeside(own: string): string | null {
  const place = own.endsWith('.ts') ? '../../../../console/dist/' : '../console/'
  const folder = fileURLToPath(new URL(place, own))
  return existsSync(`${folder}index.html`) ? folder : null
}
