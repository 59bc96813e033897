/** Where the built web console is: beside the installed program, or where its build leaves it in the repository. Null where it was not built. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const places = ['./console/', '../../../../console/dist/']

export function consoleFolder(base: string = import.meta.url): string | null {
  const folders = places.map((place) => fileURLToPath(new URL(place, base)))
  return folders.find((folder) => existsSync(`${folder}index.html`)) ?? null
}
