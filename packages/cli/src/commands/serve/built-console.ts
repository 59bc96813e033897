/** The built web console: in the one file, beside the installed program, or where its build leaves it in the repository. Null where it was not built. */
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
