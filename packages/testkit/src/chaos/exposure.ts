/**
 * Watches for credentials while faults are injected: in every command line and environment on this host, and at the end in files. A value
 * known to be in both shows that the search works.
 */
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../command.ts'
import { newFolder } from '../run-folder.ts'
import { canaryForms } from '../search/canary-row.ts'
import { scanFiles } from '../search/file-scan.ts'
import { startProcessSampler } from '../search/process-sampler.ts'
import type { Finding } from '../search/secret-scan/find-forms.ts'

export interface ExposureSearch {
  /** All that there were; some are made during the rounds. */
  readonly secrets: () => readonly string[]
  /** Files and folders: logs, data, Docker's configuration. */
  readonly places: () => readonly string[]
  /** Files in which a credential belongs, by their path. */
  readonly except?: RegExp
}

export interface ExposureWatch extends AsyncDisposable {
  readonly finish: () => Promise<readonly Finding[]>
}

export async function watchExposure({ secrets, places, except }: ExposureSearch): Promise<ExposureWatch> {
  const control = `control-${randomBytes(12).toString('hex')}`
  const controlFile = join(newFolder('control'), 'control')
  await writeFile(controlFile, control)
  const sampler = await startProcessSampler()
  return {
    async finish() {
      await runCommand('sh', ['-c', 'sleep 1.5; exit 0', control])
      const sought = secrets().map((value, index) => ({ name: `credential ${index + 1}`, value }))
      const forms = canaryForms(sought, control)
      const processes = await sampler.finish(forms)
      const inFiles: Finding[] = []
      for (const place of [controlFile, ...places()]) {
        const scan = await scanFiles(place, forms, { live: true, ...(except && { except }) })
        inFiles.push(...scan.findings)
      }
      for (const found of [processes.findings, inFiles]) {
        if (!found.some(({ form }) => form.startsWith('control '))) throw new Error('the search missed its control')
      }
      return [...processes.findings, ...inFiles].filter(({ form }) => !form.startsWith('control '))
    },
    [Symbol.asyncDispose]: () => sampler[Symbol.asyncDispose](),
  }
}
