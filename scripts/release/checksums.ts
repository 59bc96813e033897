/** `SHA256SUMS`, in the format of `sha256sum --check`: every file of the release, by name. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Release } from './release.ts'

const name = 'SHA256SUMS'

/** Returns its text. */
export async function writeChecksums({ folder }: Pick<Release, 'folder'>): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile() && entry.name !== name && !entry.name.endsWith('.sha256'))
    .map((entry) => entry.name)
  const lines = []
  for (const file of files.sort()) lines.push(`${await sha256(join(folder, file))}  ${file}\n`)
  await writeFile(join(folder, name), lines.join(''))
  return lines.join('')
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}
