/** The thread of `startProcessSampler`: samples until told to end, then sends what it saw. */
import { parentPort } from 'node:worker_threads'
import { ProcessTexts, type ProcessSamples } from './process-texts.ts'

const everyMs = 20
// An older process may have replaced itself with another program.
const everythingEveryMs = 1000

const seen = new ProcessTexts()
let lastOfAll = Number.NEGATIVE_INFINITY
let last = performance.now()
let longestPauseMs = 0

function sample(): void {
  const now = performance.now()
  longestPauseMs = Math.max(longestPauseMs, now - last)
  last = now
  const everything = now - lastOfAll >= everythingEveryMs
  if (everything) lastOfAll = now
  seen.sample(everything)
}

sample()
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
parentPort?.postMessage('sampling')
const timer = setInterval(sample, everyMs)
parentPort?.once('message', () => {
  clearInterval(timer)
  sample()
  const samples: ProcessSamples = { texts: seen.texts, samples: seen.samples, longestPauseMs }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(samples)
})
