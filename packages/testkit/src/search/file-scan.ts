/** Searches a file, or every file below a folder, for a secret: databases and their journals, logs, and everything else. */
import { createReadStream } from 'node:fs'
import { lstat, readdir, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { FormFinder, type Finding } from './secret-scan/find-forms.ts'
import type { SecretForm } from './secret-scan/secret-forms.ts'

export interface FileScan {
  findings: Finding[]
  filesRead: number
  bytesRead: number
  /** Gone before it could be searched; an error, unless the scan is of what lives. */
  filesGone: number
}

/** Does not follow links. `live`: of programs that run, and remove files meanwhile; `except`: files that are left out, by their path. */
export async function scanFiles(
  place: string,
  forms: readonly SecretForm[],
  { live = false, except }: { live?: boolean; except?: RegExp } = {},
): Promise<FileScan> {
  const scan: FileScan = { findings: [], filesRead: 0, bytesRead: 0, filesGone: 0 }
  for (const path of await filesOf(place)) {
    if (except?.test(path)) continue
    const finder = new FormFinder(forms)
    try {
      for await (const piece of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
        finder.push(piece as Buffer)
        scan.bytesRead += (piece as Buffer).length
      }
    } catch (error) {
      if (live && (error as NodeJS.ErrnoException).code === 'ENOENT') {
        scan.filesGone++
        continue
      }
      if (await isNamespace(path)) continue
      throw error
    }
    scan.filesRead++
    scan.findings.push(...[...finder.found].map((form) => ({ place: path, form })))
  }
  return scan
}

async function filesOf(place: string): Promise<string[]> {
  if ((await lstat(place)).isFile()) return [place]
  const entries = await readdir(place, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

/** A kernel namespace kept by name looks like a file, and has no bytes: engines have some in `/run`. */
async function isNamespace(path: string): Promise<boolean> {
  return (await statfs(path)).type === 0x6e73_6673
}
