/** Searches every file below a folder for a secret: databases and their journals, logs, whatever is there. */
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { FormFinder, type Finding } from './secret-scan/find-forms.ts'
import type { SecretForm } from './secret-scan/secret-forms.ts'

export interface FileScan {
  findings: Finding[]
  filesRead: number
  bytesRead: number
}

/** Links are not followed; a file that vanishes meanwhile is an error, since it was not searched. */
export async function scanFiles(folder: string, forms: readonly SecretForm[]): Promise<FileScan> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const scan: FileScan = { findings: [], filesRead: 0, bytesRead: 0 }
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const finder = new FormFinder(forms)
    for await (const piece of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
      finder.push(piece as Buffer)
      scan.bytesRead += (piece as Buffer).length
    }
    scan.filesRead++
    scan.findings.push(...[...finder.found].map((form) => ({ place: path, form })))
  }
  return scan
}
