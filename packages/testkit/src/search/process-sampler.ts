/**
 * Watches the command line and the environment of every process on this host, including those in containers, in a separate
 * thread. It samples many times a second: a process that lives for less than the pause between two samples can be missed.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { FormFinder, type Finding } from './secret-scan/find-forms.ts'
import type { SecretForm } from './secret-scan/secret-forms.ts'
import type { ProcessSamples } from './process-texts.ts'

export interface ProcessScan {
  findings: Finding[]
  samples: number
  /** Distinct command lines and environments. */
  texts: number
  longestPauseMs: number
}

export interface ProcessSampler extends AsyncDisposable {
  /** Ends it; the values to look for may be created while it runs. */
  readonly finish: (forms: readonly SecretForm[]) => Promise<ProcessScan>
}

export async function startProcessSampler(): Promise<ProcessSampler> {
  const worker = new Worker(new URL('./process-sampler-worker.ts', import.meta.url), { execArgv: [] })
  await once(worker, 'message')
  return {
    async finish(forms) {
      const answer = once(worker, 'message')
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      worker.postMessage('finish')
      const [{ texts, samples, longestPauseMs }] = (await answer) as [ProcessSamples]
      return { findings: texts.flatMap((entry) => search(entry, forms)), samples, texts: texts.length, longestPauseMs }
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate()
    },
  }
}

function search([text, place]: readonly [string, string], forms: readonly SecretForm[]): Finding[] {
  const finder = new FormFinder(forms)
  finder.push(Buffer.from(text, 'latin1'))
  return [...finder.found].map((form) => ({ place, form }))
}
