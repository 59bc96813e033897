/** Where the built web console is: beside the installed program, or where its build leaves it in the repository. Null where it was not built, and in the one file, which is for nodes. */
import { existsSync } from 'node:fs'
import { isSea } from 'node:sea'
import { fileURLToPath } from 'node:url'

const places = ['./console/', '../../../../console/dist/']

export function consoleFolder(base?: string): string | null {
  // Its parts are no files.
  if (isSea()) return null
  const folders = places.map((place) => fileURLToPath(new URL(place, base ?? import.meta.url)))
  return folders.find((folder) => existsSync(`${folder}index.html`)) ?? null
}
